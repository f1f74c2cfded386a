import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FrameReader } from '../../../src/server/egress/frame-reader.ts';
import { binaryFrameHead } from '../../../src/server/live/frame.ts';

const PING = Buffer.from([0x89, 0x00]);

function text(content: string): Buffer {
  const head = binaryFrameHead(new Uint8Array(0), Buffer.byteLength(content));
  head[0] = 0x81;
  return Buffer.concat([head, Buffer.from(content)]);
}

function media(header: readonly number[], length: number): Buffer {
  return Buffer.concat([binaryFrameHead(Uint8Array.from(header), length), Buffer.alloc(length, 7)]);
}

function read(chunks: readonly (Buffer | string)[], headerLength = 4) {
  const seen: [number, number[] | undefined][] = [];
  const reader = new FrameReader({
    headerLength,
    onMedia: (bytes, chunk, at) =>
      seen.push([bytes, at < 0 ? undefined : [...chunk.subarray(at, at + headerLength)]]),
  });
  for (const chunk of chunks) reader.take(chunk);
  return seen;
}

describe('the reader of frames', () => {
  const header = [1, 0, 0, 9];
  it.each([0, 100, 121, 122, 65_531, 65_532, 300_000])(
    'counts the media of a binary message of %d bytes behind its header',
    (length) => {
      expect(read([media(header, length)])).toEqual([[length, header]]);
    },
  );

  it('leaves out texts, pings and their lengths, also when a text is handed over as one', () => {
    const string = '{"type":"é"}'.repeat(20);
    const whole = text(string);
    const head = whole.subarray(0, whole.length - Buffer.byteLength(string));
    const chunks = [text('hello'), PING, head, string, media(header, 10), PING];
    expect(read(chunks)).toEqual([[10, header]]);
  });

  it('counts what is too short for its header, and what continues a message', () => {
    const short = binaryFrameHead(Uint8Array.from([1, 2]), 0);
    const more = media([], 5);
    more[0] = 0x80;
    expect(read([short, more])).toEqual([
      [2, undefined],
      [5, undefined],
    ]);
  });

  it('finds the same wherever what is sent is cut', () => {
    const frame = fc.oneof(
      fc.nat({ max: 70_000 }).map((length) => media(header, length)),
      fc.string({ maxLength: 300 }).map(text),
      fc.constant(PING),
    );
    const cut = fc.tuple(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }));
    fc.assert(
      fc.property(cut, ([frames, places]) => {
        const all = Buffer.concat(frames);
        const at = places.map((place) => place % (all.length + 1)).sort((a, b) => a - b);
        const bounds = [0, ...at, all.length];
        const chunks = bounds.slice(1).map((end, index) => all.subarray(bounds[index], end));
        expect(read(chunks)).toEqual(read(frames));
      }),
    );
  });
});
