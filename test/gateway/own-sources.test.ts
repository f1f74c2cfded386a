import { describe, expect, it } from '@jest/globals';
import { ownSources } from '../../src/gateway/own-sources.ts';

const FIRST = { role: 'main', source: 'ch1', sourceConfiguration: 'c1' } as const;
const SECOND = { role: 'other', source: 'ch2', sourceConfiguration: 'c2' } as const;

describe('which video sources of a device are the camera', () => {
  it('is all of a camera, whatever it calls them', async () => {
    const isOurs = await ownSources(async () => [FIRST, { ...FIRST, role: 'sub' }], false);
    expect([isOurs('VideoSource_1'), isOurs('c9', 'configuration')]).toEqual([true, true]);
  });

  it('is one channel of a recorder, by its source or by the configuration of that', async () => {
    const isOurs = await ownSources(async () => [FIRST, SECOND], false);
    expect(['ch1', 'ch2', 'c1'].map((token) => isOurs(token))).toEqual([true, false, false]);
    const named = ['c1', 'c2', 'ch1'].map((token) => isOurs(token, 'configuration'));
    expect(named).toEqual([true, false, false]);
  });

  it('is none of a recorder whose pictures come from addresses of the configuration', async () => {
    const isOurs = await ownSources(async () => [FIRST, SECOND], true);
    expect([isOurs('ch1'), isOurs('c1', 'configuration')]).toEqual([false, false]);
  });
});
