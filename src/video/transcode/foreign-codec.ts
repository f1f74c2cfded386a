import { LiveViewError } from '../../core/errors.ts';
import { codecNotSupported } from '../rtp/depacketizer.ts';
import { h263Pictures, isH263Key, isOldH263Key, oldH263Pictures } from './h263-payloads.ts';
import { isJpegStart, jpegDepacketizer, jpegHindrance, jpegShape } from './jpeg-payloads.ts';
import {
  isMpeg2Key,
  isMpeg4Key,
  mpeg2Pictures,
  mpeg4Pictures,
  mpeg4Setup,
} from './mpeg-payloads.ts';
import { isTheoraKey, theoraPictures, theoraSetup } from './theora-payloads.ts';
import { isVp8Key, isVp9Key, vp8Pictures, vp9Pictures } from './vpx-payloads.ts';

/** The payloads of one whole picture, in their order, to what a decoder takes; nothing when they make no sense. */
type Depacketize = (payloads: readonly Buffer[]) => Buffer[];

/** What has to be known of a codec that ffmpeg decodes for us. */
export interface ForeignCodec {
  /** ffmpeg's; no other is used, whatever comes. */
  readonly decoder: string;
  /** In Matroska. */
  readonly codecId: string;
  /** What the decoder has to know before the first picture, of the parameters in `a=fmtp`; or always. */
  setup?(parameters: ReadonlyMap<string, string>): Buffer | undefined;
  /** Each picture stands alone: any of them may be left out. */
  readonly standsAlone: boolean;
  /** For the pictures of one connection. */
  depacketizer(): Depacketize;
  /** Whether ffmpeg can begin with the picture of these payloads: it is made of nothing that came before. */
  canBegin(payloads: readonly Buffer[]): boolean;
  /** Why ffmpeg will never show such a picture; undefined when it may. */
  hindrance?(payload: Buffer): string | undefined;
  /** Equal for pictures of the same size and kind, where the payload says so. */
  shape?(payload: Buffer): number | undefined;
}

/** BITMAPINFOHEADER (as AVI has it): its own length, a width and a height that the pictures tell, 1 plane, 24 bits. */
const H263_SETUP = Buffer.concat([
  ...[Buffer.of(40), Buffer.alloc(11), Buffer.of(1, 0, 24, 0), Buffer.from('H263')],
  Buffer.alloc(20),
]);

const H263: Pick<ForeignCodec, 'decoder' | 'codecId' | 'setup' | 'standsAlone'> = {
  ...{ decoder: 'h263', codecId: 'V_MS/VFW/FOURCC', standsAlone: false },
  setup: () => H263_SETUP,
};
const H263_PLUS: ForeignCodec = {
  ...H263,
  depacketizer: () => h263Pictures,
  canBegin: isH263Key,
};

/**
 * By their names in `a=rtpmap`: what there is a way for out of RTP packets, and a decoder in ffmpeg 5.1. A name
 * chooses one of each.
 */
const FOREIGN: ReadonlyMap<string, ForeignCodec> = new Map<string, ForeignCodec>([
  [
    'JPEG',
    {
      ...{ decoder: 'mjpeg', codecId: 'V_MJPEG', standsAlone: true },
      depacketizer: jpegDepacketizer,
      canBegin: ([first]) => first !== undefined && isJpegStart(first),
      hindrance: jpegHindrance,
      shape: jpegShape,
    },
  ],
  [
    'MP4V-ES',
    {
      ...{ decoder: 'mpeg4', codecId: 'V_MPEG4/ISO/ASP', standsAlone: false },
      setup: mpeg4Setup,
      depacketizer: () => mpeg4Pictures,
      canBegin: isMpeg4Key,
    },
  ],
  [
    'MPV',
    {
      ...{ decoder: 'mpeg2video', codecId: 'V_MPEG2', standsAlone: false },
      depacketizer: () => mpeg2Pictures,
      canBegin: isMpeg2Key,
    },
  ],
  ['H263', { ...H263, depacketizer: () => oldH263Pictures, canBegin: isOldH263Key }],
  ['H263-1998', H263_PLUS],
  ['H263-2000', H263_PLUS],
  [
    'VP8',
    {
      ...{ decoder: 'vp8', codecId: 'V_VP8', standsAlone: false },
      depacketizer: () => vp8Pictures,
      canBegin: isVp8Key,
    },
  ],
  [
    'VP9',
    {
      ...{ decoder: 'vp9', codecId: 'V_VP9', standsAlone: false },
      depacketizer: () => vp9Pictures,
      canBegin: isVp9Key,
    },
  ],
  [
    'THEORA',
    {
      ...{ decoder: 'theora', codecId: 'V_THEORA', standsAlone: false },
      setup: theoraSetup,
      depacketizer: () => theoraPictures,
      canBegin: isTheoraKey,
    },
  ],
]);

/** Known by name, and why they are not read. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['AV1', 'AV1, which nothing here takes out of RTP packets'],
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
