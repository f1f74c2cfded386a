import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was once sent by programs that are not ours; see record.ts. */
export const CAPTURES = join(process.cwd(), 'test/fixtures/captures');

export function capture(name: string): Buffer {
  return readFileSync(join(CAPTURES, name));
}

/** Packets, each after its length in 16 bits (RFC 4571). */
export function capturedPackets(name: string): Buffer[] {
  const file = capture(name);
  const packets: Buffer[] = [];
  for (let at = 0; at + 2 <= file.length; ) {
    const end = at + 2 + file.readUInt16BE(at);
    packets.push(file.subarray(at + 2, end));
    at = end;
  }
  return packets;
}
