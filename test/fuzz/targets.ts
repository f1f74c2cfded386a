import type { Target } from './target.ts';
import { CODEC_TARGETS } from './targets/codecs.ts';
import { CONTAINER_TARGETS } from './targets/containers.ts';
import { DC09_TARGETS } from './targets/dc09.ts';
import { FOREIGN_TARGETS } from './targets/foreign.ts';
import { MESSAGE_TARGETS } from './targets/messages.ts';
import { RTP_TARGETS } from './targets/rtp.ts';
import { RTSP_TARGETS } from './targets/rtsp.ts';

/** Every parser of something that others send. */
export const TARGETS: readonly Target[] = [
  ...RTSP_TARGETS,
  ...RTP_TARGETS,
  ...CODEC_TARGETS,
  ...FOREIGN_TARGETS,
  ...CONTAINER_TARGETS,
  ...MESSAGE_TARGETS,
  ...DC09_TARGETS,
];
