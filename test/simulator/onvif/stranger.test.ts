/** The device as a stranger's client sees it: the `onvif` package, over a real socket. */
import { afterEach, describe, expect, it } from '@jest/globals';
import onvif from 'onvif';
import { type OnvifDevice, startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { PtzModel } from '../../../src/simulator/ptz-model.ts';
import { until } from '../../support/until.ts';
import { deviceOptions, PASSWORD } from './support.ts';

type Cam = InstanceType<typeof onvif.Cam>;
type Fields = Record<string, unknown>;

let device: OnvifDevice;
afterEach(() => device.stop());

describe('a stranger’s ONVIF client', () => {
  it('connects and learns who the camera is', async () => {
    const camera = await connected();
    expect(await ask(camera, 'getDeviceInformation')).toMatchObject({
      manufacturer: 'Voorbeeld',
      model: 'Dome <2>',
      serialNumber: 'SN-0042',
    });
    expect(await ask(camera, 'getHostname')).toEqual({ fromDHCP: false, name: 'SN-0042' });
    const scopes = (await ask(camera, 'getScopes')) as unknown as Fields[];
    expect(scopes.map(({ scopeItem }) => scopeItem)).toContain(
      'onvif://www.onvif.org/name/Winkel%20%26%20etalage',
    );
  });

  it.each([
    ['both ways to sign in', ['wsse', 'digest'] as const],
    ['UsernameToken alone', ['wsse'] as const],
    ['HTTP Digest alone', ['digest'] as const],
  ])('signs in at a camera with %s', async (_, authModes) => {
    const camera = await connected({ authModes });
    expect(await ask(camera, 'getDeviceInformation')).toMatchObject({ manufacturer: 'Voorbeeld' });
  });

  it('is refused with a wrong password, and with a wrong name', async () => {
    device = await startOnvifDevice(deviceOptions());
    for (const [username, password] of [
      ['liveview', 'wrong'],
      ['someone', PASSWORD],
    ]) {
      const camera = await connect({ port: device.port, username, password });
      await expect(ask(camera, 'getDeviceInformation')).rejects.toThrow(/not authorized/i);
    }
  });

  it('connects to a camera whose clock is an hour wrong', async () => {
    const camera = await connected({ clockOffsetMs: -3_600_000, authModes: ['wsse'] });
    expect(await ask(camera, 'getDeviceInformation')).toMatchObject({ manufacturer: 'Voorbeeld' });
  });

  it.each([true, false])('gets profiles, streams and stills (Media2: %s)', async (media2) => {
    const snapshot = async () => Buffer.from('jpeg');
    const camera = await connected({ media2, snapshot });
    const profiles = camera.profiles as unknown as Fields[];
    expect(profiles.map(({ name }) => name)).toEqual(['Main', 'Sub']);
    const profileToken = 'sub';
    expect(await ask(camera, 'getStreamUri', { protocol: 'RTSP', profileToken })).toMatchObject({
      uri: 'rtsp://127.0.0.1:8554/shop?stream=sub&n=1',
    });
    expect(await ask(camera, 'getSnapshotUri', { profileToken })).toMatchObject({
      uri: `http://127.0.0.1:${device.port}/onvif/snapshot/sub.jpg`,
    });
    const encoders = (await ask(camera, 'getVideoEncoderConfigurations')) as unknown as Fields[];
    expect(encoders[1]).toMatchObject({ resolution: { width: 640, height: 360 } });
  });

  it('moves the dome, and stops it', async () => {
    const ptz = new PtzModel();
    const camera = await connected({ ptz });
    await ask(camera, 'continuousMove', { x: 0.5, y: -0.25, zoom: 0, timeout: 5000 });
    expect(ptz.moving).toEqual({ panTilt: true, zoom: false });
    expect(await ask(camera, 'getStatus')).toMatchObject({
      moveStatus: { panTilt: 'MOVING', zoom: 'IDLE' },
    });
    await ask(camera, 'stop', { panTilt: true, zoom: true });
    expect(ptz.moving).toEqual({ panTilt: false, zoom: false });
    expect(ptz.log.map(({ operation, args }) => ({ operation, args }))).toEqual([
      { operation: 'continuousMove', args: { pan: 0.5, tilt: -0.25, zoom: 0, timeoutMs: 5000 } },
      { operation: 'stop', args: { panTilt: true, zoom: true } },
    ]);
  });

  it('sends the dome to a position, to presets and home', async () => {
    const ptz = new PtzModel({ maxSpeed: { pan: 1000, tilt: 1000, zoom: 1000 } });
    const arrived = () => until('arrival', () => !ptz.moving.panTilt && !ptz.moving.zoom);
    const camera = await connected({ ptz });
    await ask(camera, 'absoluteMove', { x: 0.5, y: -0.5, zoom: 0.25 });
    await arrived();
    expect(await ask(camera, 'getStatus')).toMatchObject({
      position: { x: 0.5, y: -0.5, zoom: 0.25 },
    });
    await ask(camera, 'setPreset', { presetName: 'Till' });
    await ask(camera, 'relativeMove', { x: 0.25, y: 0, zoom: 0 });
    await arrived();
    expect(ptz.viewpoint().pan).toBe(0.75);
    await ask(camera, 'setHomePosition', {});
    const presets = await ask(camera, 'getPresets');
    const { $: attributes } = presets['Till'] as { $: { token: unknown } };
    await ask(camera, 'gotoPreset', { preset: String(attributes.token) });
    await arrived();
    expect(ptz.viewpoint()).toEqual({ pan: 0.5, tilt: -0.5, zoom: 0.25 });
    await ask(camera, 'gotoHomePosition', {});
    await arrived();
    expect(ptz.viewpoint().pan).toBe(0.75);
    await ask(camera, 'removePreset', { presetToken: String(attributes.token) });
    expect(ptz.presets).toEqual([]);
  });

  it('reads the nodes, configurations and ranges of the dome', async () => {
    const camera = await connected({ ptz: new PtzModel() });
    expect(await ask(camera, 'getNodes')).toMatchObject({
      'ptz-node': { homeSupported: true, maximumNumberOfPresets: 64 },
    });
    expect(await ask(camera, 'getConfigurations')).toMatchObject({
      PTZ: { token: 'ptz-configuration', nodeToken: 'ptz-node' },
    });
    expect(await ask(camera, 'getConfigurationOptions', 'ptz-configuration')).toMatchObject({
      ptzTimeout: { min: ['PT0.1S'], max: ['PT60S'] },
      spaces: { continuous: { x: { min: -1, max: 1 }, zoom: { min: -1, max: 1 } } },
    });
  });

  it('finds no PTZ on a fixed camera', async () => {
    const camera = await connected();
    expect((camera as unknown as { uri: Fields }).uri['ptz']).toBeUndefined();
  });

  it.each([false, true])(
    'hears an alarm (one address for all: %s)',
    async (subscriptionIdInHeader) => {
      const camera = await connected({ subscriptionIdInHeader });
      const heard: string[] = [];
      camera.on('event', (event: unknown) => heard.push(JSON.stringify(event)));
      camera.on('eventsError', () => undefined);
      await until('the state at start', () => heard.some((event) => /Initialized/.test(event)));
      device.trigger('Device/Trigger/DigitalInput', { LogicalState: true });
      await until('the alarm', () =>
        heard.some((event) =>
          /Trigger\/DigitalInput.*Changed.*LogicalState","Value":true/.test(event),
        ),
      );
      camera.removeAllListeners('event');
    },
  );
});

async function connected(options: Parameters<typeof deviceOptions>[0] = {}): Promise<Cam> {
  device = await startOnvifDevice(deviceOptions(options));
  return connect({ port: device.port, username: 'liveview', password: PASSWORD });
}

function connect(options: Fields): Promise<Cam> {
  return new Promise((resolve, reject) => {
    const camera: Cam = new onvif.Cam(
      { hostname: '127.0.0.1', timeout: 5000, ...options },
      (error: Error | null) => (error ? reject(error) : resolve(camera)),
    );
  });
}

function ask(camera: Cam, method: string, options?: unknown): Promise<Fields> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, reply: Fields) => (error ? reject(error) : resolve(reply));
    const call = (camera as unknown as Record<string, (...args: unknown[]) => void>)[method];
    call?.apply(camera, options === undefined ? [done] : [options, done]);
  });
}
