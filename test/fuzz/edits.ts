import type { Input } from './target.ts';

/** One change to an input: what, and three numbers from which it takes where and how much. */
export type Edit = readonly [kind: number, where: number, size: number, value: number];

/** What edits may draw on. */
export interface Material {
  readonly seeds: readonly Input[];
  readonly tokens: readonly Buffer[];
}

/** Beyond this an input shows nothing that a shorter one does not. */
export const MAX_INPUT_BYTES = 128 * 1024;
const MAX_PIECES = 512;

/** Where bounds and signs lie. */
const BYTES = [0, 1, 3, 0x0a, 0x0d, 0x20, 0x22, 0x24, 0x2c, 0x3b, 0x3c, 0x3d, 0x7f, 0x80, 0xff];
const NUMBERS = [0, 1, 2, 7, 8, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 2 ** 31, 2 ** 32 - 1];
const DIGITS = ['0', '-1', '00', '255', '65536', '4294967296', '9'.repeat(20), '1e9', '0x10', ''];

type PieceEdit = (piece: Buffer, at: number, edit: Edit, material: Material) => Buffer;
type ListEdit = (pieces: Buffer[], at: number, edit: Edit, material: Material) => Buffer[];

const pieceEdits: readonly PieceEdit[] = [
  function flipBit(piece, at, [, , , value]) {
    return withByte(piece, at, (piece[at] ?? 0) ^ (1 << (value & 7)));
  },
  function setByte(piece, at, [, , , value]) {
    return withByte(piece, at, value);
  },
  function setTellingByte(piece, at, [, , , value]) {
    return withByte(piece, at, choose(BYTES, value));
  },
  function insertWord(piece, at, [, , size], { tokens }) {
    return replaced(piece, at, at, choose(tokens, size));
  },
  function insertByte(piece, at, [, , size, value]) {
    return replaced(piece, at, at, Buffer.of(size & 1 ? value : choose(BYTES, value)));
  },
  function removeRange(piece, at, [, , size]) {
    return replaced(piece, at, at + 1 + (size % reach(size)), Buffer.alloc(0));
  },
  function repeatRange(piece, at, [, , size, value]) {
    const range = piece.subarray(at, at + 1 + (size % reach(size)));
    return replaced(piece, at, at, repeated(range, 1 + (value % 64)));
  },
  function stretchByte(piece, at, [, , size]) {
    return replaced(piece, at, at, Buffer.alloc(reach(size), piece[at] ?? 0x20));
  },
  function stretchTellingByte(piece, at, [, , size, value]) {
    return replaced(piece, at, at, Buffer.alloc(reach(size), choose(BYTES, value)));
  },
  function cutShort(piece, at) {
    return piece.subarray(0, at);
  },
  function setNumber(piece, at, [, , size, value]) {
    const numbers = [...NUMBERS, piece.length, piece.length - at, piece.length - at - 1];
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(Math.max(0, choose(numbers, value)));
    const width = 2 + (size & 2);
    return replaced(piece, at, at + width, bytes.subarray(4 - width));
  },
  function changeDigits(piece, at, [, , , value]) {
    const text = piece.toString('latin1', at);
    const found = /\d+/.exec(text);
    if (!found) return piece;
    const start = at + found.index;
    return replaced(piece, start, start + found[0].length, Buffer.from(choose(DIGITS, value)));
  },
  function splice(piece, at, [, , size, value], { seeds }) {
    const other = choose(choose(seeds, value), size);
    return Buffer.concat([piece.subarray(0, at), other.subarray(size % (other.length + 1))]);
  },
];

const listEdits: readonly ListEdit[] = [
  function drop(pieces, at) {
    return pieces.toSpliced(at, 1);
  },
  function duplicate(pieces, at, [, , size, value]) {
    const again = pieces.slice(at, at + 1 + (size % 4));
    return pieces.toSpliced(at, 0, ...new Array(1 + (value % 16)).fill(again).flat());
  },
  function swap(pieces, at, [, , size]) {
    const other = size % pieces.length;
    const [a, b] = [choose(pieces, at), choose(pieces, other)];
    return pieces.with(at, b).with(other, a);
  },
  function insertOther(pieces, at, [, , size, value], { seeds }) {
    return pieces.toSpliced(at, 0, choose(choose(seeds, value), size));
  },
];

export const EDIT_KINDS = pieceEdits.length + listEdits.length;

/** The input with these changes, cut to `MAX_INPUT_BYTES`. */
export function edited(input: Input, edits: readonly Edit[], material: Material): Input {
  let pieces = [...input];
  for (const edit of edits) {
    if (pieces.length === 0) break;
    pieces = bounded(applied(pieces, edit, material));
  }
  return pieces;
}

function applied(pieces: Buffer[], edit: Edit, material: Material): Buffer[] {
  const [kind, where] = edit;
  const index = where % pieces.length;
  const onList = listEdits[kind - pieceEdits.length];
  if (onList) return onList(pieces, index, edit, material);
  const piece = choose(pieces, index);
  const at = Math.floor(where / pieces.length) % (piece.length + 1);
  return pieces.with(index, choose(pieceEdits, kind)(piece, at, edit, material));
}

function bounded(pieces: Buffer[]): Buffer[] {
  let room = MAX_INPUT_BYTES;
  const kept: Buffer[] = [];
  for (const piece of pieces.slice(0, MAX_PIECES)) {
    kept.push(piece.subarray(0, room));
    room -= piece.length;
    if (room <= 0) break;
  }
  return kept;
}

/** 1 to 65,536, small more often than large. */
function reach(size: number): number {
  return 2 ** (Math.floor(size / 2 ** 20) % 17);
}

function repeated(range: Buffer, times: number): Buffer {
  const most = range.length === 0 ? 0 : Math.ceil(MAX_INPUT_BYTES / range.length);
  return Buffer.concat(new Array(Math.min(times, most)).fill(range));
}

function withByte(piece: Buffer, at: number, value: number): Buffer {
  return replaced(piece, at, at + 1, Buffer.of(value & 0xff));
}

function replaced(piece: Buffer, from: number, to: number, by: Buffer): Buffer {
  return Buffer.concat([piece.subarray(0, from), by, piece.subarray(to)]);
}

/** @throws RangeError for an empty list: a target without seeds or tokens. */
export function choose<T>(from: readonly T[], index: number): T {
  const chosen = from[index % from.length];
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
}
