/** A box as a reader finds it, for tests that look into what was written. */
export interface ReadBox {
  readonly type: string;
  readonly body: Buffer;
}

/** The boxes of a buffer, one after the other, which must fill it exactly. */
export function boxesOf(bytes: Buffer): ReadBox[] {
  const boxes: ReadBox[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) throw new Error(`a box of ${size} bytes at ${at}`);
    boxes.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      body: bytes.subarray(at + 8, at + size),
    });
    at += size;
  }
  return boxes;
}

/** The box at the end of a path like `moof/traf/tfdt`. */
export function find(bytes: Buffer, path: string): Buffer {
  const [type, ...rest] = path.split('/');
  const found = boxesOf(bytes).find((item) => item.type === type);
  if (!found) throw new Error(`no box ${type}`);
  return rest.length === 0 ? found.body : find(found.body, rest.join('/'));
}
