import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMedia } from '../../src/client/binary.ts';
import { ClientError } from '../../src/client/errors.ts';
import { mediaMessage } from '../support/socket-peer.ts';

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

describe('decodeMedia', () => {
  it('reads every field of the header and leaves the payload', () => {
    const header = {
      kind: 2,
      flags: 3,
      channel: 0xfffe,
      sequence: 0xffffffff,
      captureUnixUs: 1_767_225_600_123_456,
    };
    const media = decodeMedia(arrayBuffer(mediaMessage(header, Buffer.from([1, 2, 3]))));
    expect(media).toMatchObject({
      kind: 'media',
      keyFrame: true,
      afterDrop: true,
      channel: 0xfffe,
      sequence: 0xffffffff,
      captureUnixUs: 1_767_225_600_123_456,
    });
    expect([...media.bytes]).toEqual([1, 2, 3]);
  });

  it.each([
    [1, 'init'],
    [2, 'media'],
    [3, 'mpegts'],
  ])('names kind %i %s', (kind, name) => {
    expect(decodeMedia(arrayBuffer(mediaMessage({ kind }, Buffer.alloc(0)))).kind).toBe(name);
  });

  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['half a header', Buffer.alloc(15, 2)],
    ['kind 0', mediaMessage({ kind: 0 }, Buffer.alloc(4))],
    ['a kind of the future', mediaMessage({ kind: 4 }, Buffer.alloc(4))],
    ['a capture time beyond all times', Buffer.alloc(16, 0xff).fill(2, 0, 1)],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decodeMedia(arrayBuffer(bytes))).toThrow(
      expect.objectContaining({ code: 'bad-frame' }),
    );
  });

  it('either reads or refuses whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          expect(decodeMedia(arrayBuffer(bytes)).bytes.length).toBe(bytes.length - 16);
        } catch (error) {
          expect(error).toBeInstanceOf(ClientError);
        }
      }),
    );
  });
});
