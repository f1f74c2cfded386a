/** The device as a stranger's client sees it: the `onvif` package, over a real socket. */
import { afterEach, describe, expect, it } from '@jest/globals';
import onvif from 'onvif';
import { Secret } from '../../../src/core/secret.ts';
import { type OnvifDevice, startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { PtzModel } from '../../../src/simulator/ptz-model.ts';
import { deviceOptions } from './support.ts';

type Cam = InstanceType<typeof onvif.Cam>;
type Reply = Record<string, unknown>;

let device: OnvifDevice | undefined;
afterEach(() => device?.stop());

describe('a stranger’s ONVIF client', () => {
  it('connects and learns who the camera is, text for text', async () => {
    const camera = await connected();
    const { manufacturer, model, serialNumber } = await ask(camera, 'getDeviceInformation');
    expect({ manufacturer, model, serialNumber }).toEqual({
      manufacturer: 'Voorbeeld',
      model: 'Dome <2>',
      serialNumber: 'SN-0042',
    });
  });

  it.each([true, false])('gets profiles and stream addresses (Media2: %s)', async (media2) => {
    const camera = await connected({ media2 });
    expect(camera.profiles?.map((profile: Reply) => profile['name'])).toEqual(['Main', 'Sub']);
    expect(
      await ask(camera, 'getStreamUri', { protocol: 'RTSP', profileToken: 'sub' }),
    ).toMatchObject({
      uri: 'rtsp://127.0.0.1:8554/shop?stream=sub&n=1',
    });
  });

  it('moves the dome, and stops it', async () => {
    const ptz = new PtzModel();
    const camera = await connected({ ptz });
    await ask(camera, 'continuousMove', { x: 0.5, y: -0.25, zoom: 0, timeout: 5000 });
    expect(ptz.moving).toEqual({ panTilt: true, zoom: false });
    await ask(camera, 'stop', { panTilt: true, zoom: true });
    expect(ptz.moving).toEqual({ panTilt: false, zoom: false });
    expect(ptz.log.map(({ operation, args }) => ({ operation, args }))).toEqual([
      { operation: 'continuousMove', args: { pan: 0.5, tilt: -0.25, zoom: 0, timeoutMs: 5000 } },
      { operation: 'stop', args: { panTilt: true, zoom: true } },
    ]);
  });
});

async function connected(options: Partial<Parameters<typeof deviceOptions>[0]> = {}): Promise<Cam> {
  device = await startOnvifDevice(deviceOptions(options));
  return connect(device.port, 'geheim');
}

function connect(port: number, password: string): Promise<Cam> {
  return new Promise((resolve, reject) => {
    const options = { hostname: '127.0.0.1', port, username: 'liveview', password, timeout: 5000 };
    const camera: Cam = new onvif.Cam(options, (error: Error | null) =>
      error ? reject(error) : resolve(camera),
    );
  });
}

function ask(camera: Cam, method: string, options?: Reply): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, reply: Reply) => (error ? reject(error) : resolve(reply));
    const call = (camera as unknown as Record<string, (...args: unknown[]) => void>)[method];
    call?.apply(camera, options ? [options, done] : [done]);
  });
}
void Secret;
