import { isDeepStrictEqual } from 'node:util';
import { asError, codeOf, LiveViewError } from '../../src/core/errors.ts';
import { BrokenPromise, type Input, type Target } from './target.ts';
import { weightOf } from './weight.ts';

/** What is wrong, with the input that shows it. */
export interface Finding {
  readonly target: string;
  readonly kind: 'untyped error' | 'too much output' | 'stall' | 'depends on the cuts' | 'memory';
  /** The same for the same fault, as far as can be told. */
  readonly fault: string;
  readonly input: Input;
}

/** Processor time that one input may take: as long as a picture may be late. */
export const MAX_CPU_MS = 50;
/** How often a slow input is tried again: the quickest counts, whatever else the machine does. */
const TRIES = 20;
/** Nothing that a machine does beside it makes one try this slow. */
const BEYOND_DOUBT_MS = 1_000;
/** For what every parser makes of nothing at all. */
const CONSTANT_WEIGHT = 4_096;

/** What one input makes of a parser; undefined when all is as it should be. */
export function judge(target: Target, input: Input): Finding | undefined {
  const found = (kind: Finding['kind'], fault: string) => ({
    target: target.name,
    kind,
    fault,
    input,
  });
  const began = performance.now();
  const outcome = outcomeOf(target, input);
  const elapsedMs = performance.now() - began;
  const { error, items } = outcome;
  if (error !== undefined && !isTyped(target, error)) return found('untyped error', faultOf(error));
  const weight = weightOf(items);
  if (weight > allowedWeight(target, input)) {
    return found('too much output', `${weight} of ${allowedWeight(target, input)}`);
  }
  const { maxCpuMs = MAX_CPU_MS } = target;
  if (elapsedMs > maxCpuMs && leastCpuMs(() => outcomeOf(target, input), maxCpuMs) > maxCpuMs) {
    return found('stall', `over ${maxCpuMs} ms`);
  }
  if (target.shape !== 'stream' || input.length < 2) return undefined;
  const whole = outcomeOf(target, [Buffer.concat(input)]);
  return isSame(outcome, whole) ? undefined : found('depends on the cuts', 'not as in one piece');
}

/** What came in the same piece as an error may be missing. */
function isSame(one: Outcome, other: Outcome): boolean {
  if (codeOf(one.error) !== codeOf(other.error)) return false;
  const both = Math.min(one.items.length, other.items.length);
  const all = one.error === undefined ? Number.POSITIVE_INFINITY : both;
  return isDeepStrictEqual(one.items.slice(0, all), other.items.slice(0, all));
}

interface Outcome {
  readonly items: unknown[];
  readonly error: Error | undefined;
}

function outcomeOf(target: Target, input: Input): Outcome {
  const items: unknown[] = [];
  try {
    target.run(input, (item) => items.push(item));
    return { items, error: undefined };
  } catch (thrown) {
    return { items, error: asError(thrown) };
  }
}

function isTyped({ throws }: Target, error: Error): boolean {
  if (error instanceof LiveViewError) return true;
  return throws !== undefined && error instanceof throws;
}

function allowedWeight({ growth }: Target, input: Input): number {
  return CONSTANT_WEIGHT + growth * input.reduce((bytes, piece) => bytes + piece.length, 0);
}

/** Of a few tries, which end as soon as one took no longer than it may. */
export function leastCpuMs(work: () => void, maxCpuMs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES && least > maxCpuMs; i += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
    if (least > BEYOND_DOUBT_MS) break;
  }
  return least;
}

/** Message and place, without the numbers that differ from input to input. */
function faultOf(error: Error): string {
  const place = /\((?:file:\/\/)?(?:.*\/)?([^/]+?:\d+):\d+\)/.exec(error.stack ?? '')?.[1];
  const message =
    error instanceof BrokenPromise ? error.message : `${error.name}: ${error.message}`;
  return `${message.replace(/\d+/g, 'N').slice(0, 200)} at ${place ?? 'an unknown place'}`;
}
