import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LiveViewError } from '../../../src/core/errors.ts';
import { serializeRtp } from '../../../src/video/rtp/packet.ts';
import { type FramerOptions, RtspFramer } from '../../../src/video/rtsp/framing.ts';
import {
  rtspRequest,
  rtspResponse,
  serializeRequest,
  serializeResponse,
} from '../../../src/video/rtsp/message.ts';

function framer(options: Partial<FramerOptions> = {}) {
  const seen: string[] = [];
  const made = new RtspFramer(
    {
      message: (m) =>
        seen.push(m.kind === 'request' ? m.method : `${m.status} ${m.body.toString()}`),
      interleaved: (channel, payload) => seen.push(`$${channel} ${payload.length}`),
      lostStep: (skipped) => seen.push(`lost ${skipped}`),
    },
    options,
  );
  return { push: (bytes: Buffer) => made.push(bytes), seen };
}

function frame(channel: number, payload: Buffer): Buffer {
  const header = Buffer.from([0x24, channel, 0, 0]);
  header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

function rtp(length: number, fill = 0xab): Buffer {
  const payload = Buffer.alloc(length, fill);
  return serializeRtp({
    payloadType: 96,
    marker: false,
    sequence: 1,
    timestamp: 0,
    ssrc: 7,
    payload,
  });
}

const stream = Buffer.concat([
  serializeResponse(rtspResponse(200, { CSeq: '1' }, Buffer.from('v=0\r\n\r\n$$'))),
  frame(0, rtp(1_400)),
  frame(1, rtp(20)),
  serializeRequest(rtspRequest('ANNOUNCE', '*', { CSeq: '9' })),
  Buffer.from('\r\n'),
  frame(0, Buffer.alloc(0)),
  serializeResponse(rtspResponse(454)),
]);
const expected = ['200 v=0\r\n\r\n$$', '$0 1412', '$1 32', 'ANNOUNCE', '$0 0', '454 '];

describe('RTSP framing', () => {
  it('finds messages of both directions and frames in one chunk', () => {
    const { push, seen } = framer();
    push(stream);
    expect(seen).toEqual(expected);
  });

  it('finds the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 40 }), (cuts) => {
        const { push, seen } = framer();
        let at = 0;
        for (const cut of cuts) {
          push(stream.subarray(at, at + cut));
          at += cut;
        }
        push(stream.subarray(at));
        expect(seen).toEqual(expected);
      }),
    );
    const { push, seen } = framer();
    for (const byte of stream) push(Buffer.from([byte]));
    expect(seen).toEqual(expected);
  });

  it('finds a head that arrives byte by byte behind others, and does not write over what it handed on', () => {
    const bodies: Buffer[] = [];
    const made = new RtspFramer({
      message: ({ body }) => bodies.push(body),
      interleaved: () => undefined,
    });
    const reply = (text: string) => serializeResponse(rtspResponse(200, {}, Buffer.from(text)));
    for (const byte of Buffer.concat([reply('one'), reply('two'), reply('three')])) {
      made.push(Buffer.of(byte));
    }
    expect(bodies.map(String)).toEqual(['one', 'two', 'three']);
  });

  it('hands on views of the chunk, and copies only what spans chunks', () => {
    const chunk = frame(0, rtp(100));
    let payload: Buffer = Buffer.alloc(0);
    new RtspFramer({
      message: () => undefined,
      interleaved: (_channel, bytes) => {
        payload = bytes;
      },
    }).push(chunk);
    expect(payload.buffer).toBe(chunk.buffer);
  });

  it('finds its step again after a frame that was cut short (partial writes)', () => {
    const { push, seen } = framer();
    const cut = frame(0, rtp(1_400)).subarray(0, 900);
    push(Buffer.concat([frame(0, rtp(10)), cut, frame(0, rtp(700)), frame(0, rtp(50))]));
    push(Buffer.concat([frame(1, rtp(60)), frame(0, rtp(70))]));
    expect(seen[0]).toBe('$0 22');
    expect(seen[1]).toBe('$0 1412');
    expect(seen[2]).toMatch(/^lost \d+$/);
    expect(seen.slice(3)).toEqual(['$0 62', '$1 72', '$0 82']);
  });

  it('finds its step again at a response', () => {
    const { push, seen } = framer();
    push(Buffer.concat([Buffer.alloc(300, 0xff), serializeResponse(rtspResponse(200))]));
    expect(seen).toEqual(['lost 300', '200 ']);
  });

  it('does not take a dollar sign inside a payload for a start', () => {
    const { push, seen } = framer();
    const trap = Buffer.from([0xff, 0x24, 0x00, 0x00, 0x10, 0x80, 0x60, 0xff, 0xff]);
    push(Buffer.concat([trap, Buffer.alloc(40, 0xff), frame(0, rtp(30)), frame(0, rtp(31))]));
    expect(seen).toEqual(['lost 49', '$0 42', '$0 43']);
  });

  it('gives up after the bound, with a typed error', () => {
    const { push } = framer({ maxSkippedBytes: 1_000 });
    push(Buffer.alloc(1_000, 0xff));
    expect(() => push(Buffer.alloc(1, 0xff))).toThrow(
      expect.objectContaining({ code: 'rtsp-framing-lost' }),
    );
  });

  it('gives up after the bound, whatever looks like a start on the way', () => {
    const { push, seen } = framer({ maxSkippedBytes: 1_000 });
    expect(() => push(Buffer.from('PLAY nothing\r\n\r\n'.repeat(100)))).toThrow(
      expect.objectContaining({ code: 'rtsp-framing-lost' }),
    );
    expect(seen).toEqual([]);
  });

  it('says once how much was skipped, when something is there again', () => {
    const { push, seen } = framer();
    const noise = Buffer.from('PLAY nothing\r\n\r\n'.repeat(10));
    push(Buffer.concat([noise, serializeResponse(rtspResponse(200)), frame(0, rtp(20))]));
    expect(seen).toEqual([`lost ${noise.length}`, '200 ', '$0 32']);
  });

  it('bounds a head that never ends', () => {
    const { push } = framer();
    push(Buffer.from('OPTIONS * RTSP/1.0\r\n'));
    expect(() => push(Buffer.from(`X: ${'a'.repeat(20_000)}`))).toThrow(
      expect.objectContaining({ code: 'rtsp-too-large' }),
    );
  });

  it('throws nothing but typed errors, whatever arrives', () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 0, max: stream.length }).map((at) => stream.subarray(at, at + 300)),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (chunks) => {
        const { push } = framer({ maxSkippedBytes: 2_000 });
        try {
          for (const chunk of chunks) push(Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(LiveViewError);
        }
      }),
    );
  });
});
