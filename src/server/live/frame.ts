/**
 * The head of a WebSocket frame from a server (RFC 6455 §5.2): a whole binary message, not masked.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-----+-------+-+-------------+-------------------------------+
 *   |F| RSV |opcode |M|   length    |  length (16) where it is 126, |
 *   |1|  0  |   2   |0|     (7)     |  length (64) where it is 127  |
 *   +-+-----+-------+-+-------------+-------------------------------+
 */
const FIN_AND_BINARY = 0x82;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** The head of a frame of `prefix` and `payloadLength` bytes after it, with the prefix. */
export function binaryFrameHead(prefix: Uint8Array, payloadLength: number): Buffer {
  const length = prefix.length + payloadLength;
  const size = length < LENGTH_16 ? 2 : length < 0x10000 ? 4 : 10;
  const head = Buffer.allocUnsafe(size + prefix.length);
  head[0] = FIN_AND_BINARY;
  if (size === 2) head[1] = length;
  else if (size === 4) {
    head[1] = LENGTH_16;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = LENGTH_64;
    head.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    head.writeUInt32BE(length % 2 ** 32, 6);
  }
  head.set(prefix, size);
  return head;
}
