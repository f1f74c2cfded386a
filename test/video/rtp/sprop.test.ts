import { describe, expect, it } from '@jest/globals';
import { announcedParameterSets } from '../../../src/video/rtp/sprop.ts';

const sps = Buffer.from('6742c01eda', 'hex');
const pps = Buffer.from('68ce3c80', 'hex');
const hevc = {
  'sprop-vps': Buffer.from('40010c01ffff', 'hex'),
  'sprop-sps': Buffer.from('420101016000', 'hex'),
  'sprop-pps': Buffer.from('4401c172', 'hex'),
};

const base64 = (nal: Buffer) => nal.toString('base64');
const announced = (encoding: string, parameters: Record<string, string>) =>
  announcedParameterSets({ encoding, parameters: new Map(Object.entries(parameters)) });
const sets = (value: string) => announced('H264', { 'sprop-parameter-sets': value });
const both = { codec: 'h264', vps: [], sps: [sps], pps: [pps] };

describe('announced parameter sets', () => {
  it('are read in any order', () => {
    expect(sets(`${base64(sps)},${base64(pps)}`)).toEqual(both);
    expect(sets(`${base64(pps)},${base64(sps)}`)).toEqual(both);
  });

  it.each(['', ',', 'Zw==,aA==', '%%%', 'AAAA', base64(sps)])(
    'are not made up from "%s"',
    (value) => {
      expect(sets(value)).toBeUndefined();
    },
  );

  it.each(['H264', 'H265'])('are not made up when the camera says nothing: %s', (encoding) => {
    expect(announced(encoding, {})).toBeUndefined();
  });

  it('lose their start codes', () => {
    const coded = [sps, pps].map((nal) => Buffer.concat([Buffer.from([0, 0, 0, 1]), nal]));
    expect(sets(coded.map(base64).join())).toEqual(both);
  });

  it('are three kinds in H.265', () => {
    const parameters = Object.fromEntries(
      Object.entries(hevc).map(([name, nal]) => [name, base64(nal)]),
    );
    expect(announced('H265', parameters)).toEqual({
      codec: 'h265',
      vps: [hevc['sprop-vps']],
      sps: [hevc['sprop-sps']],
      pps: [hevc['sprop-pps']],
    });
  });

  it.each(Object.keys(hevc))('wait for the stream when %s is empty', (missing) => {
    const parameters = Object.fromEntries(
      Object.entries(hevc).map(([name, nal]) => [name, name === missing ? '' : base64(nal)]),
    );
    expect(announced('H265', parameters)).toBeUndefined();
  });

  it('count by what they are: all under one name', () => {
    const together = Object.values(hevc).map(base64).join();
    expect(announced('H265', { 'sprop-sps': together })).toMatchObject({
      vps: [hevc['sprop-vps']],
      pps: [hevc['sprop-pps']],
    });
  });
});
