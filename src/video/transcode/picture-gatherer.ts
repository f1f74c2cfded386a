import type { RtpPacket } from '../rtp/packet.ts';

/** The packets of one picture; payloads are copies. */
export interface GatheredPicture {
  readonly timestamp: number;
  /** When its last byte arrived. */
  readonly captureUnixUs: number;
  readonly payloads: readonly Buffer[];
  /** The sender ended it with a marker; otherwise the next one has begun. */
  readonly marked: boolean;
  /** Nothing between its packets is missing, nor before the first of them. */
  readonly whole: boolean;
}

/** No camera makes a larger picture. */
const MAX_PICTURE_BYTES = 8 * 1024 * 1024;
/** Nor one in more packets: of 512 bytes each they are as much. */
export const MAX_PAYLOADS = 16_384;
/** Of a datagram over IPv4, less the RTP header. */
export const MAX_PAYLOAD_BYTES = 65_535 - 20 - 8 - 12;

interface Draft {
  timestamp: number;
  captureUnixUs: number;
  payloads: Buffer[];
  bytes: number;
  whole: boolean;
}

/**
 * Puts the packets of a picture together, whatever codec they are in: a picture ends at the marker, or where
 * the timestamp changes for senders that set none (RFC 3550 §5.1).
 */
export class PictureGatherer {
  readonly #picture: (picture: GatheredPicture) => void;
  #draft: Draft | undefined;
  #broken = false;

  constructor(picture: (picture: GatheredPicture) => void) {
    this.#picture = picture;
  }

  packet({ timestamp, marker, payload }: RtpPacket, captureUnixUs: number): void {
    if (this.#draft && this.#draft.timestamp !== timestamp) this.#end(false);
    const draft = this.#draft ?? this.#begin(timestamp);
    draft.captureUnixUs = captureUnixUs;
    this.#add(draft, payload);
    if (marker) this.#end(true);
  }

  /** Packets are missing before the next one: of the picture that was begun, of the next, or of both. */
  lost(): void {
    if (this.#draft) this.#draft.whole = false;
    this.#broken = true;
  }

  /** What was begun is not continued. */
  restart(): void {
    this.#draft = undefined;
    this.#broken = false;
  }

  #begin(timestamp: number): Draft {
    const draft = { timestamp, captureUnixUs: 0, payloads: [], bytes: 0, whole: !this.#broken };
    this.#broken = false;
    this.#draft = draft;
    return draft;
  }

  #add(draft: Draft, payload: Buffer): void {
    if (this.#broken) draft.whole = false;
    this.#broken = false;
    draft.bytes += payload.length;
    const isTooMuch = draft.bytes > MAX_PICTURE_BYTES || draft.payloads.length >= MAX_PAYLOADS;
    if (payload.length > MAX_PAYLOAD_BYTES || isTooMuch) draft.whole = false;
    else if (payload.length > 0) draft.payloads.push(Buffer.from(payload));
  }

  #end(marked: boolean): void {
    const draft = this.#draft;
    this.#draft = undefined;
    if (!draft || draft.payloads.length === 0) return;
    const { timestamp, captureUnixUs, payloads, whole } = draft;
    this.#picture({ timestamp, captureUnixUs, payloads, marked, whole });
  }
}
