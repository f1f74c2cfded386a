import { asBuffer } from '../../core/bytes.ts';
import { LiveViewError } from '../../core/errors.ts';
import { START_CODE, withoutTrailingZeros } from './annex-b.ts';
import { isKeyFrame, isSlice, NAL, nalType, startsPicture } from './nal.ts';

/** One coded picture out of a byte stream. The byte stream knows no time. */
export interface CodedPicture {
  readonly nalUnits: readonly Uint8Array[];
  readonly keyFrame: boolean;
}

export interface SplitterOptions {
  /** Bytes of a picture that is not complete yet, above which the stream is given up. */
  maxPictureBytes?: number;
}

/** An all-intra 4K picture of the highest quality is about half of this. */
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
/** NAL units a picture; the largest of real encoders have a slice for each row of macroblocks. */
const MAX_NAL_UNITS = 1_024;

/**
 * Turns an H.264 byte stream that arrives in arbitrary pieces into pictures (§7.4.1.2.3): a picture
 * is over when a delimiter, a parameter set, an SEI or the first slice of another picture follows.
 *
 * The start code and type of what follows are enough: an access unit delimiter written *after* a
 * picture completes it at once, without any byte of the next.
 */
export class AnnexBSplitter {
  readonly #maxPictureBytes: number;
  /** From the first byte after the last start code, or of whatever precedes the first one. */
  #buffer: Buffer = Buffer.alloc(0);
  /** Nothing before this place in `#buffer` can begin a start code. */
  #scanned = 0;
  #inside = false;
  #nalUnits: Buffer[] = [];
  #pictureBytes = 0;
  #hasSlice = false;

  constructor(options: SplitterOptions = {}) {
    this.#maxPictureBytes = options.maxPictureBytes ?? MAX_PICTURE_BYTES;
  }

  /**
   * The pictures that `chunk` completes. Copies nothing that it need not: NAL units are views of the chunks.
   *
   * @throws LiveViewError `picture-too-large`; the splitter is then empty and begins anew.
   */
  push(chunk: Uint8Array): CodedPicture[] {
    const done: CodedPicture[] = [];
    this.#buffer =
      this.#buffer.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#buffer, chunk]);
    for (let at = this.#nextStartCode(); at >= 0; at = this.#nextStartCode()) {
      const next = this.#buffer.subarray(at + START_CODE.length);
      if (this.#inside) this.#add(withoutTrailingZeros(this.#buffer.subarray(0, at)));
      this.#buffer = next;
      this.#scanned = 0;
      this.#inside = true;
      if (beginsPicture(next)) this.#finish(done);
    }
    this.#bound();
    return done;
  }

  /** The last picture, when the stream has ended. */
  flush(): CodedPicture[] {
    const done: CodedPicture[] = [];
    if (this.#inside) this.#add(withoutTrailingZeros(this.#buffer));
    this.#finish(done);
    this.#clear();
    return done;
  }

  /** Place of the next start code behind which enough is there to judge what it begins, or −1. */
  #nextStartCode(): number {
    const at = this.#buffer.indexOf(START_CODE, this.#scanned);
    if (at < 0) {
      this.#scanned = Math.max(0, this.#buffer.length - (START_CODE.length - 1));
      if (!this.#inside) this.#buffer = this.#buffer.subarray(this.#scanned);
      if (!this.#inside) this.#scanned = 0;
      return -1;
    }
    this.#scanned = at;
    return judgeable(this.#buffer.subarray(at + START_CODE.length)) ? at : -1;
  }

  #add(nal: Buffer): void {
    if (nal.length === 0) return;
    this.#nalUnits.push(nal);
    this.#pictureBytes += nal.length;
    this.#hasSlice ||= isSlice(nal);
    if (this.#nalUnits.length > MAX_NAL_UNITS) this.#giveUp(`${MAX_NAL_UNITS} NAL units`);
  }

  #finish(done: CodedPicture[]): void {
    if (!this.#hasSlice) return;
    done.push({ nalUnits: this.#nalUnits, keyFrame: isKeyFrame(this.#nalUnits) });
    this.#nalUnits = [];
    this.#pictureBytes = 0;
    this.#hasSlice = false;
  }

  #bound(): void {
    if (this.#pictureBytes + this.#buffer.length <= this.#maxPictureBytes) return;
    this.#giveUp(`${this.#maxPictureBytes} bytes`);
  }

  #giveUp(bound: string): never {
    this.#clear();
    throw new LiveViewError(
      'picture-too-large',
      `H.264 byte stream: a picture of more than ${bound}; this is not video or the stream is broken`,
    );
  }

  #clear(): void {
    this.#buffer = Buffer.alloc(0);
    this.#scanned = 0;
    this.#inside = false;
    this.#nalUnits = [];
    this.#pictureBytes = 0;
    this.#hasSlice = false;
  }
}

/** A slice needs the byte after its header too, for first_mb_in_slice. */
function judgeable(nal: Uint8Array): boolean {
  return nal.length >= (isSlice(nal) ? 2 : 1);
}

/** What follows the last slice of a picture and belongs to the next one: types 6 to 9 and 14 to 18. */
function beginsPicture(nal: Uint8Array): boolean {
  const type = nalType(nal);
  if (type >= NAL.sei && type <= NAL.accessUnitDelimiter) return true;
  return (type >= 14 && type <= 18) || startsPicture(nal);
}
