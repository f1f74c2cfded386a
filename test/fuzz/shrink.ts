import type { Finding } from './judge.ts';
import type { Input } from './target.ts';

/** How long smaller inputs are looked for, in processor time; what is small by then is small enough. */
const MAX_CPU_US = 10_000_000;

/** The smallest input found that shows the same fault: without pieces, then without bytes. */
export function shrink(finding: Finding, judge: (input: Input) => Finding | undefined): Finding {
  let best = finding;
  const began = process.cpuUsage();
  const better = (input: Input): boolean => {
    const { user } = process.cpuUsage(began);
    const found = user > MAX_CPU_US ? undefined : judge(input);
    if (found?.kind !== finding.kind || found.fault !== finding.fault) return false;
    best = found;
    return true;
  };
  const whole = finding.kind === 'depends on the cuts' ? undefined : [Buffer.concat(best.input)];
  if (whole && best.input.length > 1) better(whole);
  removeFrom(best.input.length, (from, to) => better(without(best.input, from, to)));
  for (let i = 0; i < best.input.length; i += 1) {
    const replace = (bytes: Buffer) => better(best.input.with(i, bytes));
    removeFrom(best.input[i]?.length ?? 0, (from, to) => {
      const piece = best.input[i] ?? Buffer.alloc(0);
      return replace(Buffer.concat([piece.subarray(0, from), piece.subarray(to)]));
    });
  }
  return best;
}

function without(input: Input, from: number, to: number): Input {
  return input.toSpliced(from, to - from);
}

/** Offers ever smaller ranges of `length` for removal, from the back to the front. */
function removeFrom(length: number, remove: (from: number, to: number) => boolean): void {
  let left = length;
  for (let size = Math.ceil(left / 2); size >= 1 && left > 0; size = Math.floor(size / 2)) {
    for (let to = left; to > 0; ) {
      const from = Math.max(0, to - size);
      if (remove(from, to)) left -= to - from;
      to = from;
    }
  }
}
