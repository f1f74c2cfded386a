import { describe, expect, it } from '@jest/globals';
import { AvcParameters } from '../../../src/video/fmp4/avc-parameters.ts';
import { NAL, nalType } from '../../../src/video/h264/nal.ts';
import { encodeClip, picturesOf } from './clip.ts';

const [small, large] = await Promise.all(['320x240', '480x360'].map(setsOf));
/** PPS 1, which refers to SPS 0. */
const SECOND_PPS = Buffer.of(0x68, 0b0101_1110, 0x38, 0x80);

describe('parameter sets in force', () => {
  it('are complete with an SPS and a PPS', () => {
    const parameters = new AvcParameters();
    expect(parameters.track()).toBeUndefined();
    expect(parameters.take(small?.sps as Buffer)).toBe(true);
    expect(parameters.track()).toBeUndefined();
    expect(parameters.take(small?.pps as Buffer)).toBe(true);
    expect(parameters.track()).toMatchObject({
      width: 320,
      parameterSets: [small?.sps, small?.pps],
    });
  });

  it('do not change when they are repeated', () => {
    const parameters = filled();
    expect(parameters.take(Buffer.from(small?.sps as Buffer))).toBe(false);
    expect(parameters.take(Buffer.from(small?.pps as Buffer))).toBe(false);
  });

  it('change when another of the same number comes', () => {
    const parameters = filled();
    expect(parameters.take(large?.sps as Buffer)).toBe(true);
    expect(parameters.track()).toMatchObject({
      width: 480,
      parameterSets: [large?.sps, small?.pps],
    });
  });

  it('may be several of different numbers', () => {
    const parameters = filled();
    expect(parameters.take(SECOND_PPS)).toBe(true);
    expect(parameters.take(small?.pps as Buffer)).toBe(false);
    expect(parameters.track()?.parameterSets).toHaveLength(3);
  });

  it('stay as they were when a bad one comes', () => {
    const parameters = filled();
    expect(() => parameters.take(Buffer.of(0x67, 1))).toThrow(
      expect.objectContaining({ code: 'invalid-sps' }),
    );
    expect(() => parameters.take(Buffer.of(0x68))).toThrow(
      expect.objectContaining({ code: 'truncated' }),
    );
    expect(parameters.take(Buffer.alloc(100_000, 0x67))).toBe(false);
    expect(parameters.track()).toMatchObject({ width: 320 });
  });

  it('are found among the NAL units of a picture; one that is unusable is said and keeps nothing back', () => {
    const said: string[] = [];
    const say = (diagnosis: string) => void said.push(diagnosis);
    const parameters = new AvcParameters();
    const slice = Buffer.of(0x65, 0x88);
    const units = [Buffer.of(0x67), small?.sps as Buffer, small?.pps as Buffer, slice];
    expect(parameters.takeFrom(units, say)).toBe(true);
    expect(parameters.track()).toMatchObject({ width: 320 });
    expect(parameters.takeFrom(units.slice(1), say)).toBe(false);
    expect(said).toEqual([expect.stringContaining('parameter sets are unusable')]);
  });

  it('are looked at up to as many as can be in force, and the rest is said', () => {
    const said: string[] = [];
    const parameters = new AvcParameters();
    const flood = new Array<Buffer>(100).fill(Buffer.of(0x68));
    const units = [...flood, small?.sps as Buffer];
    expect(parameters.takeFrom(units, (diagnosis) => void said.push(diagnosis))).toBe(false);
    expect(said).toHaveLength(65);
    expect(said.at(-1)).toContain('more than 64 parameter sets');
  });

  it('keep what they took when the memory that held it is used again', () => {
    const parameters = filled();
    const reused = Buffer.from(large?.sps as Buffer);
    parameters.take(reused);
    reused.fill(0);
    expect(parameters.track()?.parameterSets).toEqual([large?.sps, small?.pps]);
  });
});

function filled(): AvcParameters {
  const parameters = new AvcParameters();
  parameters.take(small?.sps as Buffer);
  parameters.take(small?.pps as Buffer);
  return parameters;
}

async function setsOf(size: string): Promise<{ sps: Buffer; pps: Buffer }> {
  const [first] = picturesOf(await encodeClip({ size, frames: 1 }));
  const nal = (type: number) =>
    Buffer.from(first?.nalUnits.find((unit) => nalType(unit) === type) ?? []);
  return { sps: nal(NAL.sps), pps: nal(NAL.pps) };
}
