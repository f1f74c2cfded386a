import { LiveViewError } from '../../core/errors.ts';
import type { ForeignFormat } from '../rtp/adapt.ts';
import { codecNotSupported } from '../rtp/depacketizer.ts';
import { isH263Key, isOldH263Key } from './h263-payloads.ts';
import { isJpegStart, jpegHindrance, jpegShape } from './jpeg-payloads.ts';
import { isMpeg2Key, isMpeg4Key } from './mpeg-payloads.ts';
import { isTheoraKey, isVp8Key, isVp9Key } from './vpx-payloads.ts';

/** What has to be known of a codec that ffmpeg reads for us, from the payloads of its RTP packets. */
export interface ForeignCodec {
  /** ffmpeg's; no other is used, whatever comes. */
  readonly decoder: string;
  /** Of `a=fmtp`, those that ffmpeg needs; it is told of no others. */
  readonly parameters?: readonly string[];
  /** The one by which ffmpeg knows it, where that is not by name. */
  readonly payloadType?: number;
  /** Each picture stands alone: any of them may be left out. */
  readonly standsAlone: boolean;
  /** Whether ffmpeg can begin with the picture of these payloads: it is made of nothing that came before. */
  canBegin(payloads: readonly Buffer[]): boolean;
  /** Why ffmpeg will never show such a picture; undefined when it may. */
  hindrance?(payload: Buffer): string | undefined;
  /** Equal for pictures of the same size and kind, where the payload says so. */
  shape?(payload: Buffer): number | undefined;
}

const H263_PLUS: ForeignCodec = { decoder: 'h263', standsAlone: false, canBegin: isH263Key };

/**
 * By their names in `a=rtpmap`: what ffmpeg 5.1 takes out of RTP packets and has a decoder for, but for those
 * below. A name chooses one parser and one decoder, and the description for ffmpeg is made of what stands here.
 */
const FOREIGN: ReadonlyMap<string, ForeignCodec> = new Map<string, ForeignCodec>([
  [
    'JPEG',
    {
      decoder: 'mjpeg',
      standsAlone: true,
      canBegin: ([first]) => first !== undefined && isJpegStart(first),
      hindrance: jpegHindrance,
      shape: jpegShape,
    },
  ],
  [
    'MP4V-ES',
    { decoder: 'mpeg4', parameters: ['config'], standsAlone: false, canBegin: isMpeg4Key },
  ],
  ['MPV', { decoder: 'mpeg2video', standsAlone: false, canBegin: isMpeg2Key }],
  ['H263', { decoder: 'h263', payloadType: 34, standsAlone: false, canBegin: isOldH263Key }],
  ['H263-1998', H263_PLUS],
  ['H263-2000', H263_PLUS],
  ['VP8', { decoder: 'vp8', standsAlone: false, canBegin: isVp8Key }],
  ['VP9', { decoder: 'vp9', standsAlone: false, canBegin: isVp9Key }],
  [
    'THEORA',
    {
      decoder: 'theora',
      parameters: ['delivery-method', 'width', 'height', 'configuration'],
      standsAlone: false,
      canBegin: isTheoraKey,
    },
  ],
]);

/** Known by name, and why they are not read. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['AV1', 'AV1, which the installed ffmpeg does not take out of RTP packets'],
  ['H261', 'H.261, in which nothing says where a picture begins that is made of no other'],
  ['DV', 'DV, a format of tape'],
  ['RAW', 'pictures without compression'],
  [
    'X-ASF-PF',
    'Windows Media, whose description is a file of its own that only another parser reads',
  ],
  ['X-QT', 'QuickTime, in which any codec may be'],
  ['X-QUICKTIME', 'QuickTime, in which any codec may be'],
  ['X-SV3V-ES', 'Sorenson Video 3, which no camera makes any more'],
]);

/** @throws LiveViewError `codec-not-supported`. */
export function requireForeignCodec(encoding: string): ForeignCodec {
  const codec = FOREIGN.get(encoding);
  if (codec) return codec;
  const what = REFUSED.get(encoding);
  if (what === undefined) throw codecNotSupported(encoding);
  throw new LiveViewError(
    'codec-not-supported',
    `the camera sends ${what}; choose H.264 or H.265 in the camera`,
    { context: { codec: encoding } },
  );
}

/** What ffmpeg is told of a stream: of the parameters those that it needs. */
export function forFfmpeg(format: ForeignFormat, codec: ForeignCodec): ForeignFormat {
  const { encoding, payloadType, parameters } = format;
  const needed = codec.parameters ?? [];
  return {
    encoding,
    payloadType: codec.payloadType ?? payloadType,
    parameters: new Map([...parameters].filter(([name]) => needed.includes(name))),
  };
}
