/**
 * Pictures from the NAL units of RTP payloads, whatever the codec.
 *
 * A picture ends when the timestamp changes, or at a marker once it has a slice: some devices
 * never set the marker, others set it on parameter sets and SEI, and some on every slice. NAL units
 * without a slice wait for the picture that follows. After a loss nothing is handed on before the
 * next key frame, because everything in between refers to what is missing; neither are pictures that
 * follow that key frame and need what came before it.
 */
import { KeyFrameGate } from '../../core/key-frame-gate.ts';
import { type Scratch, ScratchPool } from '../../core/scratch.ts';
import type { AccessUnitSink, VideoCodec } from '../access-unit.ts';
import { forEachNal } from './annex-b.ts';
import type { Depacketizer, DepacketizerOptions, PictureCounters } from './depacketizer.ts';
import type { RtpPacket } from './packet.ts';
import type { NalSink, PayloadFormat } from './payload-format.ts';
import type { Timeline } from './timeline.ts';

/** An intra picture of 4K at the highest quality stays below; 8K is beyond what is relayed. */
const MAX_PICTURE_BYTES = 8 * 1024 * 1024;
/** The highest levels allow 600 slices; cameras send a handful. */
const MAX_NAL_UNITS = 1_024;
/**
 * Of all cameras together, as each is done with its picture when the sink has returned: most of them are
 * between two pictures. A picture that is no key frame, of 4 Mbit/s; it grows to what cameras send.
 */
const SCRATCHES = new ScratchPool(24 * 1024);

export class PictureDepacketizer implements Depacketizer, NalSink {
  readonly codec: VideoCodec;
  readonly #format: PayloadFormat;
  readonly #counters: PictureCounters;
  readonly #sink: AccessUnitSink;
  readonly #timeline: Timeline;

  #timestamp = 0;
  #captureUnixUs = 0;
  #nalUnits: Buffer[] = [];
  #bytes = 0;
  #hasSlice = false;
  #keyFrame = false;
  #leading = false;
  #broken = false;
  /** The timestamp of the picture that a marker ended; -1 when none did. */
  #endedByMarker = -1;
  #markerEndsPicture = true;

  /** Where the NAL units of one picture are put: payloads are views that may be overwritten. */
  #scratch: Scratch | undefined;
  #inFragments = false;
  #fragmentBytes = 0;

  /** Closed at the start, and after a loss. */
  readonly #gate = new KeyFrameGate();

  constructor(format: PayloadFormat, options: DepacketizerOptions) {
    this.codec = format.codec;
    this.#format = format;
    this.#counters = options.counters;
    this.#sink = options.sink;
    this.#timeline = options.timeline;
  }

