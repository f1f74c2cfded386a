import fc from 'fast-check';
import { inputsFor } from './inputs.ts';
import { type Finding, judge } from './judge.ts';
import { memoryFinding } from './memory.ts';
import { shrink } from './shrink.ts';
import type { Input, Target } from './target.ts';

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** One input in so many is repeated until much more than its bound has gone in, to see what stays. */
  readonly memoryEvery: number;
  /** Told after each input. */
  readonly progress?: (done: number) => void;
}

/** Each fault once, by the smallest input that was found to show it. */
export function fuzz(target: Target, options: FuzzOptions): Finding[] {
  const { runs, seed, memoryEvery, progress } = options;
  const findings = new Map<string, Finding>();
  let done = 0;
  const look = (input: Input) => {
    done += 1;
    const found =
      judge(target, input) ?? (done % memoryEvery === 1 ? memoryFinding(target, input) : undefined);
    const key = found && `${found.kind} ${found.kind === 'too much output' ? '' : found.fault}`;
    if (found && key !== undefined && !findings.has(key)) findings.set(key, found);
    progress?.(done);
  };
  for (const input of target.seeds) look(input);
  fc.assert(fc.property(inputsFor(target), look), { numRuns: runs - done, seed });
  return [...findings.values()].map((finding) => smallest(target, finding));
}

function smallest(target: Target, finding: Finding): Finding {
  if (finding.kind === 'memory') return finding;
  return shrink(finding, (input) => judge(target, input));
}
