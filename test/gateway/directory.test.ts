import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.ts';
import { ConfiguredDirectory } from '../../src/gateway/directory.ts';
import { incidentType } from '../../src/liveview/incident-events.ts';

const MOVES = { ptz: 'auto', zoom: 'auto', preset: 'auto', home: 'auto' };
const CAMERA = '{ id: a, onvif: { host: h } }';

describe('the configured directory', () => {
  it('gives cameras the policy, unless they have their own', () => {
    const text = `policy: { ptz: auto, switch: never }\ncameras: [${CAMERA}, { id: b, name: B, onvif: { host: h }, requests: { ptz: never } }]`;
    const directory = new ConfiguredDirectory(parseConfig(text, 'c.yaml'));
    expect(directory.cameras.get('a')).toEqual({
      id: 'a',
      name: 'a',
      site: 'site',
      requests: { ...MOVES, switch: 'never' },
    });
    expect(directory.cameras.get('b')?.requests).toEqual({
      ...{ ptz: 'never', zoom: 'never', preset: 'never', home: 'never', switch: 'never' },
    });
  });

  it('takes what a camera says of an action, else what it says of all movements, else the policy', () => {
    const text = `policy: { ptz: confirm, zoom: auto, home: never }
cameras: [${CAMERA}, { id: b, onvif: { host: h }, requests: { ptz: never, preset: auto } }]`;
    const { cameras } = new ConfiguredDirectory(parseConfig(text, 'c.yaml'));
    expect(cameras.get('a')?.requests).toEqual({
      ...{ ptz: 'confirm', zoom: 'auto', preset: 'confirm', home: 'never', switch: 'confirm' },
    });
    expect(cameras.get('b')?.requests).toEqual({
      ...{ ptz: 'never', zoom: 'never', preset: 'auto', home: 'never', switch: 'confirm' },
    });
  });

  it("takes the word of a camera's owner in minutes and days of the week", () => {
    const sharing = '{ hours: ["18:30-07:00", "12:00-24:00"], days: [sat, sun], types: [fire] }';
    const text = `cameras: [{ id: a, onvif: { host: h }, sharing: ${sharing} }, { id: b, onvif: { host: h }, sharing: { never: true } }]`;
    const { cameras } = new ConfiguredDirectory(parseConfig(text, 'c.yaml'));
    expect(cameras.get('a')?.sharing).toEqual({
      timezone: 'Europe/Amsterdam',
      hours: [
        { from: 1_110, to: 420 },
        { from: 720, to: 1_440 },
      ],
      days: [5, 6],
      types: ['fire'],
    });
    expect(cameras.get('b')?.sharing).toEqual({ timezone: 'Europe/Amsterdam', never: true });
  });

  it('knows what hangs on a camera, how long it stays on, and what may be asked of it', () => {
    const outputs = `[
      { id: siren, name: Sirene, kind: siren, token: "1", requests: { on: confirm } },
      { id: light, name: { nl: Licht, en: Light }, kind: light, token: "2", idle: closed, maxSeconds: 60 },
      { id: gate, name: Poort, kind: gate, token: "3", requests: auto },
      { id: barrier, name: Slagboom, kind: gate, held: true, token: "4" }]`;
    const text = `policy: { relay: auto }\ncameras: [{ id: a, onvif: { host: h }, requests: { relay: never }, outputs: ${outputs} }]`;
    const { cameras } = new ConfiguredDirectory(parseConfig(text, 'c.yaml'));
    const never = { on: 'never', off: 'never' };
    expect(cameras.get('a')?.outputs).toEqual([
      {
        ...{ id: 'siren', kind: 'siren', token: '1', maxMs: 180_000 },
        name: { nl: 'Sirene', en: 'Sirene' },
        requests: { on: 'confirm', off: 'never' },
      },
      {
        ...{ id: 'light', kind: 'light', token: '2', maxMs: 60_000, idle: 'closed' },
        name: { nl: 'Licht', en: 'Light' },
        requests: never,
      },
      {
        ...{ id: 'gate', kind: 'gate', token: '3', pulseMs: 1_000 },
        name: { nl: 'Poort', en: 'Poort' },
        requests: { on: 'auto', off: 'auto' },
      },
      {
        ...{ id: 'barrier', kind: 'gate', token: '4' },
        name: { nl: 'Slagboom', en: 'Slagboom' },
        requests: never,
      },
    ]);
  });

  it('takes every type of incident that there is', () => {
    const types = incidentType.options.join(', ');
    const text = `cameras: [{ id: a, onvif: { host: h }, sharing: { types: [${types}] } }]`;
    const { cameras } = new ConfiguredDirectory(parseConfig(text, 'c.yaml'));
    expect(cameras.get('a')?.sharing?.types).toEqual(incidentType.options);
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
