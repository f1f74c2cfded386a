/**
 * A box of the ISO base media file format (ISO/IEC 14496-12 §4.2), as a tree:
 *
 *   | size (32) | type (4 characters) | fields … | boxes … |
 *   a full box has | version (8) | flags (24) | before its fields
 */
export interface Box {
  readonly type: string;
  readonly fields: Uint8Array;
  readonly children: readonly Box[];
}

export function box(
  type: string,
  fields: readonly Uint8Array[],
  children: readonly Box[] = [],
): Box {
  return { type, fields: Buffer.concat(fields), children };
}

export function fullBox(
  type: string,
  version: number,
  flags: number,
  fields: readonly Uint8Array[],
  children: readonly Box[] = [],
): Box {
  return box(type, [u8(version), u24(flags), ...fields], children);
}

export function serialize(...boxes: readonly Box[]): Buffer {
  return Buffer.concat(boxes.flatMap(partsOf));
}

const HEADER_BYTES = 8;

function sizeOf(item: Box): number {
  const inside = item.children.reduce((sum, child) => sum + sizeOf(child), 0);
  return HEADER_BYTES + item.fields.length + inside;
}

function partsOf(item: Box): Uint8Array[] {
  return [u32(sizeOf(item)), ascii(item.type), item.fields, ...item.children.flatMap(partsOf)];
}

export function u8(value: number): Buffer {
  return Buffer.of(value);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntBE(value, 0, 3);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** 16.16 fixed point. */
export function fixed32(value: number): Buffer {
  return u32(Math.round(value * 0x10000));
}

export function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export function zeros(count: number): Buffer {
  return Buffer.alloc(count);
}
