import type { SourceState } from './state.ts';

/** In the order in which they are believed: the first that holds is what a viewer is told. */
export const CONDITIONS = [
  /** Not known yet whether there will be pictures. */
  'connecting',
  /** The camera gives no stream; `error` says why. */
  'no-connection',
  /** The camera says that it has no picture itself (ONVIF `VideoSource/SignalLoss`). */
  'signal-lost',
  /** Connected, and no picture comes. */
  'stalled',
  /** Pictures come, and their time stands still. */
  'time-frozen',
  /** The camera's clock and ours move apart. */
  'clock-drift',
  'ok',
] as const;
export type ConditionKind = (typeof CONDITIONS)[number];

/** The truth about the pictures of one stream. */
export interface Condition {
  readonly kind: ConditionKind;
  /** Of `no-connection`: why the last attempt ended. */
  readonly error?: Error;
  /** Since when it is so; for missing pictures the moment of the last one. Unix µs. */
  readonly sinceUnixUs: number;
}

/** What is known of a stream; all of it of the present connection but for `error`. */
export interface StreamFacts {
  readonly source: SourceState['kind'];
  /** Why the last attempt ended; kept until there are pictures again. */
  readonly error: Error | undefined;
  /** When the newest picture came. */
  readonly pictureMs: number;
  /** When a picture came with a later time than any before. */
  readonly advancedMs: number;
  readonly signalLost: boolean;
  /** Positive or negative. */
  readonly driftMs: number;
}

const FROZEN_MS = 2_000;
const DRIFT_MS = 500;
/** What is said is taken back at half of that, so that nothing is said back and forth. */
const DRIFT_OVER_MS = DRIFT_MS / 2;

/**
 * What is to be said of a stream; undefined when nobody pulls it.
 *
 * @param before what was said last
 */
export function judge(
  facts: StreamFacts,
  before: ConditionKind | undefined,
  nowMs: number,
  stalledMs: number,
): ConditionKind | undefined {
  const { source, error, pictureMs, advancedMs, signalLost, driftMs } = facts;
  if (source === 'idle') return undefined;
  if (source !== 'playing') return error ? 'no-connection' : 'connecting';
  if (signalLost) return 'signal-lost';
  if (nowMs - pictureMs >= stalledMs) return 'stalled';
  if (pictureMs - advancedMs >= FROZEN_MS) return 'time-frozen';
  const mostMs = before === 'clock-drift' ? DRIFT_OVER_MS : DRIFT_MS;
  return Math.abs(driftMs) > mostMs ? 'clock-drift' : 'ok';
}
