import { KeyFrameGate } from '../../core/key-frame-gate.ts';
import type { Logger } from '../../core/log.ts';
import { Slab } from '../../core/slab.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets, VideoCodec } from '../access-unit.ts';
import type { FragmentSink, InitSegment } from '../fragment.ts';
import { Diagnosis } from './diagnosis.ts';
import { initSegment, TIMESCALE } from './init-segment.ts';
import { mediaFragment } from './media-fragment.ts';
import { PACKAGING, type PackagingRules } from './packaging-rules.ts';
import { NO_PARAMETER_SETS, type StreamParameters } from './stream-parameters.ts';
import { Timeline } from './timeline.ts';
import type { Track } from './track.ts';

/** An eighth of a second at 4 Mbit/s. */
const SLAB_BYTES = 65_536;

export interface PackagerOptions {
  readonly sink: FragmentSink;
  readonly log: Logger;
}

/**
 * Makes a fragment of each picture at the moment it arrives; no picture is held back.
 *
 * Invariants: an init segment precedes the media of its generation; the first media of a generation
 * and after a discontinuity is a key frame; decoding times never go back, over generations neither.
 */
export class Packager implements AccessUnitSink {
  readonly #sink: FragmentSink;
  readonly #log: Logger;
  readonly #diagnosis: Diagnosis;
  readonly #gate = new KeyFrameGate();
  readonly #timeline = new Timeline();
  /** Fragments of one stream leave their channel in the order in which they came. */
  readonly #slab = new Slab(SLAB_BYTES);
  #codec: VideoCodec = 'h264';
  #rules: PackagingRules = PACKAGING.h264;
  #parameters: StreamParameters = PACKAGING.h264.newParameters();
  #generation = 0;
  #sequence = 0;
  /** The parameter sets differ from those of the last init segment. */
  #stale = true;
  #reorderTold = 0;

  constructor(options: PackagerOptions) {
    this.#sink = options.sink;
    this.#log = options.log;
    this.#diagnosis = new Diagnosis(options.log);
  }

  parameterSets(sets: ParameterSets): void {
    this.#use(sets.codec);
    this.#takeParameterSets([...sets.vps, ...sets.sps, ...sets.pps]);
  }

  discontinuity(): void {
    this.#gate.close();
    this.#timeline.restart();
    this.#sink.discontinuity();
  }

  accessUnit(unit: AccessUnit): void {
    this.#use(unit.codec);
    this.#takeParameterSets(unit.nalUnits);
    if (!unit.nalUnits.some(this.#rules.isSlice)) return;
    if (unit.keyFrame && this.#stale) this.#beginGeneration();
    // New parameter sets with a picture that needs others: nothing can be set up to decode it.
    if (this.#stale) this.#gate.close();
    else if (this.#gate.passes(unit)) this.#emit(unit);
  }

  /** A camera may be set to another codec between two connections. */
  #use(codec: VideoCodec): void {
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#rules = PACKAGING[codec];
    this.#parameters = this.#rules.newParameters();
    this.#stale = true;
  }

  #takeParameterSets(nalUnits: readonly Uint8Array[]): void {
    if (this.#parameters.takeFrom(nalUnits, this.#diagnosis.say)) this.#stale = true;
  }

  #beginGeneration(): void {
    const track = this.#parameters.track();
    if (!track) {
      this.#diagnosis.say(NO_PARAMETER_SETS);
      return;
    }
    this.#gate.close();
    this.#generation += 1;
    this.#sequence = 0;
    this.#stale = false;
    this.#diagnosis.clear();
    this.#timeline.stream(track.reordering, intervalOf(track));
    this.#reorderTold = this.#timeline.reordered;
    this.#sink.fragment(initFragment(this.#generation, track));
  }

  #emit(unit: AccessUnit): void {
    const time = this.#timeline.place(unit.pts90k);
    this.#sequence += 1;
    const sample = {
      sequence: this.#sequence,
      keyFrame: unit.keyFrame,
      ...time,
      nalUnits: unit.nalUnits.filter(this.#rules.belongsInSample),
    };
    const bytes = mediaFragment(sample, this.#slab);
    const { keyFrame, leading = false, captureUnixUs } = unit;
    this.#sink.fragment({
      kind: 'media',
      generation: this.#generation,
      keyFrame,
      leading,
      captureUnixUs,
      bytes,
      memory: this.#slab.block,
    });
    if (this.#timeline.reordered > this.#reorderTold) this.#tellReordering();
  }

  #tellReordering(): void {
    this.#reorderTold = this.#timeline.reordered;
    this.#log.warn(
      'the camera sends pictures out of order (B-frames), which delays them; switch B-frames off in its encoder settings',
      { reordered: this.#reorderTold },
    );
  }
}

function initFragment(generation: number, track: Track): InitSegment {
  const { codec, width, height } = track;
  const bytes = initSegment(track);
  return { kind: 'init', generation, format: 'fmp4', codec, width, height, bytes };
}

function intervalOf({ framesPerSecond: rate }: Track): number | undefined {
  return rate !== undefined && rate >= 1 && rate <= 120 ? TIMESCALE / rate : undefined;
}