  packet(packet: RtpPacket, captureUnixUs: number): void {
    if (packet.timestamp !== this.#timestamp) this.#endByTimestamp(packet.timestamp);
    if (captureUnixUs > this.#captureUnixUs) this.#captureUnixUs = captureUnixUs;
    if (packet.payload.length > 0 && !this.#broken) this.#format.read(packet.payload, this);
    if (packet.marker && this.#endsAtMarker()) {
      this.#endedByMarker = packet.timestamp;
      this.#end();
    }
  }

  #endsAtMarker(): boolean {
    return this.#broken || (this.#markerEndsPicture && this.#hasSlice && !this.#inFragments);
  }

  lost(): void {
    if (this.#nalUnits.length > 0 || this.#inFragments) this.#broken = true;
    this.#inFragments = false;
    this.#waitForKeyFrame();
  }

  restart(): void {
    this.#clear();
    this.#giveBack();
    this.#endedByMarker = -1;
    this.#timeline.restart();
    this.#waitForKeyFrame();
  }

  #waitForKeyFrame(): void {
    if (!this.#gate.isOpen) return;
    this.#gate.close();
    this.#sink.discontinuity();
  }

  #endByTimestamp(timestamp: number): void {
    if (this.#inFragments) this.malformed();
    if (this.#hasSlice || this.#broken) this.#end();
    this.#timestamp = timestamp;
    this.#endedByMarker = -1;
  }

  /** Of `NalSink`, as are the next four. */
  nal(bytes: Buffer): void {
    if (this.#inFragments) this.malformed();
    else this.#add(this.#memory.copy(bytes));
  }

  begin(header: Uint8Array): void {
    if (this.#inFragments) this.malformed();
    else if (!this.#broken) {
      this.#inFragments = true;
      this.#memory.begin();
      this.#memory.append(header);
    }
  }

  append(content: Buffer): void {
    if (!this.#inFragments) {
      this.malformed();
      return;
    }
    this.#memory.append(content);
    this.#fragmentBytes += content.length;
    if (this.#bytes + this.#fragmentBytes > MAX_PICTURE_BYTES) this.malformed();
  }

  end(): void {
    if (!this.#inFragments) return;
    this.#inFragments = false;
    this.#fragmentBytes = 0;
    this.#add(this.#memory.end());
  }

  /** What is left of this picture is of no use, and neither is what refers to it. */
  malformed(): void {
    this.#broken = true;
    this.#nalUnits = [];
    this.#bytes = 0;
    this.#fragmentBytes = 0;
    this.#inFragments = false;
    this.#waitForKeyFrame();
  }

  #add(bytes: Buffer): void {
    forEachNal(bytes, this.#addNal);
  }

  /** False when the picture is of no use any more. */
  readonly #addNal = (nal: Buffer): boolean => {
    if (this.#broken) return false;
    if (!this.#format.isUsable(nal)) return true;
    if (this.#format.isSlice(nal)) this.#slice(nal);
    else if (this.#hasSlice && this.#isRepeatedSet(nal)) return true;
    if (this.#broken) return false;
    this.#nalUnits.push(nal);
    this.#bytes += nal.length;
    if (this.#nalUnits.length > MAX_NAL_UNITS || this.#bytes > MAX_PICTURE_BYTES) this.malformed();
    return !this.#broken;
  };

  /**
   * GStreamer's payloader sends the parameter sets before every slice of an IDR picture; decoders
   * take a set after a slice for the beginning of another picture (H.264 §7.4.1.2.3, H.265 §7.4.2.4.4).
   */
  #isRepeatedSet(nal: Buffer): boolean {
    return this.#format.isParameterSet(nal) && this.#nalUnits.some((each) => each.equals(nal));
  }

  #slice(nal: Buffer): void {
    if (!this.#hasSlice && !this.#format.startsPicture(nal)) this.#continuesPicture();
    this.#hasSlice = true;
    if (this.#format.isKeySlice(nal)) this.#keyFrame = true;
    if (this.#format.isLeadingSlice(nal)) this.#leading = true;
  }

  /** The first slice we see is not the picture's first: lost, or a marker ended it too early. */
  #continuesPicture(): void {
    if (this.#endedByMarker === this.#timestamp) this.#markerEndsPicture = false;
    this.malformed();
  }

  #end(): void {
    const unit = {
      codec: this.codec,
      nalUnits: this.#nalUnits,
      keyFrame: this.#keyFrame,
      leading: this.#leading,
      pts90k: this.#timeline.next(this.#timestamp),
      captureUnixUs: this.#captureUnixUs,
    };
    const broken = this.#broken;
    this.#clear();
    if (broken) {
      this.#counters.broken += 1;
    } else if (!this.#gate.passes(unit)) {
      this.#counters.undecodable += 1;
    } else {
      this.#counters.pictures += 1;
      this.#sink.accessUnit(unit);
    }
    this.#giveBack();
  }

  get #memory(): Scratch {
    this.#scratch ??= SCRATCHES.take();
    return this.#scratch;
  }

  #giveBack(): void {
    if (this.#scratch) SCRATCHES.giveBack(this.#scratch);
    this.#scratch = undefined;
  }

  #clear(): void {
    this.#nalUnits = [];
    this.#bytes = 0;
    this.#captureUnixUs = 0;
    this.#hasSlice = false;
    this.#keyFrame = false;
    this.#leading = false;
    this.#broken = false;
    this.#inFragments = false;
    this.#fragmentBytes = 0;
  }
}
