import { createHash } from 'node:crypto';
import { MAX_SOURCE_BYTES } from './bounds.ts';
import { ImageError } from './image-error.ts';
import { type ImageType, imageTypeOf } from './image-type.ts';
import { type PdfOptions, pdfPage } from './pdf-page.ts';
import { type Remade, remake, remakeRaw } from './remake.ts';

/** A picture of our own making, and what it was made of. */
export interface MadePicture extends Remade {
  /** Of `bytes`, in hexadecimal. */
  readonly sha256: string;
  readonly source: PictureSource;
}

export interface PictureSource {
  readonly type: ImageType;
  readonly bytes: number;
  readonly sha256: string;
  /** Of a PDF: which page of how many. */
  readonly page?: number;
  readonly pages?: number;
}

/** One is made at a time; so many may wait, with that one, each with its bytes in memory. */
const MAX_WAITING = 4;

/** Judges, decodes and makes pictures anew, one at a time. What came is never kept or passed on. */
export class PictureMaker {
  readonly #pdf: PdfOptions;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(pdf: PdfOptions) {
    this.#pdf = pdf;
  }

  /**
   * @param page of a PDF, from 1; may be left out where there is one.
   * @throws ImageError that says what to do.
   */
  async make(bytes: Buffer, page?: number): Promise<MadePicture> {
    if (bytes.length > MAX_SOURCE_BYTES) throw tooManyBytes();
    const type = imageTypeOf(bytes);
    if (type === undefined) {
      const reason =
        'this is no PNG, JPEG, WebP or PDF, whatever its name; save it as one of these';
      throw new ImageError('unsupported-image', reason);
    }
    if (this.#waiting >= MAX_WAITING) {
      throw new ImageError('too-many-uploads', 'other pictures are being made; try again');
    }
    this.#waiting += 1;
    const made = this.#turn.then(() => this.#made(bytes, type, page));
    this.#turn = made.catch(() => undefined);
    return made.finally(() => {
      this.#waiting -= 1;
    });
  }

  async #made(bytes: Buffer, type: ImageType, wanted: number | undefined): Promise<MadePicture> {
    const source = { type, bytes: bytes.length, sha256: sha256Of(bytes) };
    if (type !== 'pdf') {
      const picture = await remake(bytes, type);
      return { ...picture, sha256: sha256Of(picture.bytes), source };
    }
    const drawn = await pdfPage(bytes, wanted, this.#pdf);
    const { page, pages } = drawn;
    const picture = await remakeRaw(drawn);
    return { ...picture, sha256: sha256Of(picture.bytes), source: { ...source, page, pages } };
  }
}

function tooManyBytes(): ImageError {
  const reason = `a file has at most ${MAX_SOURCE_BYTES / 1024 / 1024} MiB; make it smaller`;
  return new ImageError('image-too-large', reason);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
