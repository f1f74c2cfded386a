/** The seam between RTP and a codec: packets in order go in, pictures come out. */
import { LiveViewError } from '../../core/errors.ts';
import type { AccessUnitSink, VideoCodec } from '../access-unit.ts';
import { H264_FORMAT } from './h264-format.ts';
import { h265Format } from './h265-format.ts';
import type { RtpPacket } from './packet.ts';
import type { PayloadFormat } from './payload-format.ts';
import { PictureDepacketizer } from './picture-depacketizer.ts';
import type { Timeline } from './timeline.ts';

export interface PictureCounters {
  /** Handed to the sink. */
  pictures: number;
  /** Incomplete, malformed or beyond a bound; not handed on. */
  broken: number;
  /** Complete, but without the pictures they refer to; not handed on. */
  undecodable: number;
}

export interface Depacketizer {
  readonly codec: VideoCodec;
  /** A packet in order; its picture is handed on before this returns if the packet completes it. */
  packet(packet: RtpPacket, captureUnixUs: number): void;
  /** Packets are missing, or may be corrupt, before the next one. */
  lost(): void;
  /** A new sender: what was begun is not continued, and time starts anew. */
  restart(): void;
}

export interface DepacketizerOptions {
  sink: AccessUnitSink;
  /** Owned by the caller: it outlives the connection. */
  timeline: Timeline;
  /** Counted up here, read elsewhere. */
  counters: PictureCounters;
}

/** What an SDP says of a stream. */
export interface EncodingParameters {
  /** The name in `a=rtpmap`, e.g. `H264`. */
  readonly encoding: string;
  /** Of `a=fmtp`, names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** @throws LiveViewError `codec-not-supported`. */
export function createDepacketizer(
  format: EncodingParameters,
  options: DepacketizerOptions,
): Depacketizer {
  return new PictureDepacketizer(payloadFormat(format), options);
}

function payloadFormat({ encoding, parameters }: EncodingParameters): PayloadFormat {
  const name = encoding.toUpperCase();
  if (name === 'H264') return H264_FORMAT;
  // RFC 7798 §7.1: over 0, and only then, NAL units are numbered.
  if (name === 'H265') return h265Format(Number(parameters.get('sprop-max-don-diff') ?? 0) > 0);
  throw codecNotSupported(encoding);
}

/** H.264 and H.265; the rest is read by something else, if at all. */
export function isReadHere({ encoding }: Pick<EncodingParameters, 'encoding'>): boolean {
  return ['H264', 'H265'].includes(encoding.toUpperCase());
}

export function codecNotSupported(encoding: string): LiveViewError {
  return new LiveViewError(
    'codec-not-supported',
    `the camera sends ${encoding || 'an unnamed codec'}, which this gateway does not read; ` +
      'choose H.264 or H.265 in the camera or take another profile',
    { context: { codec: encoding } },
  );
}
