import { ClientError } from './errors.ts';

/** One binary message of the live socket. */
export interface Media {
  readonly kind: 'init' | 'media' | 'mpegts';
  readonly keyFrame: boolean;
  /** Pictures were dropped for this viewer immediately before this one. */
  readonly afterDrop: boolean;
  readonly channel: number;
  /** Number of this fragment on the channel. */
  readonly sequence: number;
  /** When the last byte of the picture reached the gateway, by the gateway's clock; Unix µs. */
  readonly captureUnixUs: number;
  /** A view into the message, not a copy. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const HEADER_LENGTH = 16;
const KINDS = ['init', 'media', 'mpegts'] as const;

/**
 * Reads the header that precedes every payload, big-endian (docs/reference/protocol.md):
 *
 *   0        1        2               4                               8
 *   +--------+--------+---------------+-------------------------------+------------ ... -+
 *   |  kind  | flags  |    channel    |  number of the fragment (u32) | capture time u64 |
 *   +--------+--------+---------------+-------------------------------+------------ ... -+
 *   16: payload
 *
 * @throws ClientError `bad-frame`.
 */
export function decodeMedia(message: ArrayBuffer): Media {
  if (message.byteLength < HEADER_LENGTH) {
    throw new ClientError('bad-frame', `binary message of ${message.byteLength} bytes: no header`);
  }
  const view = new DataView(message);
  const kind = KINDS[view.getUint8(0) - 1];
  if (!kind)
    throw new ClientError('bad-frame', `binary message of unknown kind ${view.getUint8(0)}`);
  const flags = view.getUint8(1);
  const captureUnixUs = view.getBigUint64(8);
  if (captureUnixUs > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ClientError('bad-frame', `capture time ${captureUnixUs} µs is not a time`);
  }
  return {
    kind,
    keyFrame: (flags & 1) !== 0,
    afterDrop: (flags & 2) !== 0,
    channel: view.getUint16(2),
    sequence: view.getUint32(4),
    captureUnixUs: Number(captureUnixUs),
    bytes: new Uint8Array(message, HEADER_LENGTH),
  };
}
