import type { Logger } from '../../core/log.ts';
import { Slab } from '../../core/slab.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets } from '../access-unit.ts';
import type { FragmentSink, InitSegment } from '../fragment.ts';
import { isSlice, NAL, nalType } from '../h264/nal.ts';
import { codecString, type Sps } from '../h264/sps.ts';
import { AvcParameters, NO_PARAMETER_SETS } from './avc-parameters.ts';
import { Diagnosis } from './diagnosis.ts';
import { type AvcTrack, initSegment, TIMESCALE } from './init-segment.ts';
import { mediaFragment } from './media-fragment.ts';
import { type Reordering, Timeline } from './timeline.ts';

/** A quarter of a second at 4 Mbit/s. */
const SLAB_BYTES = 131_072;

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
  readonly #parameters = new AvcParameters();
  readonly #timeline = new Timeline();
  /** Fragments of one stream leave their channel in the order in which they came. */
  readonly #slab = new Slab(SLAB_BYTES);
  #generation = 0;
  #sequence = 0;
  /** The parameter sets differ from those of the last init segment. */
  #stale = true;
  #waitForKeyFrame = true;
  #reorderTold = 0;

  constructor(options: PackagerOptions) {
    this.#sink = options.sink;
    this.#log = options.log;
    this.#diagnosis = new Diagnosis(options.log);
  }

  parameterSets(sets: ParameterSets): void {
    if (sets.codec !== 'h264') return;
    this.#takeParameterSets([...sets.sps, ...sets.pps]);
  }

  discontinuity(): void {
    this.#waitForKeyFrame = true;
    this.#timeline.restart();
    this.#sink.discontinuity();
  }

  accessUnit(unit: AccessUnit): void {
    if (unit.codec !== 'h264') {
      this.#diagnosis.say(`${unit.codec} cannot be packaged; set the camera to H.264 or transcode`);
      return;
    }
    this.#takeParameterSets(unit.nalUnits);
    if (!unit.nalUnits.some(isSlice)) return;
    if (unit.keyFrame && this.#stale) this.#beginGeneration();
    // New parameter sets with a picture that needs others: nothing can be set up to decode it.
    if (this.#stale) this.#waitForKeyFrame = true;
    else if (unit.keyFrame) this.#waitForKeyFrame = false;
    if (!this.#waitForKeyFrame) this.#emit(unit);
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
    this.#generation += 1;
    this.#sequence = 0;
    this.#stale = false;
    this.#diagnosis.clear();
    this.#timeline.stream(reorderingOf(track.sps), intervalOf(track.sps));
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
      nalUnits: unit.nalUnits.filter(belongsInSample),
    };
    const bytes = mediaFragment(sample, this.#slab);
    const { keyFrame, captureUnixUs } = unit;
    this.#sink.fragment({
      kind: 'media',
      generation: this.#generation,
      keyFrame,
      captureUnixUs,
      bytes,
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

const NOT_IN_SAMPLES: readonly number[] = [
  NAL.sps,
  NAL.pps,
  NAL.accessUnitDelimiter,
  NAL.endOfSequence,
  NAL.endOfStream,
  NAL.filler,
];

/** Parameter sets are in the init segment; delimiters and filler say nothing (14496-15 §5.3.2). */
function belongsInSample(nal: Uint8Array): boolean {
  return nal.length > 0 && !NOT_IN_SAMPLES.includes(nalType(nal));
}

function initFragment(generation: number, track: AvcTrack): InitSegment {
  const { width, height } = track.sps;
  return {
    kind: 'init',
    generation,
    format: 'fmp4',
    codec: codecString(track.sps),
    width,
    height,
    bytes: initSegment(track),
  };
}

/** A stream that does not say how much it reorders is taken to be in order until it shows otherwise. */
function reorderingOf(sps: Sps): Reordering {
  if (sps.neverReorders) return { declared: 0, most: 0 };
  return { declared: sps.maxReorderFrames ?? 0, most: sps.maxDecodedFrames ?? UNDECLARED_REORDER };
}

/** More than any encoder of a camera does. */
const UNDECLARED_REORDER = 4;

function intervalOf(sps: Sps): number | undefined {
  const rate = sps.framesPerSecond;
  return rate !== undefined && rate >= 1 && rate <= 120 ? TIMESCALE / rate : undefined;
}
