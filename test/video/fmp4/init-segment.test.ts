import { describe, expect, it } from '@jest/globals';
import { AvcParameters } from '../../../src/video/fmp4/avc-parameters.ts';
import { initSegment } from '../../../src/video/fmp4/init-segment.ts';
import { boxesOf, find } from './boxes.ts';
import { encodeClip, picturesOf } from './clip.ts';

const STBL = 'moov/trak/mdia/minf/stbl';

describe('init segment', () => {
  it('is a file type and a movie without samples', async () => {
    const bytes = await initOf({});
    expect(boxesOf(bytes).map((item) => item.type)).toEqual(['ftyp', 'moov']);
    expect(boxesOf(find(bytes, 'moov')).map((item) => item.type)).toEqual(['mvhd', 'trak', 'mvex']);
    for (const table of ['stts', 'stsc', 'stco']) {
      expect(find(bytes, `${STBL}/${table}`).readUInt32BE(4)).toBe(0);
    }
  });

  it('has the parameter sets in avcC, without a format for Baseline', async () => {
    const record = avcCOf(await initOf({}));
    expect([...record.subarray(0, 4)]).toEqual([1, 66, 0xc0, 13]);
    const spsLength = record.readUInt16BE(6);
    const ppsAt = 8 + spsLength + 1;
    expect(record[8]).toBe(0x67);
    expect(record[ppsAt + 2]).toBe(0x68);
    expect(record.length).toBe(ppsAt + 2 + record.readUInt16BE(ppsAt));
  });

  it('has the shown width of pictures with wide samples', async () => {
    const bytes = await initOf({ filter: 'setsar=2/1' });
    const tkhd = find(bytes, 'moov/trak/tkhd');
    expect(tkhd.readUInt32BE(tkhd.length - 8) / 0x10000).toBe(640);
    expect(tkhd.readUInt32BE(tkhd.length - 4) / 0x10000).toBe(240);
  });
});

async function initOf(options: Parameters<typeof encodeClip>[0]): Promise<Buffer> {
  const parameters = new AvcParameters();
  const [first] = picturesOf(await encodeClip({ frames: 1, ...options }));
  for (const nal of first?.nalUnits ?? []) {
    if ([7, 8].includes((nal[0] ?? 0) & 31)) parameters.take(nal);
  }
  const track = parameters.track();
  if (!track) throw new Error('x264 wrote no parameter sets');
  return initSegment(track);
}

/** Behind the fields of stsd and of the sample entry. */
function avcCOf(bytes: Buffer): Buffer {
  const entry = find(find(bytes, `${STBL}/stsd`).subarray(8), 'avc1');
  return find(entry.subarray(78), 'avcC');
}
