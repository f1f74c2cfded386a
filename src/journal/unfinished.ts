import { closeSync, openSync, readSync } from 'node:fs';
import { codeOf } from '../core/errors.ts';

/**
 * What a crash left of a write behind the last one that is whole. SQLite leaves it out without a word.
 *
 * The write-ahead log (https://www.sqlite.org/fileformat2.html#walformat), all of it big-endian:
 *
 *   header  magic(4) version(4) page size(4) sequence(4) salts(8) checksum(8)
 *   frame   page number(4) pages after a commit, else 0(4) salts(8) checksum(8), then the page
 *
 * A frame is of this log when it has the salts of the header, and whole when the checksum, which goes on
 * from frame to frame, is right: over the first 8 bytes of its header and its page. Frames with other
 * salts were left by the log before it.
 */
const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;

/** In bytes; 0 for a log that ends with a commit, that is empty, or that is not there. */
export function unfinishedBytes(database: string): number {
  try {
    const descriptor = openSync(`${database}-wal`, 'r');
    try {
      return measured(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function measured(descriptor: number): number {
  const header = readAt(descriptor, 0, HEADER);
  if (header.length < HEADER || header.readUInt32BE(0) >>> 1 !== MAGIC >>> 1) return header.length;
  const pageSize = header.readUInt32BE(8);
  if (pageSize < 512 || pageSize > 65_536) return 0;
  const salts = header.subarray(16, 24);
  const sum = new Checksum((header[3] ?? 0) % 2 === 1);
  sum.add(header.subarray(0, 24));
  let [at, committed, whole] = [HEADER, HEADER, true];
  for (;;) {
    const frame = readAt(descriptor, at, FRAME_HEADER + pageSize);
    const isPart = frame.length < FRAME_HEADER + pageSize;
    if (frame.length === 0 || (!isPart && !frame.subarray(8, 16).equals(salts))) break;
    if (isPart) return at + frame.length - committed;
    sum.add(frame.subarray(0, 8));
    sum.add(frame.subarray(FRAME_HEADER));
    whole &&= sum.is(frame.subarray(16, 24));
    at += frame.length;
    if (whole && frame.readUInt32BE(4) > 0) committed = at;
  }
  return at - committed;
}

/** Fewer bytes at the end of the file. */
function readAt(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, at));
}

/** Of pairs of words, in the byte order that the magic number says. */
class Checksum {
  readonly #isBigEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += 8) {
      this.#first = (this.#first + this.#word(bytes, at) + this.#second) >>> 0;
      this.#second = (this.#second + this.#word(bytes, at + 4) + this.#first) >>> 0;
    }
  }

  is(said: Buffer): boolean {
    return said.readUInt32BE(0) === this.#first && said.readUInt32BE(4) === this.#second;
  }

  #word(bytes: Buffer, at: number): number {
    return this.#isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
