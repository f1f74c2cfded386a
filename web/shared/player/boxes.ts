/** The bytes are not the MP4 that the gateway promises; `code` is stable. */
export class DemuxError extends Error {
  readonly code: 'truncated' | 'malformed' | 'unsupported';

  constructor(code: 'truncated' | 'malformed' | 'unsupported', message: string) {
    super(message);
    this.name = 'DemuxError';
    this.code = code;
  }
}

/** A box of ISO/IEC 14496-12 §4.2, within the bytes that were given. */
export interface Box {
  readonly type: string;
  /** Where the box itself begins; data offsets of a `trun` count from the `moof`. */
  readonly start: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A fragment of one picture has about a dozen boxes; a camera's init segment about thirty. */
const MAX_BOXES = 256;

/**
 *   +----------------+----------------+------------------- -+
 *   |   size (u32)   |  type (4CC)    |  body, size − 8     |
 *   +----------------+----------------+------------------- -+
 *   size 1: a u64 size follows the type; size 0: to the end
 *
 * @throws DemuxError when a box does not fit in what surrounds it.
 */
export function readBoxes(bytes: Uint8Array<ArrayBuffer>): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  for (let start = 0; start < bytes.length; ) {
    if (bytes.length - start < 8) throw new DemuxError('truncated', 'half a box header');
    if (boxes.length >= MAX_BOXES) throw new DemuxError('malformed', `over ${MAX_BOXES} boxes`);
    const type = fourCc(bytes, start + 4);
    const { size, header } = boxSize(view, start, type);
    if (size < header) throw new DemuxError('malformed', `box ${type} of ${size} bytes`);
    if (start + size > bytes.length) {
      throw new DemuxError(
        'truncated',
        `box ${type} of ${size} bytes, ${bytes.length - start} left`,
      );
    }
    boxes.push({ type, start, body: bytes.subarray(start + header, start + size) });
    start += size;
  }
  return boxes;
}

/** @throws DemuxError `malformed` when it is not there. */
export function requireBox(boxes: readonly Box[], type: string): Box {
  const found = findBox(boxes, type);
  if (!found) throw new DemuxError('malformed', `no ${type} box`);
  return found;
}

export function findBox(boxes: readonly Box[], type: string): Box | undefined {
  return boxes.find((box) => box.type === type);
}

/** @throws DemuxError `malformed`. */
export function descend(boxes: readonly Box[], ...path: string[]): Box[] {
  return path.reduce<Box[]>((level, type) => readBoxes(requireBox(level, type).body), [...boxes]);
}

/** A DataView over the body whose out-of-range reads are DemuxErrors. */
export class Fields {
  readonly #view: DataView;
  readonly #what: string;
  #offset = 0;

  constructor(box: Box) {
    this.#view = viewOf(box.body);
    this.#what = box.type;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  /** Beyond 2⁵³ is no time that a stream can have. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new DemuxError('malformed', `${this.#what}: ${value} is out of range`);
    }
    return Number(value);
  }

  skip(bytes: number): void {
    this.#advance(bytes);
  }

  #advance(length: number): number {
    const at = this.#offset;
    if (at + length > this.#view.byteLength) {
      throw new DemuxError('truncated', `${this.#what} ends at ${this.#view.byteLength} bytes`);
    }
    this.#offset = at + length;
    return at;
  }
}

function boxSize(view: DataView, start: number, type: string): { size: number; header: number } {
  const size = view.getUint32(start);
  if (size === 0) return { size: view.byteLength - start, header: 8 };
  if (size !== 1) return { size, header: 8 };
  if (view.byteLength - start < 16) throw new DemuxError('truncated', `half a header of ${type}`);
  const large = view.getBigUint64(start + 8);
  if (large > BigInt(view.byteLength)) {
    throw new DemuxError('truncated', `box ${type} of ${large} bytes`);
  }
  return { size: Number(large), header: 16 };
}

function fourCc(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
