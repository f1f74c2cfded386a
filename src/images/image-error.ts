import { LiveViewError } from '../core/errors.ts';

/** Why a picture is not taken; each message says what to do instead. */
export type ImageErrorCode =
  | 'unsupported-image'
  | 'image-damaged'
  | 'image-too-large'
  | 'image-too-complex'
  | 'pdf-password'
  | 'too-many-pages'
  | 'choose-page'
  | 'no-such-page'
  | 'too-many-uploads';

export class ImageError extends LiveViewError {
  constructor(code: ImageErrorCode, message: string, cause?: unknown) {
    super(code, message, cause === undefined ? {} : { cause });
  }
}
