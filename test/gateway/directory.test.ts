import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.ts';
import { ConfiguredDirectory } from '../../src/gateway/directory.ts';

const CAMERA = '{ id: a, onvif: { host: h } }';

describe('the configured directory', () => {
  it('gives cameras the policy, unless they have their own', () => {
    const text = `policy: { ptz: auto, switch: never }\ncameras: [${CAMERA}, { id: b, name: B, onvif: { host: h }, requests: { ptz: never } }]`;
    const directory = new ConfiguredDirectory(parseConfig(text, 'c.yaml'));
    expect(directory.cameras.get('a')).toEqual({
      id: 'a',
      name: 'a',
      site: 'site',
      requests: { ptz: 'auto', switch: 'never' },
    });
    expect(directory.cameras.get('b')?.requests).toEqual({ ptz: 'never', switch: 'never' });
  });

  it('has one site named after the gateway when the file has none', () => {
    const text = `gateway: { name: Centrale }\ncameras: [${CAMERA}]`;
    const directory = new ConfiguredDirectory(parseConfig(text, 'c.yaml'));
    expect([...directory.sites.values()]).toEqual([{ id: 'site', name: 'Centrale', contacts: [] }]);
  });

  it('changes in place, so that whoever holds it sees the new world', () => {
    const directory = new ConfiguredDirectory(parseConfig(`cameras: [${CAMERA}]`, 'c.yaml'));
    const { cameras } = directory;
    const next = `sites: [{ id: s, name: S }]\ncameras: [{ id: z, onvif: { host: h } }]\npolicy: { grantMinutes: 5 }`;
    directory.update(parseConfig(next, 'c.yaml'));
    expect([...cameras.keys()]).toEqual(['z']);
    expect(cameras.get('z')?.site).toBe('s');
    expect(directory.grantMinutes).toBe(5);
  });
});
