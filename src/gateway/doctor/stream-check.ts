import { type Clock, sleep } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { asError, codeOf, describe, LiveViewError } from '../../core/errors.ts';
import type { AccessUnit, ParameterSets } from '../../video/access-unit.ts';
import type { Source } from '../../video/source/source.ts';
import type { SourceCounters, SourceState } from '../../video/source/state.ts';
import type { Profile, SourceTaps } from '../camera.ts';
import { type Coding, codingOf } from './coding.ts';
import { type PacketFigures, PacketMeter } from './packet-meter.ts';
import { type PictureFigures, PictureMeter } from './picture-meter.ts';

export interface Failure {
  /** Stable; of the error. */
  readonly code: string;
  readonly message: string;
}

/** What is known of one stream after it was played; the figures are absent when it was not. */
export interface StreamReport {
  readonly role: Profile;
  /** Why there were no pictures, or why they ended. */
  readonly failure?: Failure;
  readonly transport?: string;
  /** What the camera sends, where that is neither H.264 nor H.265: `coding` is what was made of it. */
  readonly madeOf?: string;
  readonly coding?: Coding;
  /** The description of the stream carried them, so that the first key frame can be shown. */
  readonly parameterSetsAnnounced: boolean;
  /** From the first request to the first picture. */
  readonly firstPictureMs?: number;
  readonly pictures?: PictureFigures;
  readonly packets?: PacketFigures;
  readonly losses?: Losses;
}

/** During the measurement; see SourceCounters. */
export type Losses = Pick<
  SourceCounters,
  'lost' | 'broken' | 'undecodable' | 'strange' | 'outliers' | 'lostSteps' | 'reconnects'
>;

export interface StreamCheckOptions {
  readonly role: Profile;
  readonly open: (taps: SourceTaps) => Pick<Source, 'start' | 'stop' | 'counters'>;
  readonly clock: Clock;
  /** How long is measured. */
  readonly seconds: number;
}

/** With the longest groups of pictures that are seen in the field. */
const FIRST_PICTURE_MS = 30_000;
/** Many cameras begin with everything since their last key frame at once; that is not what is measured. */
const SETTLE_MS = 1_000;

/** A camera that is busy at the moment gets a second chance; that it needed one is in the report. */
const PASSING = new Set(['camera-timeout', 'camera-closed', 'camera-ended', 'session-lost']);

/** Plays one stream and measures it. Never rejects: what went wrong is in the report. */
export function checkStream(options: StreamCheckOptions): Promise<StreamReport> {
  return new StreamCheck(options).run();
}

class StreamCheck {
  readonly #options: StreamCheckOptions;
  readonly #packets = new PacketMeter();
  readonly #pictures = new PictureMeter();
  readonly #started: Promise<void>;
  #firstPicture: () => void = () => undefined;
  #refused: (error: Error) => void = () => undefined;
  #failure: Failure | undefined;
  #transport: string | undefined;
  #madeOf: string | undefined;
  #coding: Coding | undefined;
  #parameterSetsAnnounced = false;
  #measuring = false;

  constructor(options: StreamCheckOptions) {
    this.#options = options;
    this.#started = new Promise((resolve, reject) => {
      this.#firstPicture = resolve;
      this.#refused = reject;
    });
  }

  async run(): Promise<StreamReport> {
    const { role, open, clock } = this.#options;
    const source = open(this.#taps());
    const startedMs = clock.nowMs();
    source.start();
    try {
      await withDeadline(clock, 'a key frame', FIRST_PICTURE_MS, () => this.#started);
      const firstPictureMs = clock.nowMs() - startedMs;
      const losses = await this.#measure(source);
      return {
        ...this.#known(role),
        ...(this.#failure ? { failure: this.#failure } : {}),
        firstPictureMs,
        pictures: this.#pictures.figures(),
        packets: this.#packets.figures(),
        losses,
      };
    } catch (error) {
      const failure = failureOf(codeOf(error) === 'timeout' ? noKeyFrame(error) : error);
      return { ...this.#known(role), failure };
    } finally {
      await source.stop();
    }
  }

  async #measure(source: Pick<Source, 'counters'>): Promise<Losses> {
    const { clock, seconds } = this.#options;
    await sleep(clock, SETTLE_MS);
    const before = source.counters;
    this.#measuring = true;
    await sleep(clock, seconds * 1000);
    this.#measuring = false;
    return lossesBetween(before, source.counters);
  }

  #known(role: Profile) {
    const parameterSetsAnnounced = this.#parameterSetsAnnounced;
    return {
      ...{ role, parameterSetsAnnounced },
      ...(this.#transport === undefined ? {} : { transport: this.#transport }),
      ...(this.#madeOf === undefined ? {} : { madeOf: this.#madeOf }),
      ...(this.#coding ? { coding: this.#coding } : {}),
    };
  }

  #taps(): SourceTaps {
    return {
      onState: (state) => this.#state(state),
      observer: {
        packet: (packet, captureUnixUs) => {
          if (this.#measuring) this.#packets.packet(packet, captureUnixUs);
        },
        senderReport: (report, captureUnixUs) => this.#packets.senderReport(report, captureUnixUs),
      },
      sink: {
        parameterSets: (sets) => this.#announced(sets),
        accessUnit: (unit) => this.#picture(unit),
        discontinuity: () => undefined,
      },
    };
  }

  #state(state: SourceState): void {
    if (state.kind === 'playing') {
      this.#transport = state.transport;
      this.#madeOf = state.madeOf;
    }
    if (state.kind !== 'waiting') return;
    const isFirst = this.#failure === undefined;
    this.#failure ??= failureOf(state.error);
    if (!isFirst || !PASSING.has(this.#failure.code)) this.#refused(state.error);
  }

  #announced({ codec, sps }: ParameterSets): void {
    this.#parameterSetsAnnounced = true;
    this.#learn(codec, sps);
  }

  #picture(unit: AccessUnit): void {
    this.#firstPicture();
    if (unit.keyFrame) this.#learn(unit.codec, unit.nalUnits);
    if (this.#measuring) this.#pictures.add(unit);
  }

  /** A set that cannot be read tells nothing; the packager will say so where it matters. */
  #learn(codec: AccessUnit['codec'], nalUnits: readonly Uint8Array[]): void {
    try {
      this.#coding = codingOf(codec, nalUnits) ?? this.#coding;
    } catch (error) {
      this.#failure ??= failureOf(error);
    }
  }
}

function lossesBetween(before: SourceCounters, after: SourceCounters): Losses {
  const { lost, broken, undecodable, strange, outliers, lostSteps, reconnects } = after;
  return {
    lost: lost - before.lost,
    broken: broken - before.broken,
    undecodable: undecodable - before.undecodable,
    strange: strange - before.strange,
    outliers: outliers - before.outliers,
    lostSteps: lostSteps - before.lostSteps,
    reconnects: reconnects - before.reconnects,
  };
}

export function failureOf(error: unknown): Failure {
  return { code: codeOf(error), message: describe(asError(error)) };
}

function noKeyFrame(cause: unknown): LiveViewError {
  return new LiveViewError(
    'no-key-frame',
    `no picture that can be decoded came within ${FIRST_PICTURE_MS / 1000} s; ` +
      'set a key frame every second or two in the camera',
    { cause },
  );
}
