import type { Clock, Timer } from '../../core/clock.ts';
import { codeOf } from '../../core/errors.ts';
import type { AccessUnit } from '../access-unit.ts';
import { ClockDrift } from './clock-drift.ts';
import { type Condition, type ConditionKind, judge, type StreamFacts } from './condition.ts';
import type { SourceState } from './state.ts';

export interface ConditionFollowerOptions {
  readonly clock: Clock;
  /** This long without a picture is said. */
  readonly stalledMs: number;
  /** Undefined when nobody pulls the stream any more. */
  readonly onChange: (condition: Condition | undefined) => void;
}

/** It looks four times in the shortest term, so that a picture costs a few comparisons. */
const LOOKS = 4;

/** Follows one stream and says at each change how its pictures are. */
export class ConditionFollower {
  readonly #options: ConditionFollowerOptions;
  readonly #drift = new ClockDrift();
  #source: SourceState['kind'] = 'idle';
  #error: Error | undefined;
  #pictureMs = 0;
  #pictureUnixUs: number | undefined;
  #advancedMs = 0;
  #advancedUnixUs = 0;
  #highest90k = -1;
  #signalLostUnixUs: number | undefined;
  #current: Condition | undefined;
  #timer: Timer | undefined;

  constructor(options: ConditionFollowerOptions) {
    this.#options = options;
  }

  get current(): Condition | undefined {
    return this.#current;
  }

  source(state: SourceState): void {
    this.#source = state.kind;
    if (state.kind === 'waiting') this.#error = state.error;
    if (state.kind === 'playing') this.#begin(state.sinceUnixUs);
    if (state.kind === 'idle') this.#forget();
    this.#timer?.cancel();
    this.#timer = undefined;
    if (state.kind === 'playing') this.#watch();
    this.#look();
  }

  picture({ pts90k, captureUnixUs }: Pick<AccessUnit, 'pts90k' | 'captureUnixUs'>): void {
    const nowMs = this.#options.clock.nowMs();
    this.#pictureMs = nowMs;
    this.#pictureUnixUs = captureUnixUs;
    if (pts90k > this.#highest90k) {
      this.#highest90k = pts90k;
      this.#advancedMs = nowMs;
      this.#advancedUnixUs = captureUnixUs;
    }
    this.#drift.picture(nowMs, pts90k);
    if (this.#current?.kind !== 'ok') this.#look();
  }

  /**
   * What the camera says of its own signal; undefined while it has one, and when it does not say. It
   * holds, whatever becomes of the stream, until something else is said.
   */
  signalLost(sinceUnixUs: number | undefined): void {
    this.#signalLostUnixUs = sinceUnixUs;
    this.#look();
  }

  /** The first picture of a connection is here, or comes now. */
  #begin(unixUs: number): void {
    this.#error = undefined;
    this.#drift.reset();
    this.#highest90k = -1;
    this.#pictureMs = this.#advancedMs = this.#options.clock.nowMs();
    this.#pictureUnixUs = this.#advancedUnixUs = unixUs;
  }

  #forget(): void {
    this.#error = undefined;
    this.#pictureUnixUs = undefined;
  }

  #watch(): void {
    const { clock, stalledMs } = this.#options;
    this.#timer = clock.setTimer(stalledMs / LOOKS, () => {
      this.#watch();
      this.#look();
    });
  }

  #look(): void {
    const { clock, stalledMs, onChange } = this.#options;
    const before = this.#current;
    const kind = judge(this.#facts(), before?.kind, clock.nowMs(), stalledMs);
    const error = kind === 'no-connection' ? this.#error : undefined;
    if (kind === before?.kind && codeOf(error) === codeOf(before?.error)) return;
    this.#current = kind && {
      kind,
      ...(error ? { error } : {}),
      sinceUnixUs: this.#since(kind),
    };
    onChange(this.#current);
  }

  #facts(): StreamFacts {
    return {
      source: this.#source,
      error: this.#error,
      pictureMs: this.#pictureMs,
      advancedMs: this.#advancedMs,
      signalLost: this.#signalLostUnixUs !== undefined,
      driftMs: this.#drift.ms,
    };
  }

  #since(kind: ConditionKind): number {
    const nowUnixUs = this.#options.clock.unixUs();
    if (kind === 'stalled') return this.#pictureUnixUs ?? nowUnixUs;
    if (kind === 'time-frozen') return this.#advancedUnixUs;
    if (kind === 'signal-lost') return this.#signalLostUnixUs ?? nowUnixUs;
    if (kind !== 'no-connection') return nowUnixUs;
    const before = this.#current?.kind === kind ? this.#current.sinceUnixUs : undefined;
    return before ?? this.#pictureUnixUs ?? nowUnixUs;
  }
}
