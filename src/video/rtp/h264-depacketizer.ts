/**
 * H.264 pictures from RTP (RFC 6184 §5.6–5.8; packetization modes 0 and 1).
 *
 *    0 1 2 3 4 5 6 7     NAL unit header; type 1–23 is a NAL unit by itself,
 *   +-+---+---------+    24 STAP-A: (size (16), NAL unit) …
 *   |F|NRI|  type   |    28 FU-A:   a second byte | S | E | R | type |, then a part of the payload
 *   +-+---+---------+
 *
 * A picture ends when the timestamp changes, or at a marker once it has a slice: some devices
 * never set the marker, others set it on parameter sets and SEI, and some on every slice. NAL units
 * without a slice wait for the picture that follows. After a loss nothing is handed on before the
 * next key frame, because everything in between refers to what is missing.
 */
import { Slab } from '../../core/slab.ts';
import type { AccessUnitSink } from '../access-unit.ts';
import { forEachNal } from './annex-b.ts';
import type { Depacketizer, DepacketizerOptions, PictureCounters } from './depacketizer.ts';
import type { RtpPacket } from './packet.ts';
import type { Timeline } from './timeline.ts';

const STAP_A = 24;
const FU_A = 28;
const NON_IDR_SLICE = 1;
const IDR_SLICE = 5;
const SPS = 7;
const PPS = 8;
const FIRST_AGGREGATION = 24;

/** An intra picture of 4K at the highest quality stays below; 8K is beyond what is relayed. */
const MAX_PICTURE_BYTES = 8 * 1024 * 1024;
/** Level 6.2 allows 600 slices; cameras send a handful. */
const MAX_NAL_UNITS = 1_024;
/** A few pictures; they are not kept for long. */
const SLAB_BYTES = 131_072;

export class H264Depacketizer implements Depacketizer {
  readonly codec = 'h264';
  readonly #counters: PictureCounters;
  readonly #sink: AccessUnitSink;
  readonly #timeline: Timeline;

  #timestamp = 0;
  #captureUnixUs = 0;
  #nalUnits: Buffer[] = [];
  #bytes = 0;
  #hasSlice = false;
  #keyFrame = false;
  #broken = false;
  /** The timestamp of the picture that a marker ended; -1 when none did. */
  #endedByMarker = -1;
  #markerEndsPicture = true;

  /** Where NAL units are put: payloads are views that may be overwritten. */
  readonly #slab = new Slab(SLAB_BYTES);
  #inFragments = false;

  /** True until a key frame: at the start, and after a loss. */
  #waiting = true;

  constructor(options: DepacketizerOptions) {
    this.#counters = options.counters;
    this.#sink = options.sink;
    this.#timeline = options.timeline;
  }

