import type { AccessUnit } from '../../video/access-unit.ts';

/** Receives the pictures of a source in decoding order, from a key frame on. */
export interface PictureSink {
  accessUnit(unit: AccessUnit): void;
  /** The source has ended by itself; it may be started again. */
  failed(error: Error): void;
}

/** Something that makes pictures while it is wanted. */
export interface PictureSource {
  /** Returns how to stop. */
  start(sink: PictureSink): () => void;
}
