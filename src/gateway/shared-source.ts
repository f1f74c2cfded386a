import type { AccessUnit, AccessUnitSink, ParameterSets } from '../video/access-unit.ts';

/** What pulls a stream: `video/source` in life, a stand-in in tests. */
export interface Puller {
  start(): void;
  stop(): Promise<void>;
}

/**
 * One pull of one profile of one camera, however many use its pictures: the packager of the full
 * picture and the transcoder of the small one are the camera's one client.
 *
 * A sink that is attached late begins, like any decoder, at the next key frame; the camera is asked
 * for one.
 */
export class SharedSource implements AccessUnitSink {
  readonly #sinks = new Set<AccessUnitSink>();
  readonly #puller: Puller;
  readonly #requestKeyFrame: () => void;
  #parameterSets: ParameterSets | undefined;

  constructor(open: (sink: AccessUnitSink) => Puller, requestKeyFrame: () => void) {
    this.#puller = open(this);
    this.#requestKeyFrame = requestKeyFrame;
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
    this.#requestKeyFrame();
  }

  /** Stops pulling when nobody is left. */
  async detach(sink: AccessUnitSink): Promise<void> {
    if (!this.#sinks.delete(sink) || this.#sinks.size > 0) return;
    this.#parameterSets = undefined;
    await this.#puller.stop();
  }

  parameterSets(sets: ParameterSets): void {
    this.#parameterSets = sets;
    for (const sink of this.#sinks) sink.parameterSets(sets);
  }

  accessUnit(unit: AccessUnit): void {
    for (const sink of this.#sinks) sink.accessUnit(unit);
  }

  discontinuity(): void {
    for (const sink of this.#sinks) sink.discontinuity();
  }
}
