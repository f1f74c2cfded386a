import type { Clock } from '../core/clock.ts';
import { codeOf, describe } from '../core/errors.ts';
import type { PictureCondition, StreamPicture } from '../server/deps.ts';
import type { AccessUnitSink } from '../video/access-unit.ts';
import type { Condition, ConditionKind } from '../video/source/condition.ts';
import { ConditionFollower } from '../video/source/condition-follower.ts';
import type { SourceState } from '../video/source/state.ts';

export interface PictureConditionsOptions {
  readonly clock: Clock;
  readonly stalledMs: number;
}

/** @param condition undefined when the stream is not pulled any more. */
export type ConditionListener = (stream: string, condition: PictureCondition | undefined) => void;

/** How the pictures of a camera's streams are; for whoever watches, asks or counts. */
export class PictureConditions {
  readonly #options: PictureConditionsOptions;
  readonly #streams = new Map<string, ConditionFollower>();
  readonly #listeners = new Set<ConditionListener>();
  #signalLostUnixUs: number | undefined;

  constructor(options: PictureConditionsOptions) {
    this.#options = options;
  }

  /** What is told to `state` and what passes through `sink` is followed. */
  follow(
    stream: string,
    sink: AccessUnitSink,
  ): { sink: AccessUnitSink; state: (state: SourceState) => void } {
    const follower = new ConditionFollower({
      ...this.#options,
      onChange: (condition) => this.#tell(stream, condition),
    });
    follower.signalLost(this.#signalLostUnixUs);
    this.#streams.set(stream, follower);
    return {
      sink: {
        parameterSets: (sets) => sink.parameterSets(sets),
        accessUnit: (unit) => {
          follower.picture(unit);
          sink.accessUnit(unit);
        },
        discontinuity: () => sink.discontinuity(),
      },
      state: (state) => follower.source(state),
    };
  }

  /** @param sinceUnixUs when the camera lost its signal; undefined when it has one, or does not say. */
  signalLost(sinceUnixUs: number | undefined): void {
    this.#signalLostUnixUs = sinceUnixUs;
    for (const follower of this.#streams.values()) follower.signalLost(sinceUnixUs);
  }

  of(stream: string): PictureCondition | undefined {
    return told(this.#streams.get(stream)?.current);
  }

  /** Of the streams that are pulled. */
  all(): StreamPicture[] {
    return [...this.#streams.keys()].flatMap((stream) => {
      const condition = this.of(stream);
      return condition ? [{ stream, ...condition }] : [];
    });
  }

  /** At each change, until the function that is returned has been called. */
  subscribe(listener: ConditionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(stream: string, condition: Condition | undefined): void {
    for (const listener of [...this.#listeners]) listener(stream, told(condition));
  }
}

const REASONS: Readonly<Record<ConditionKind, string | undefined>> = {
  connecting: undefined,
  ok: undefined,
  'no-connection': undefined,
  'signal-lost':
    'the camera reports that it has lost its video signal; check its lens or its input',
  stalled: 'the camera is connected, and sends no picture',
  'time-frozen': 'pictures come, but their time stands still: the camera may repeat an old one',
  'clock-drift': "the camera's clock and ours move apart; let the camera set its clock by NTP",
};

/** As the listeners know it, for people. */
function told(condition: Condition | undefined): PictureCondition | undefined {
  if (!condition) return undefined;
  const { kind: state, error, sinceUnixUs } = condition;
  const reason = error ? describe(error) : REASONS[state];
  return {
    state,
    ...(error ? { code: codeOf(error) } : {}),
    ...(reason === undefined ? {} : { reason }),
    sinceUnixUs,
  };
}
