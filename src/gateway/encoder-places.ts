import { codeOf, LiveViewError } from '../core/errors.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets } from '../video/access-unit.ts';
import type { Encoders } from '../video/transcode/encoders.ts';

/**
 * Who may encode. What is made of a stream waits for its pictures, and where these need an encoder of their
 * own and none is free, they get that of what waits for them: otherwise each would have what the other
 * needs, for ever.
 */
export class EncoderPlaces {
  readonly #encoders: Pick<Encoders, 'take'>;
  readonly #ofWhatWaits = new Map<string, Set<LentPlace>>();

  constructor(encoders: Pick<Encoders, 'take'>) {
    this.#encoders = encoders;
  }

  /**
   * For the pictures of a stream themselves.
   *
   * @returns how to give it back; harmless the second time.
   * @throws LiveViewError `too-many-encoders`.
   */
  takeForStream(stream: string): () => void {
    try {
      return this.#encoders.take();
    } catch (error) {
      const waiting = [...(this.#ofWhatWaits.get(stream) ?? [])].find((place) => place.isHeld);
      if (codeOf(error) !== 'too-many-encoders' || !waiting) throw error;
      waiting.lend();
      return this.#encoders.take();
    }
  }

  /** For something else that is made of a stream's pictures. @throws LiveViewError `too-many-encoders`. */
  takeOfStream(stream: string): LentPlace {
    const places = this.#ofWhatWaits.get(stream) ?? new Set();
    const place = new LentPlace(this.#encoders, () => {
      places.delete(place);
      if (places.size === 0 && this.#ofWhatWaits.get(stream) === places) {
        this.#ofWhatWaits.delete(stream);
      }
    });
    places.add(place);
    this.#ofWhatWaits.set(stream, places);
    return place;
  }
}

/** A place that is lent to the stream of whose pictures something is made, until these come. */
export class LentPlace {
  readonly #encoders: Pick<Encoders, 'take'>;
  readonly #onGivenBack: () => void;
  #giveBack: (() => void) | undefined;

  constructor(encoders: Pick<Encoders, 'take'>, onGivenBack: () => void) {
    this.#encoders = encoders;
    this.#onGivenBack = onGivenBack;
    this.#giveBack = encoders.take();
  }

  get isHeld(): boolean {
    return this.#giveBack !== undefined;
  }

  lend(): void {
    this.#giveBack?.();
    this.#giveBack = undefined;
  }

  /** There is something to encode. @throws LiveViewError `too-many-encoders` when it was lent and no other is free. */
  need(): void {
    this.#giveBack ??= this.#encoders.take();
  }

  giveBack(): void {
    this.lend();
    this.#onGivenBack();
  }
}

/** Hands pictures on while there is a place for what is made of them. */
export class PlacedSink implements AccessUnitSink {
  readonly #sink: AccessUnitSink;
  readonly #place: Pick<LentPlace, 'need'>;
  readonly #refused: (reason: LiveViewError) => void;
  #isOver = false;

  /** @param refused is called once; nothing is handed on after that. */
  constructor(
    sink: AccessUnitSink,
    place: Pick<LentPlace, 'need'>,
    refused: (reason: LiveViewError) => void,
  ) {
    this.#sink = sink;
    this.#place = place;
    this.#refused = refused;
  }

  parameterSets(sets: ParameterSets): void {
    this.#sink.parameterSets(sets);
  }

  discontinuity(): void {
    this.#sink.discontinuity();
  }

  accessUnit(unit: AccessUnit): void {
    if (this.#isOver) return;
    try {
      this.#place.need();
    } catch (error) {
      if (!(error instanceof LiveViewError)) throw error;
      this.#isOver = true;
      this.#refused(error);
      return;
    }
    this.#sink.accessUnit(unit);
  }
}
