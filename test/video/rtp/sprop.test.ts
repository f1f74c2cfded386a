import { describe, expect, it } from '@jest/globals';
import { h264ParameterSets } from '../../../src/video/rtp/sprop.ts';

const sps = Buffer.from('6742c01eda', 'hex');
const pps = Buffer.from('68ce3c80', 'hex');

const sets = (value: string) => h264ParameterSets(new Map([['sprop-parameter-sets', value]]));
const both = { codec: 'h264', vps: [], sps: [sps], pps: [pps] };
const none = { codec: 'h264', vps: [], sps: [], pps: [] };

describe('h264ParameterSets', () => {
  it('reads them in any order', () => {
    expect(sets(`${sps.toString('base64')},${pps.toString('base64')}`)).toEqual(both);
    expect(sets(`${pps.toString('base64')},${sps.toString('base64')}`)).toEqual(both);
  });

  it.each(['', ',', 'Zw==,aA==', '%%%', 'AAAA'])('makes nothing up from "%s"', (value) => {
    expect(sets(value)).toEqual(none);
  });

  it('makes nothing up when the camera says nothing', () => {
    expect(h264ParameterSets(new Map())).toEqual(none);
  });

  it('takes start codes off', () => {
    const coded = [sps, pps].map((nal) => Buffer.concat([Buffer.from([0, 0, 0, 1]), nal]));
    expect(sets(coded.map((nal) => nal.toString('base64')).join())).toEqual(both);
  });
});
