/** What makes H.264 of decoded pictures. */
export type EncoderKind = 'software' | 'nvenc' | 'qsv' | 'vaapi' | 'v4l2m2m';

export interface Encoder {
  readonly kind: EncoderKind;
  /** Which device, where there are several: a render node, or the number of an NVIDIA card. */
  readonly device?: string | undefined;
}

export interface Ceiling {
  readonly kbps: number;
  /** What may be sent at once after a quiet time. */
  readonly burstKbit: number;
}

export interface EncoderArguments {
  /** Before the input. */
  readonly device: readonly string[];
  /** The last filters: the layout of pixels, and where they have to be. */
  readonly filters: readonly string[];
  /** After `-c:v`. */
  readonly codec: readonly string[];
}

export const SOFTWARE: Encoder = { kind: 'software' };

/** Whether user data of a picture that goes in comes out with it (`udu_sei`). */
export function carriesUserData({ kind }: Encoder): boolean {
  return kind === 'software' || kind === 'nvenc';
}

/**
 * Each with nothing looked at ahead, no picture held (no B-frames, one picture at a time in the
 * device), key frames where they are forced, and the ceiling in its own words. ffmpeg-codecs(1).
 */
export function encoderArguments({ kind, device }: Encoder, ceiling: Ceiling): EncoderArguments {
  const most = [
    ...['-maxrate', `${ceiling.kbps}k`, '-bufsize', `${ceiling.burstKbit}k`],
    ...['-bf', '0'],
  ];
  const constant = ['-b:v', `${ceiling.kbps}k`, ...most];
  switch (kind) {
    case 'software':
      return {
        device: [],
        filters: ['format=yuv420p'],
        codec: [
          ...['libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-threads', '1'],
          ...['-sc_threshold', '0', '-udu_sei', '1', '-crf', '24', ...most],
        ],
      };
    case 'nvenc':
      return {
        device: [],
        filters: ['format=yuv420p'],
        codec: [
          ...['h264_nvenc', ...(device === undefined ? [] : ['-gpu', device])],
          ...['-preset', 'p3', '-tune', 'ull', '-zerolatency', '1', '-delay', '0'],
          ...['-forced-idr', '1', '-udu_sei', '1', '-rc', 'vbr', '-cq', '24', ...most],
        ],
      };
    case 'qsv':
      return {
        device: device === undefined ? [] : ['-qsv_device', device],
        filters: ['format=nv12'],
        codec: [
          ...['h264_qsv', '-preset', 'veryfast', '-async_depth', '1', '-forced_idr', '1'],
          ...constant,
        ],
      };
    case 'vaapi':
      return {
        device: ['-vaapi_device', device ?? '/dev/dri/renderD128'],
        filters: ['format=nv12', 'hwupload'],
        codec: ['h264_vaapi', '-async_depth', '1', ...constant],
      };
    case 'v4l2m2m':
      return {
        device: [],
        filters: ['format=yuv420p'],
        codec: ['h264_v4l2m2m', ...constant],
      };
  }
}
