/** The seam between RTP and a codec: packets in order go in, pictures come out. */
import { LiveViewError } from '../../core/errors.ts';
import type { AccessUnitSink, VideoCodec } from '../access-unit.ts';
import { H264Depacketizer } from './h264-depacketizer.ts';
import type { RtpPacket } from './packet.ts';
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

/**
 * @param encoding the name in `a=rtpmap`, e.g. `H264`.
 * @throws LiveViewError `codec-not-supported`.
 */
export function createDepacketizer(encoding: string, options: DepacketizerOptions): Depacketizer {
  if (encoding.toUpperCase() === 'H264') return new H264Depacketizer(options);
  throw new LiveViewError(
    'codec-not-supported',
    `the camera sends ${encoding || 'an unnamed codec'}, which this gateway does not read; ` +
      'choose H.264 in the camera or take another profile',
    { context: { codec: encoding } },
  );
}
