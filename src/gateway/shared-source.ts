import type { AccessUnit, AccessUnitSink, ParameterSets } from '../video/access-unit.ts';
import { parameterSetsIn } from '../video/rtp/sprop.ts';

/** What pulls a stream: `video/source` in life, a stand-in in tests. */
export interface Puller {
  start(): void;
  stop(): Promise<void>;
}

/** Two seconds of pictures. */
const ASK_EVERY_90K = 2 * 90_000;

/**
 * One pull of one profile of one camera, however many use its pictures: the packager of the full
 * picture and the transcoder of the small one are the camera's one client.
 *
 * A sink that is attached late is given the parameter sets that are in force, and begins, like any
 * decoder, at the next key frame unless it has the group from elsewhere; the camera is asked for one, as
 * for whoever else cannot begin, until one comes.
 */
export class SharedSource implements AccessUnitSink {
  readonly #sinks = new Set<AccessUnitSink>();
  readonly #puller: Puller;
  readonly #ask: () => void;
  #parameterSets: ParameterSets | undefined;
  /** Time of the newest picture; undefined until the first and after a loss: a key frame comes next. */
  #newest90k: number | undefined;
  /** When the camera was asked for a key frame that has not come yet. */
  #asked90k: number | undefined;

  /** @param ask asks the camera for a key frame; may be in vain. */
  constructor(open: (sink: AccessUnitSink) => Puller, ask: () => void) {
    this.#puller = open(this);
    this.#ask = ask;
  }

  get users(): number {
    return this.#sinks.size;
  }

  attach(sink: AccessUnitSink): void {
    this.#sinks.add(sink);
    if (this.#sinks.size === 1) {
      this.#puller.start();
      return;
    }
    if (this.#parameterSets) sink.parameterSets(this.#parameterSets);
    this.requestKeyFrame();
  }

  /**
   * Somebody cannot begin without a key frame. The camera is asked now, and every two seconds until
   * one comes; not before there are pictures, as the puller sees to it that they begin with one.
   */
  requestKeyFrame(): void {
    if (this.#newest90k === undefined || this.#asked90k !== undefined) return;
    this.#asked90k = this.#newest90k;
    this.#ask();
  }

  /** Stops pulling when nobody is left. */
  async detach(sink: AccessUnitSink): Promise<void> {
    if (!this.#sinks.delete(sink) || this.#sinks.size > 0) return;
    this.#parameterSets = undefined;
    this.#begin();
    await this.#puller.stop();
  }

  parameterSets(sets: ParameterSets): void {
    this.#parameterSets = sets;
    for (const sink of this.#sinks) sink.parameterSets(sets);
  }

  accessUnit(unit: AccessUnit): void {
    this.#newest90k = unit.pts90k;
    // For whoever begins after it.
    if (unit.keyFrame) this.#parameterSets = parameterSetsIn(unit) ?? this.#parameterSets;
    if (this.#asked90k !== undefined) this.#askAgain(this.#asked90k, unit);
    for (const sink of this.#sinks) sink.accessUnit(unit);
  }

  discontinuity(): void {
    this.#begin();
    for (const sink of this.#sinks) sink.discontinuity();
  }

  #begin(): void {
    this.#newest90k = undefined;
    this.#asked90k = undefined;
  }

  #askAgain(asked90k: number, { keyFrame, pts90k }: AccessUnit): void {
    if (keyFrame) this.#asked90k = undefined;
    else if (pts90k - asked90k >= ASK_EVERY_90K) {
      this.#asked90k = pts90k;
      this.#ask();
    }
  }
}
