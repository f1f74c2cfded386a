/** A light, a siren and a gate on a virtual camera, from a dispatcher's socket to the contact. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConfigInput } from '../../src/config/schema.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Entry } from '../../src/journal/record.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { AlarmView } from '../../src/server/views.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { type ServeOptions, ServeRun } from '../support/serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

let simulator: RunningSimulator;
let run: ServeRun;
let operator: ApiCaller;
const peers: LivePeer[] = [];

const OUTPUTS: ConfigInput['cameras'][number]['outputs'] = [
  {
    id: 'siren',
    name: { nl: 'Sirene', en: 'Siren' },
    kind: 'siren',
    token: 'siren',
    requests: 'auto',
  },
  {
    ...{ id: 'light', name: 'Licht', kind: 'light', token: 'light' },
    requests: { on: 'confirm', off: 'auto' },
  },
];

beforeAll(async () => {
  simulator = await startSimulator({
    ...{ cameras: 1, looped: true, password: new Secret('virtual') },
    quirks: { relaysByDeviceOnly: true, needsRelaySettings: true },
  });
  const [shop] = simulator.cameras;
  const { hostname, port } = new URL(shop?.onvifUrl ?? '');
  const onvif = { host: hostname, port: Number(port), ...CAMERA_CREDENTIALS };
  const config: ServeOptions['config'] = {
    cameras: [{ id: 'shop-1', onvif, outputs: OUTPUTS }],
    alarms: { onvif: { on: ['relay'] } },
  };
  run = await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV });
  operator = await run.operator();
});

afterEach(() => {
  for (const peer of peers.splice(0)) peer.cut();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await simulator?.stop();
});

const isOn = (token: string) => simulator.camera('shop-1').relays.isOn(token);

async function dispatcher(room = 'rotterdam', rights = ['view', 'ptz']) {
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
    ...{ type: 'robbery', site: 'site', summary: '', cameras: ['shop-1'] },
  });
  await operator.call('PUT', `/v1/incidents/${id}/grants/${room}`, {
    ...{ cameras: ['shop-1'], rights },
  });
  const caller = await run.dispatcher(room);
  const peer = await LivePeer.connect(caller);
  peers.push(peer);
  const set = (request: string, output: string, on = true) =>
    peer.say({
      ...{ type: 'request', id: request, incident: id, camera: 'shop-1' },
      ...{ action: 'relay.set', args: { output, on } },
    });
  return { incident: id, peer, caller, set };
}

describe('what hangs on a camera', () => {
  it('is no alarm when the gateway switches it, and one when somebody else does', async () => {
    const { onvif, relays } = simulator.camera('shop-1');
    await until('it is listened to', () => onvif?.subscriptions === 1);
    for (const on of [true, false]) {
      await operator.call('POST', '/v1/cameras/shop-1/outputs', { output: 'siren', on });
      await until(`the siren is ${on}`, () => isOn('siren') === on);
    }
    relays.setUp('light', { mode: 'bistable', delayMs: 1_000, idle: 'open' });
    relays.set('light', true);
    // A camera tells in order: what it told of the siren came before.
    const alarms = await until('the alarm of the light', async () => {
      const all = await operator.call<AlarmView[]>('GET', '/v1/alarms');
      return all.length > 0 ? all : undefined;
    });
    expect(alarms.map(({ details }) => details['RelayToken'])).toEqual(['light']);
    relays.set('light', false);
    await operator.call('POST', `/v1/alarms/${alarms[0]?.id}/verification`, {
      ...{ status: 'false', cause: 'test' },
    });
  });

  it('is switched for a dispatcher, seen by both, and off when the incident closes', async () => {
    const { incident, peer, set } = await dispatcher();
    set('s', 'siren');
    await until('the siren', () => isOn('siren'));
    await peer.hears('control', ({ on }) => on?.some(({ output }) => output === 'siren') === true);
    const camera = await operator.call('GET', '/v1/cameras/shop-1');
    expect(camera).toMatchObject({
      outputs: [
        { id: 'siren', kind: 'siren', name: { nl: 'Sirene', en: 'Siren' } },
        { id: 'light' },
      ],
      on: [{ output: 'siren', controlRoom: 'rotterdam' }],
    });
    await operator.call('POST', `/v1/incidents/${incident}/close`, { outcome: 'resolved' });
    await until('silence', () => !isOn('siren'));
    const auditor = await run.auditor();
    const path = `/v1/journal?incident=${incident}`;
    const ends = await until('the end is journalled', async () => {
      const entries = await auditor.call<Entry[]>('GET', path);
      return entries
        .filter(({ kind, data }) => kind === 'output.outcome' && data['on'] === false)
        .at(-1);
    });
    expect(ends.data).toMatchObject({ output: 'siren', ok: true, stays: false });
  });

  it('goes off when the line of whoever asked breaks', async () => {
    const { peer, set } = await dispatcher();
    set('s', 'siren');
    await until('the siren', () => isOn('siren'));
    peer.cut();
    await until('silence', () => !isOn('siren'));
  });

  it('waits for the operator where it is so configured, and is known to the dispatcher by its name', async () => {
    const { incident, peer, caller, set } = await dispatcher();
    const shared = await caller.call('GET', `/v1/incidents/${incident}`);
    expect(shared).toMatchObject({
      cameraDetails: [{ outputs: [{ id: 'siren' }, { id: 'light', name: { nl: 'Licht' } }] }],
    });
    set('l', 'light');
    const { request } = await peer.hears('request', ({ state }) => state === 'pending');
    expect(isOn('light')).toBe(false);
    await operator.call('POST', `/v1/requests/${request.id}/accept`);
    expect(isOn('light')).toBe(true);
    set('o', 'light', false);
    await until('dark', () => !isOn('light'));
  });

  it('is not told of to a control room that may not ask for it', async () => {
    const { incident, peer } = await dispatcher('den-haag', ['view']);
    const told = await dispatcher();
    await operator.call('POST', '/v1/cameras/shop-1/outputs', { output: 'siren', on: true });
    await until('the siren', () => isOn('siren'));
    await told.peer.hears('control', ({ on }) => on?.[0]?.output === 'siren');
    await operator.call('POST', `/v1/incidents/${incident}/notes`, { text: 'a loud one' });
    await peer.hears('incident', (message) => JSON.stringify(message).includes('a loud one'));
    const controls = peer.messages.filter(({ type }) => type === 'control');
    expect(JSON.stringify(controls)).not.toContain('siren');
    await operator.call('POST', '/v1/cameras/shop-1/outputs', { output: 'siren', on: false });
    await until('silence', () => !isOn('siren'));
  });

  it('is switched by the operator in one call, and an output that is not there is told apart', async () => {
    const own = await operator.call('POST', '/v1/cameras/shop-1/outputs', {
      output: 'siren',
      on: true,
    });
    expect(own).toMatchObject({ action: 'relay.set', user: expect.any(String) });
    await until('the siren', () => isOn('siren'));
    await operator.call('POST', '/v1/cameras/shop-1/outputs', { output: 'siren', on: false });
    await until('silence', () => !isOn('siren'));
    const absent = await operator.fetch('/v1/cameras/shop-1/outputs', {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ output: 'fountain', on: true }),
    });
    expect([absent.status, await absent.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'unknown-output' }),
    ]);
  });
});
