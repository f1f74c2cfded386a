import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type GatheredPicture,
  MAX_PAYLOAD_BYTES,
  MAX_PAYLOADS,
  PictureGatherer,
} from '../../../src/video/transcode/picture-gatherer.ts';

let pictures: GatheredPicture[];
let gatherer: PictureGatherer;
beforeEach(() => {
  pictures = [];
  gatherer = new PictureGatherer((picture) => pictures.push(picture));
});

function packet(timestamp: number, content: string | Buffer, marker = false, atUs = 0): void {
  const payload = Buffer.from(content);
  const rest = { payloadType: 26, sequence: 0, ssrc: 1, csrc: [], extension: undefined };
  gatherer.packet({ ...rest, timestamp, marker, payload }, atUs);
  // As the transport does with what it has handed on.
  payload.fill(0);
}

const seen = () =>
  pictures.map(({ timestamp, payloads, whole }) => [timestamp, payloads.join('+'), whole]);

describe('the packets of a picture', () => {
  it('are put together up to the marker, as copies, with the time of the last', () => {
    packet(100, 'a', false, 1_000);
    packet(100, 'b', false, 2_000);
    expect(pictures).toEqual([]);
    packet(100, 'c', true, 3_000);
    expect(seen()).toEqual([[100, 'a+b+c', true]]);
    expect(pictures[0]).toMatchObject({ captureUnixUs: 3_000, marked: true });
  });

  it('end where the time changes, for senders without markers', () => {
    packet(100, 'a');
    packet(100, 'b');
    packet(200, 'c');
    expect(seen()).toEqual([[100, 'a+b', true]]);
    expect(pictures[0]?.marked).toBe(false);
  });

  it.each([
    [
      'in a picture',
      () => packet(100, 'a'),
      [
        [100, 'a+b', false],
        [200, 'c', true],
      ],
    ],
    [
      'before a picture',
      () => packet(50, 'x', true),
      [
        [50, 'x', true],
        [100, 'b', false],
        [200, 'c', true],
      ],
    ],
  ])('are not whole when some are missing %s', (_, before, expected) => {
    before();
    gatherer.lost();
    packet(100, 'b', true);
    packet(200, 'c', true);
    expect(seen()).toEqual(expected);
  });

  it('that were missing between two pictures spoil both', () => {
    packet(100, 'a');
    gatherer.lost();
    packet(200, 'b', true);
    packet(300, 'c', true);
    expect(seen()).toEqual([
      [100, 'a', false],
      [200, 'b', false],
      [300, 'c', true],
    ]);
  });

  it('beyond a datagram are left out, which is not whole', () => {
    packet(100, Buffer.alloc(MAX_PAYLOAD_BYTES + 1));
    packet(100, 'b', true);
    packet(200, Buffer.alloc(MAX_PAYLOAD_BYTES), true);
    expect(pictures.map(({ payloads, whole }) => [payloads.length, whole])).toEqual([
      [1, false],
      [1, true],
    ]);
  });

  it('without end are not kept', () => {
    for (let n = 0; n < 300; n += 1) packet(100, Buffer.alloc(60_000));
    packet(200, 'b', true);
    const [endless] = pictures;
    expect(endless?.whole).toBe(false);
    expect(Buffer.concat(endless?.payloads ?? []).length).toBeLessThanOrEqual(8 * 1024 * 1024);
  });

  it('without end are not kept, however small they are', () => {
    for (let n = 0; n < MAX_PAYLOADS; n += 1) packet(100, 'x');
    packet(200, 'b');
    for (let n = 0; n < MAX_PAYLOADS + 1_000; n += 1) packet(300, 'x');
    packet(400, 'b', true);
    expect(pictures.map(({ payloads, whole }) => [payloads.length, whole])).toEqual([
      [MAX_PAYLOADS, true],
      [1, true],
      [MAX_PAYLOADS, false],
      [1, true],
    ]);
  });

  it('of another sender do not continue what was begun', () => {
    packet(100, 'a');
    gatherer.restart();
    packet(100, 'b', true);
    expect(seen()).toEqual([[100, 'b', true]]);
  });
});
