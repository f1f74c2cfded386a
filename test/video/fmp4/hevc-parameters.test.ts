import { describe, expect, it } from '@jest/globals';
import { HevcParameters } from '../../../src/video/fmp4/hevc-parameters.ts';
import { initSegment } from '../../../src/video/fmp4/init-segment.ts';
import { isParameterSet, NAL, nalType } from '../../../src/video/h265/nal.ts';
import { makeClip } from '../../support/clip.ts';
import { timedClip } from '../timed-clip.ts';
import { find } from './boxes.ts';

const [small, large] = await Promise.all(['320x240', '480x360'].map(setsOf));

describe('H.265 parameter sets in force', () => {
  it('are complete with a VPS, an SPS and a PPS', () => {
    const parameters = new HevcParameters();
    for (const nal of small ?? []) {
      expect(parameters.track()).toBeUndefined();
      expect(parameters.take(nal)).toBe(true);
    }
    expect(parameters.track()).toMatchObject({
      ...{ width: 320, height: 240, sampleEntry: 'hvc1', framesPerSecond: 25 },
      parameterSets: small,
    });
  });

  it('do not change when they are repeated, and do when another of the same number comes', () => {
    const parameters = filled();
    for (const nal of small ?? []) expect(parameters.take(Buffer.from(nal))).toBe(false);
    expect(parameters.take(large?.[1] as Buffer)).toBe(true);
    expect(parameters.track()).toMatchObject({ width: 480 });
  });

  it('stay as they were when a bad one comes', () => {
    const parameters = filled();
    expect(() => parameters.take(Buffer.of(NAL.sps << 1, 1, 2))).toThrow(
      expect.objectContaining({ code: 'invalid-sps' }),
    );
    expect(parameters.take(Buffer.of(NAL.prefixSei << 1, 1, 0))).toBe(false);
    expect(parameters.take(Buffer.alloc(100_000, NAL.sps << 1))).toBe(false);
    expect(parameters.track()).toMatchObject({ width: 320 });
  });

  it('become the configuration that ffmpeg writes for the same encoder', async () => {
    const clip = await makeClip({ encoder: 'libx265', size: '320x240', seconds: 1 });
    const [theirs, ours] = [clip.init, initSegment(filledTrack())].map(hvcCOf);
    // Profile, tier, compatibility, constraints and level; then format, depths, layers and lengths.
    expect(ours?.subarray(0, 13)).toEqual(theirs?.subarray(0, 13));
    expect(ours?.subarray(16, 22)).toEqual(theirs?.subarray(16, 22));
    expect(ours?.[22]).toBe(3);
    expect(ours?.[23]).toBe(0x80 | NAL.vps);
    const length = small?.reduce((sum, nal) => sum + 3 + 2 + nal.length, 23);
    expect(ours).toHaveLength(length ?? 0);
  });
});

function filled(): HevcParameters {
  const parameters = new HevcParameters();
  for (const nal of small ?? []) parameters.take(nal);
  return parameters;
}

function filledTrack() {
  const track = filled().track();
  if (!track) throw new Error('x265 wrote no parameter sets');
  return track;
}

async function setsOf(size: string): Promise<Buffer[]> {
  const [first] = await timedClip({ codec: 'h265', size, frames: 2 });
  const sets = first?.nalUnits.filter(isParameterSet) ?? [];
  return sets.map((nal) => Buffer.from(nal)).sort((a, b) => nalType(a) - nalType(b));
}

/** Behind the fields of stsd and of the sample entry. */
function hvcCOf(bytes: Buffer): Buffer {
  const entry = find(find(bytes, 'moov/trak/mdia/minf/stbl/stsd').subarray(8), 'hvc1');
  return find(entry.subarray(78), 'hvcC');
}
