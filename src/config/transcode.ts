import { z } from 'zod';
import { describe, id } from './fields.ts';

/** The section `transcode`: what ffmpeg makes of the cameras' pictures. */

const side = z.int().min(64).max(8_192);

const kbps = describe(
  z.int().min(100).max(50_000),
  'Ceiling of the bitrate; after a quiet time half a second of it may come at once. kbit/s.',
);

const framesPerSecond = describe(
  z.int().min(1).max(60).optional(),
  'Most pictures a second; as many as the camera sends unless given.',
);

const full = z.strictObject({
  width: describe(side.default(1_920), 'A larger picture is made to fit.'),
  height: side.default(1_080),
  kbps: kbps.default(4_000),
  framesPerSecond,
});

const mpeg1 = z.strictObject({
  // Twelve bits each (ISO/IEC 11172-2 §2.4.3.2), and JavaScript that decodes.
  width: describe(side.max(1_280).default(640), 'The picture fits into this and keeps its shape.'),
  height: side.max(720).default(360),
  kbps: kbps.default(1_500),
});

const rung = z.strictObject({
  id: describe(id, 'What viewers ask for as quality.'),
  width: describe(side, 'The picture fits into this and keeps its shape.'),
  height: side,
  kbps,
  framesPerSecond,
});

/** What these mean when a viewer asks for them is not for the configuration to say. */
const TAKEN = /^(auto|main|sub|mpeg1|.*-h264)$/;

/** What every gateway offers unless it is told otherwise. */
export const LOW = { id: 'low', width: 640, height: 360, kbps: 800 } as const;

const rungs = z
  .array(rung)
  .max(8, 'eight rungs are enough')
  .default([LOW])
  .superRefine((items, context) => {
    items.forEach((item, index) => {
      const report = (message: string) =>
        context.addIssue({ code: 'custom', path: [index, 'id'], message });
      if (TAKEN.test(item.id)) report(`${item.id} means something else; choose another name`);
      if (items.findIndex((other) => other.id === item.id) < index) {
        report(`${item.id} is used twice; give each its own id`);
      }
    });
    if (items.some((item) => item.id === 'low')) return;
    const message = 'one rung has to be called low: programs ask for it by this name';
    context.addIssue({ code: 'custom', message });
  });

export const transcode = z.strictObject({
  encoder: describe(
    z.enum(['auto', 'software', 'nvenc', 'qsv', 'vaapi', 'v4l2m2m']).default('auto'),
    'What encodes; auto takes the first device that is there and works, else software.',
  ),
  device: describe(
    z.string().min(1).max(120).optional(),
    'Which device where there are several: /dev/dri/renderD129, or the number of an NVIDIA card.',
  ),
  maxEncoders: describe(
    z.int().min(0).max(64).default(4),
    'Pictures that are made at the same time; whoever would need one more is refused.',
  ),
  full: describe(
    full.prefault({}),
    'The full picture in H.264, where it cannot be passed on as the camera makes it.',
  ),
  mpeg1: describe(
    mpeg1.prefault({}),
    'The picture for old players, which have neither WebCodecs nor Media Source Extensions.',
  ),
  rungs: describe(rungs, 'Smaller pictures that viewers can ask for.'),
});