  packet(packet: RtpPacket, captureUnixUs: number): void {
    if (packet.timestamp !== this.#timestamp) this.#endByTimestamp(packet.timestamp);
    if (captureUnixUs > this.#captureUnixUs) this.#captureUnixUs = captureUnixUs;
    if (packet.payload.length > 0 && !this.#broken) this.#payload(packet.payload);
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
    this.#endedByMarker = -1;
    this.#timeline.restart();
    this.#waitForKeyFrame();
  }

  #waitForKeyFrame(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#sink.discontinuity();
  }

  #endByTimestamp(timestamp: number): void {
    if (this.#inFragments) this.#breakPicture();
    if (this.#hasSlice || this.#broken) this.#end();
    this.#timestamp = timestamp;
    this.#endedByMarker = -1;
  }

  #payload(payload: Buffer): void {
    const type = payload.readUInt8(0) & 0x1f;
    if (type === FU_A) this.#fragment(payload);
    else if (this.#inFragments) this.#breakPicture();
    else if (type === STAP_A) this.#aggregate(payload);
    else if (type < FIRST_AGGREGATION) this.#add(this.#slab.copy(payload));
    else this.#breakPicture();
  }

  /** RFC 6184 §5.7.1. Padding with zeros is read as a size of 0 and ends the list. */
  #aggregate(payload: Buffer): void {
    for (let at = 1; at + 2 <= payload.length; ) {
      const size = payload.readUInt16BE(at);
      if (size === 0) return;
      if (at + 2 + size > payload.length) {
        this.#breakPicture();
        return;
      }
      this.#add(this.#slab.copy(payload.subarray(at + 2, at + 2 + size)));
      at += 2 + size;
    }
  }

  /** RFC 6184 §5.8, tolerating start and end in one packet and parts without content. */
  #fragment(payload: Buffer): void {
    const header = payload[1] ?? 0;
    const begins = (header & 0x80) !== 0;
    if (payload.length < 2 || begins === this.#inFragments) {
      this.#breakPicture();
      return;
    }
    if (begins) {
      this.#inFragments = true;
      this.#slab.begin();
      this.#slab.append(Buffer.of((payload.readUInt8(0) & 0xe0) | (header & 0x1f)));
    }
    this.#slab.append(payload.subarray(2));
    this.#bytes += payload.length - 2;
    if (this.#bytes > MAX_PICTURE_BYTES) this.#breakPicture();
    else if (header & 0x40) this.#endFragments();
  }

  #endFragments(): void {
    const nal = this.#slab.end();
    this.#inFragments = false;
    this.#bytes -= nal.length - 1;
    this.#add(nal);
  }

  #add(bytes: Buffer): void {
    forEachNal(bytes, this.#addNal);
  }

  readonly #addNal = (nal: Buffer): void => {
    const type = nal.readUInt8(0) & 0x1f;
    if (type === 0 || type >= FIRST_AGGREGATION || this.#broken) return;
    const slice = type >= NON_IDR_SLICE && type <= IDR_SLICE;
    if (slice) this.#slice(nal, type);
    if (this.#broken || (this.#hasSlice && !slice && this.#repeatsParameterSet(nal, type))) return;
    this.#nalUnits.push(nal);
    this.#bytes += nal.length;
    if (this.#nalUnits.length > MAX_NAL_UNITS || this.#bytes > MAX_PICTURE_BYTES) {
      this.#breakPicture();
    }
  };

  /**
   * GStreamer's payloader sends the parameter sets before every slice of an IDR picture; decoders
   * take a set after a slice for the beginning of another picture (H.264 §7.4.1.2.3).
   */
  #repeatsParameterSet(nal: Buffer, type: number): boolean {
    if (type !== SPS && type !== PPS) return false;
    return this.#nalUnits.some((each) => each.equals(nal));
  }

  #slice(nal: Buffer, type: number): void {
    // first_mb_in_slice (H.264 §7.3.3) is Exp-Golomb: 0 is the single bit 1.
    const beginsPicture = ((nal[1] ?? 0) & 0x80) !== 0;
    if (!this.#hasSlice && !beginsPicture) this.#continuesPicture();
    this.#hasSlice = true;
    if (type === IDR_SLICE) this.#keyFrame = true;
  }

  /** The first slice we see is not the picture's first: lost, or a marker ended it too early. */
  #continuesPicture(): void {
    if (this.#endedByMarker === this.#timestamp) this.#markerEndsPicture = false;
    this.#breakPicture();
  }

  /** What is left of this picture is of no use, and neither is what refers to it. */
  #breakPicture(): void {
    this.#broken = true;
    this.#nalUnits = [];
    this.#bytes = 0;
    this.#inFragments = false;
    this.#waitForKeyFrame();
  }

  #end(): void {
    const pts90k = this.#timeline.next(this.#timestamp);
    const { codec } = this;
    const keyFrame = this.#keyFrame;
    const nalUnits = this.#nalUnits;
    const captureUnixUs = this.#captureUnixUs;
    const broken = this.#broken;
    this.#clear();
    if (broken) {
      this.#counters.broken += 1;
    } else if (this.#waiting && !keyFrame) {
      this.#counters.undecodable += 1;
    } else {
      this.#waiting = false;
      this.#counters.pictures += 1;
      this.#sink.accessUnit({ codec, nalUnits, keyFrame, pts90k, captureUnixUs });
    }
  }

  #clear(): void {
    this.#nalUnits = [];
    this.#bytes = 0;
    this.#captureUnixUs = 0;
    this.#hasSlice = false;
    this.#keyFrame = false;
    this.#broken = false;
    this.#inFragments = false;
  }
}
