import { describe, expect, it, jest } from '@jest/globals';
import { faultsOf } from '../soak/judge.ts';
import { type SoakFigures, soak } from '../soak/soak.ts';

jest.setTimeout(400_000);

/** Two minutes of what `npm run soak` does for half an hour. */
describe('cameras in trouble', () => {
  it('lose no viewer, send nobody back in time and fill no memory', async () => {
    const figures = await soak({ minutes: 2, cameras: 20, seed: 1, say: () => undefined });
    expect(faultsOf(figures)).toEqual([]);
    expect(Object.keys(figures.troubles).sort()).toEqual([
      ...['camera off', 'clock set', 'connection cut'],
      ...['packets lost', 'packets no longer lost', 'size changed'],
    ]);
    expect(figures.connections).toBeGreaterThan(20);
    expect(figures.lostPackets).toBeGreaterThan(0);
    expect(figures.wrongReports).toBeGreaterThan(0);
    expect(figures.pictures).toBeGreaterThan(1_000);
  });
});

describe('the judgement of a soak', () => {
  const sound: SoakFigures = {
    ...{ troubles: {}, pictures: 1, connections: 1, lostPackets: 1, wrongReports: 1 },
    ...{
      lostViewers: [],
      backwards: 0,
      sizes: ['320x180', '640x360'],
      residentMiB: [90, 120, 121, 122, 120, 125],
    },
    liveMiB: [50, 52],
  };
  it.each<[string, Partial<SoakFigures>]>([
    ['viewer lost', { lostViewers: ['shop-1: no pictures'] }],
    ['backwards', { backwards: 1 }],
    ['no change of size', { sizes: ['640x360'] }],
    ['memory grew from 120 to 190', { residentMiB: [90, 120, 140, 160, 180, 190] }],
    ['memory in use grew from 50 to 60', { liveMiB: [50, 60] }],
  ])('finds: %s', (fault, figures) => {
    expect(faultsOf(sound)).toEqual([]);
    expect(faultsOf({ ...sound, ...figures })).toEqual([expect.stringContaining(fault)]);
  });
});
