/** One thing that a server sends: a frame on a channel (RFC 2326 §10.12), or a message. */
export interface RtspItem {
  readonly channel: number | undefined;
  /** As it came, header included; a copy. */
  readonly bytes: Buffer;
}

const DOLLAR = 0x24;

/** Cuts what a faultless server sends into its parts, for whoever passes them on one by one. */
export class RtspItems {
  #rest: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Iterable<RtspItem> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let size = sizeOf(this.#rest); size !== undefined; size = sizeOf(this.#rest)) {
      const bytes = this.#rest.subarray(0, size);
      this.#rest = this.#rest.subarray(size);
      yield { channel: bytes[0] === DOLLAR ? bytes[1] : undefined, bytes };
    }
  }
}

/** Undefined while the first item is not whole. */
function sizeOf(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const size = bytes[0] === DOLLAR ? 4 + bytes.readUInt16BE(2) : messageSize(bytes);
  return size === undefined || size > bytes.length ? undefined : size;
}

function messageSize(bytes: Buffer): number | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = /^content-length: *(\d+)/im.exec(bytes.toString('latin1', 0, end))?.[1];
  return end + 4 + Number(length ?? 0);
}
