import { describe, expect, it } from '@jest/globals';
import { jpegSize } from '../../src/cameras/jpeg.ts';
import { jpegOf } from '../support/jpeg.ts';

const whole = jpegOf(1920, 1080);

describe('the size of a JPEG', () => {
  it.each([
    ['baseline', whole],
    ['progressive', jpegOf(1920, 1080, 0xc2)],
    ['with fill bytes before a marker', insert(whole, 2, 'ffff')],
    ['with tables before its frame', insert(whole, 2, 'ffc40003aa')],
    ['with zeros after its end', Buffer.concat([whole, Buffer.alloc(100)])],
  ])('is read: %s', (_what, bytes) => {
    expect(jpegSize(bytes)).toEqual({ width: 1920, height: 1080 });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<html><body>Please log in</body></html>')],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['only the beginning', whole.subarray(0, 2)],
    ['cut off in a segment', whole.subarray(0, 12)],
    ['cut off before its end', whole.subarray(0, -2)],
    ['without a frame', insert(Buffer.from('ffd8ffda0002ffd9', 'hex'), 8, '')],
    ['with a frame of no size', jpegOf(0, 1080)],
    ['with a segment shorter than its length field', insert(whole, 2, 'ffe10001')],
    ['with something else between its segments', insert(whole, 2, '00')],
  ])('is refused: %s', (_what, bytes) => {
    expect(() => jpegSize(bytes)).toThrow(expect.objectContaining({ code: 'not-a-jpeg' }));
  });
});

function insert(bytes: Buffer, at: number, hex: string): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(hex, 'hex'), bytes.subarray(at)]);
}
