import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LiveViewError } from '../../../src/core/errors.ts';
import { toAnnexB } from '../../../src/video/h264/annex-b.ts';
import { AnnexBSplitter, type CodedPicture } from '../../../src/video/h264/annex-b-splitter.ts';
import { ACCESS_UNIT_DELIMITER } from '../../../src/video/h264/nal.ts';
import { encodeClip } from '../fmp4/clip.ts';

const SPS = Buffer.of(0x67, 0x42, 0xc0, 0x1e);
const PPS = Buffer.of(0x68, 0xce, 0x38, 0x80);
const SEI = Buffer.of(0x06, 0x05, 0x01, 0x80);
const IDR = Buffer.of(0x65, 0x88, 0x84, 0x21);
const P = Buffer.of(0x41, 0x9a, 0x24, 0x6c);
/** Later slices of the same pictures: first_mb_in_slice is not 0. */
const IDR_2 = Buffer.of(0x65, 0x41, 0x12);
const P_2 = Buffer.of(0x41, 0x44, 0x12);
const AUD = Buffer.from(ACCESS_UNIT_DELIMITER);

describe('Annex B splitter', () => {
  it.each<[string, Buffer[], Buffer[][]]>([
    ['by first slices alone', [IDR, P, P], [[IDR], [P], [P]]],
    [
      'by delimiters',
      [AUD, SPS, PPS, IDR, AUD, P],
      [
        [AUD, SPS, PPS, IDR],
        [AUD, P],
      ],
    ],
    [
      'by parameter sets',
      [SPS, PPS, IDR, SPS, PPS, IDR],
      [
        [SPS, PPS, IDR],
        [SPS, PPS, IDR],
      ],
    ],
    [
      'by SEI',
      [SEI, IDR, SEI, P],
      [
        [SEI, IDR],
        [SEI, P],
      ],
    ],
    [
      'with several slices',
      [IDR, IDR_2, IDR_2, P, P_2],
      [
        [IDR, IDR_2, IDR_2],
        [P, P_2],
      ],
    ],
  ])('separates pictures %s', (_, nalUnits, pictures) => {
    expect(splitAll([toAnnexB(nalUnits)])).toEqual(pictures);
  });

  it('completes a picture with the first byte of a delimiter behind it', () => {
    const splitter = new AnnexBSplitter();
    expect(splitter.push(toAnnexB([SPS, PPS, IDR, IDR_2]))).toEqual([]);
    expect(splitter.push(Buffer.of(0, 0, 0, 1))).toEqual([]);
    expect(splitter.push(AUD.subarray(0, 1))).toEqual([
      { nalUnits: [SPS, PPS, IDR, IDR_2], keyFrame: true },
    ]);
  });

  it('completes a picture with the first two bytes of the next slice', () => {
    const splitter = new AnnexBSplitter();
    splitter.push(Buffer.concat([toAnnexB([IDR]), Buffer.of(0, 0, 1, 0x41)]));
    expect(splitter.push(Buffer.of(0x9a))).toHaveLength(1);
  });

  it('says which pictures are key frames', () => {
    const splitter = new AnnexBSplitter();
    const pictures = [...splitter.push(toAnnexB([IDR, P])), ...splitter.flush()];
    expect(pictures.map((picture) => picture.keyFrame)).toEqual([true, false]);
  });

  it('drops what has no slice at the end', () => {
    const splitter = new AnnexBSplitter();
    splitter.push(toAnnexB([IDR, AUD, SPS]));
    expect(splitter.flush()).toEqual([]);
  });

  it('refuses a picture without end and begins anew', () => {
    const splitter = new AnnexBSplitter({ maxPictureBytes: 1_000 });
    splitter.push(toAnnexB([IDR]));
    expect(() => splitter.push(Buffer.alloc(1_000, 7))).toThrow(
      expect.objectContaining({ code: 'picture-too-large' }),
    );
    expect(splitter.push(toAnnexB([IDR, P]))).toHaveLength(1);
  });

  it('refuses a picture of a thousand slices', () => {
    const splitter = new AnnexBSplitter();
    expect(() => splitter.push(toAnnexB(Array(2_000).fill(P_2)))).toThrow(
      expect.objectContaining({ code: 'picture-too-large' }),
    );
  });

  it('holds little of a stream without start codes', () => {
    const splitter = new AnnexBSplitter({ maxPictureBytes: 1_000 });
    for (let i = 0; i < 100; i++) expect(splitter.push(Buffer.alloc(500, 7))).toEqual([]);
    expect(splitter.push(toAnnexB([IDR, P]))).toHaveLength(1);
  });

  it('finds the pictures of x264, B-frames and all', async () => {
    const clip = await encodeClip({ frames: 30, bFrames: 2 });
    expect(splitAll([clip])).toHaveLength(30);
  });

  it('gives the same whatever the pieces', async () => {
    const clip = (await encodeClip({ size: '64x64', frames: 12 })).subarray(0, 6_000);
    const whole = splitAll([clip]);
    const cuts = fc.array(fc.integer({ min: 0, max: clip.length }), { maxLength: 60 });
    fc.assert(
      fc.property(cuts, (places) => {
        expect(splitAll(cut(clip, places))).toEqual(whole);
      }),
      { numRuns: 60, seed: 2 },
    );
    expect(splitAll(Array.from(clip, (byte) => Buffer.of(byte)))).toEqual(whole);
  });

  it('fails on nothing but size', () => {
    const chunk = fc.array(fc.constantFrom(0, 0, 0, 1, 1, 3, 0x65, 0x67, 0x88), { maxLength: 50 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
        const splitter = new AnnexBSplitter({ maxPictureBytes: 200 });
        for (const bytes of chunks) onlyTyped(() => splitter.push(Buffer.from(bytes)));
        splitter.flush();
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});

function splitAll(chunks: readonly Buffer[]): Buffer[][] {
  const splitter = new AnnexBSplitter();
  const pictures: CodedPicture[] = chunks.flatMap((chunk) => splitter.push(chunk));
  return [...pictures, ...splitter.flush()].map(({ nalUnits }) =>
    nalUnits.map((n) => Buffer.from(n)),
  );
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places, bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

function onlyTyped(act: () => void): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(LiveViewError);
  }
}
