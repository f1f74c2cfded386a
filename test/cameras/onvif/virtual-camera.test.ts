import { describe, expect, it } from '@jest/globals';
import type { OnvifCamera, OnvifCameraOptions } from '../../../src/cameras/onvif/camera.ts';
import { Secret } from '../../../src/core/secret.ts';
import {
  type OnvifDevice,
  type OnvifDeviceOptions,
  startOnvifDevice,
} from '../../../src/simulator/onvif/device.ts';
import { PtzModel, type PtzModelOptions } from '../../../src/simulator/ptz-model.ts';
import { jpegOf } from '../../support/jpeg.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { usePool } from '../support/onvif-pool.ts';

const PASSWORD = 'geheim & <meer> €';
const PRESETS = [
  { token: '0', name: 'Door <left> & "right"', viewpoint: { pan: 0.5, tilt: 0.1, zoom: 0.2 } },
  { token: 'till & co', name: '1.10', viewpoint: { pan: -0.5, tilt: 0, zoom: 0 } },
];

const lab = usePool();

async function device(options: Partial<OnvifDeviceOptions> = {}): Promise<OnvifDevice> {
  const started = await startOnvifDevice({
    host: '127.0.0.1',
    port: 0,
    identity: {
      manufacturer: 'Voorbeeld',
      model: 'Dome <2>',
      firmware: '1.10',
      serialNumber: '000042',
      hardwareId: '0',
      name: 'Winkel',
      location: 'Lijnbaan',
    },
    credentials: { username: 'live & view', password: new Secret(PASSWORD) },
    profiles: [profile('0', 1920, 1080), profile('sub<1>', 640, 360)],
    ...options,
  });
  lab.afterwards(() => started.stop());
  return started;
}

function profile(token: string, width: number, height: number) {
  const rtspUri = `rtsp://user:pw@10.9.8.7:8554/shop?s=${width}&n=1`;
  return { token, name: token, rtspUri, width, height, fps: 25, kbps: 4_000 };
}

function camera(port: number, options: Partial<OnvifCameraOptions> = {}): OnvifCamera {
  const credentials = { username: 'live & view', password: new Secret(PASSWORD) };
  return lab.open(port, { credentials, ...options });
}

/** A virtual dome and a camera that talks to it. */
async function dome(model: PtzModelOptions = {}, options: Partial<OnvifCameraOptions> = {}) {
  const ptz = new PtzModel({ presets: PRESETS, ...model });
  const { port } = await device({ ptz });
  return { ptz, control: camera(port, options).control };
}

describe('an ONVIF camera', () => {
  it('tells who it is, with what looks like a number kept as text', async () => {
    const { port } = await device();
    expect(await camera(port).identity()).toEqual({
      manufacturer: 'Voorbeeld',
      model: 'Dome <2>',
      firmware: '1.10',
      serialNumber: '000042',
      hardwareId: '0',
    });
  });

  it.each([
    ['Media2', true],
    ['Media1', false],
  ])('lists its streams by %s, at the configured host', async (_name, media2) => {
    const { port } = await device({ media2, advertisedHost: '10.9.8.7' });
    const streams = await camera(port).streams();
    expect(streams).toEqual([
      {
        profile: '0',
        role: 'main',
        source: 'video-source',
        sourceConfiguration: 'video-source-configuration',
        uri: 'rtsp://127.0.0.1:8554/shop?s=1920&n=1',
        advertisedUri: 'rtsp://10.9.8.7:8554/shop?s=1920&n=1',
        width: 1920,
        height: 1080,
        encoding: 'H264',
        fps: 25,
        kbps: 4000,
      },
      expect.objectContaining({ profile: 'sub<1>', role: 'sub', width: 640 }),
    ]);
  });

  it('remembers its streams until they are asked for again', async () => {
    const { port } = await device();
    const opened = camera(port);
    const first = await opened.streams();
    expect(await opened.streams()).toBe(first);
    expect(await opened.streams(true)).not.toBe(first);
  });

  it.each([true, false])(
    'is asked for a key frame, at most once a second (Media2: %s)',
    async (media2) => {
      const asked: string[] = [];
      const { port } = await device({
        media2,
        onSynchronizationPoint: (token) => asked.push(token),
      });
      const opened = camera(port);
      await Promise.all([opened.requestKeyFrame('sub'), opened.requestKeyFrame('sub')]);
      await opened.requestKeyFrame('main');
      expect(asked.sort()).toEqual(['0', 'sub<1>']);
    },
  );

  it('does not mind when it cannot be asked for a key frame', async () => {
    await expect(camera(1).requestKeyFrame('main')).resolves.toBeUndefined();
  });

  it.each([true, false])(
    'gives its picture to whoever signs, from its own host (Media2: %s)',
    async (media2) => {
      const jpeg = jpegOf(1920, 1080);
      const snapshot = async () => jpeg;
      const { port } = await device({ media2, snapshot, advertisedHost: '10.9.8.7' });
      expect(await camera(port).snapshot()).toEqual(jpeg);
    },
  );

  it('has no picture when it fails, and is asked again after a minute only', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const snapshot = async () => {
      asked += 1;
      if (asked === 1) return Buffer.from('<html>');
      return jpegOf(64, 64);
    };
    const { port } = await device({ snapshot });
    const opened = camera(port, { clock });
    expect(await opened.snapshot()).toBeUndefined();
    clock.advance(59_999);
    expect(await opened.snapshot()).toBeUndefined();
    expect(asked).toBe(1);
    clock.advance(1);
    expect(await opened.snapshot()).toEqual(jpegOf(64, 64));
  });

  it.each([
    ['makes none', undefined, PASSWORD],
    ['refuses the password', async () => jpegOf(64, 64), 'wrong'],
  ])('has no picture when it %s', async (_what, snapshot, secret) => {
    const { port } = await device(snapshot ? { snapshot } : {});
    const credentials = { username: 'live & view', password: new Secret(secret) };
    expect(await camera(port, { credentials }).snapshot()).toBeUndefined();
  });

  it('tells where its snapshot is, or that it has none', async () => {
    const withPicture = await device({
      snapshot: async () => Buffer.alloc(1),
      advertisedHost: '10.9.8.7',
    });
    const uri = await camera(withPicture.port).snapshotUri();
    expect(uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    const without = await device();
    expect(await camera(without.port).snapshotUri()).toBeUndefined();
  });

  it('accepts HTTP Digest where that is all there is', async () => {
    const { port } = await device({ authModes: ['digest'] });
    expect((await camera(port).identity()).model).toBe('Dome <2>');
  });

  it('is signed to with its own time, however wrong, and with the new one when it is set', async () => {
    const virtual = await device({ clockOffsetMs: -3_600_000, clockWindowMs: 5_000 });
    const opened = camera(virtual.port);
    await opened.identity();
    virtual.clockOffsetMs = 86_400_000;
    expect(await opened.streams()).toHaveLength(2);
  });

  it('says so when the password is wrong', async () => {
    const { port } = await device();
    const credentials = { username: 'live & view', password: new Secret('wrong') };
    await expect(camera(port, { credentials }).identity()).rejects.toMatchObject({
      code: 'camera-refused-credentials',
    });
    await expect(camera(port, { credentials }).streams()).rejects.toMatchObject({
      code: 'camera-refused-credentials',
    });
  });

  it('says so when the password is wrong over HTTP Digest', async () => {
    const { port } = await device({ authModes: ['digest'] });
    const credentials = { username: 'live & view', password: new Secret('wrong') };
    await expect(camera(port, { credentials }).identity()).rejects.toMatchObject({
      code: 'camera-refused-credentials',
    });
  });

  it('says so when nobody is there, and is back when it is', async () => {
    const virtual = await device();
    const { port } = virtual;
    const opened = camera(port);
    await opened.identity();
    await virtual.stop();
    await expect(opened.streams()).rejects.toMatchObject({ code: 'camera-unreachable' });
    await device({ port, clockOffsetMs: 7_200_000, clockWindowMs: 5_000 });
    expect(await opened.streams()).toHaveLength(2);
  });
});

describe('a dome', () => {
  it('says what it can do, with every preset whatever it is called', async () => {
    const { control } = await dome();
    expect(await control.capabilities()).toEqual({
      continuous: { panTilt: true, zoom: true },
      absolute: { panTilt: true, zoom: true },
      home: true,
      presets: [
        { token: '0', name: 'Door <left> & "right"' },
        { token: 'till & co', name: '1.10' },
      ],
    });
  });

  it('turns, and stops', async () => {
    const { ptz, control } = await dome();
    await control.move({ pan: 1 }, 10_000);
    await until('it turns', () => ptz.viewpoint().pan > 0.01);
    expect(ptz.viewpoint()).toMatchObject({ tilt: 0, zoom: 0 });
    await control.stop();
    expect(ptz.moving).toEqual({ panTilt: false, zoom: false });
  });

  it('goes to a preset, home and a position, and says where it points', async () => {
    const { ptz, control } = await dome({ maxSpeed: { pan: 50, tilt: 50, zoom: 50 } });
    await control.goToPreset('till & co');
    await until('the preset', () => ptz.viewpoint().pan === -0.5);
    await control.goTo({ pan: 0.25 });
    await until('the position', () => ptz.viewpoint().pan === 0.25);
    await control.goTo({ zoom: 0.5 });
    await until('the zoom', () => ptz.viewpoint().zoom === 0.5);
    expect(await control.position()).toEqual({ pan: 0.25, tilt: 0, zoom: 0.5 });
    await control.goHome();
    await until('home', () => ptz.viewpoint().pan === 0);
  });

  it('maps its own ranges', async () => {
    const limits = { pan: { min: -0.5, max: 1 }, zoom: { min: 0.2, max: 0.6 } };
    const { ptz, control } = await dome({
      limits,
      maxSpeed: { pan: 50, zoom: 50 },
      start: { zoom: 0.2 },
    });
    await control.goTo({ pan: -1, tilt: 0, zoom: 0.5 });
    const there = () => ptz.viewpoint().zoom === 0.4 && ptz.viewpoint().pan === -0.5;
    await until('the position', there);
    const position = await control.position();
    expect(position).toMatchObject({ pan: -1, tilt: 0 });
    expect(position?.zoom).toBeCloseTo(0.5);
  });

  it('is no dome when it is fixed', async () => {
    const { port } = await device();
    const { control } = camera(port);
    expect(await control.capabilities()).toMatchObject({ home: false, presets: [] });
    await expect(control.move({ pan: 1 }, 1_000)).rejects.toMatchObject({ code: 'not-supported' });
  });

  it('is not sent home when it has none', async () => {
    const { ptz, control } = await dome({ quirks: { lacksHome: true } });
    await expect(control.goHome()).rejects.toMatchObject({ code: 'not-supported' });
    expect(ptz.log.some((entry) => entry.operation === 'gotoHome')).toBe(false);
  });

  it('does not say where it points when it does not know', async () => {
    const { control } = await dome({ quirks: { hidesPosition: true } });
    expect(await control.position()).toBeUndefined();
    await expect(control.goTo({ pan: 1 })).rejects.toMatchObject({ code: 'not-supported' });
  });

  it('is given a time-out that it takes', async () => {
    const { ptz, control } = await dome({ timeoutMs: { min: 3_000, max: 5_000 } });
    await control.move({ pan: 0.1 }, 700);
    await control.move({ pan: 0.1 }, 60_000);
    await control.stop();
    const given = ptz.log.filter(({ operation }) => operation === 'continuousMove');
    expect(given.map(({ args }) => args['timeoutMs'])).toEqual([3_000, 5_000]);
  });

  it('that refuses time-outs moves all the same, and is known for it the second time (Bosch)', async () => {
    const learnt: unknown[] = [];
    const onQuirks = (quirks: unknown) => learnt.push(quirks);
    const { ptz, control } = await dome({ quirks: { refusesTimeout: true } }, { onQuirks });
    await control.move({ pan: 0.5 }, 5_000);
    await control.move({ pan: 0.6 }, 5_000);
    await control.move({ pan: 0.7 }, 5_000);
    expect(learnt).toEqual([{ refusesTimeout: true }]);
    expect(ptz.log.map((entry) => entry.refused !== undefined)).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
    await control.stop();
  });

  it('that refuses pan and tilt with zoom gets them apart (Sony)', async () => {
    const learnt: unknown[] = [];
    const onQuirks = (quirks: unknown) => learnt.push(quirks);
    const { ptz, control } = await dome({ quirks: { refusesPanTiltWithZoom: true } }, { onQuirks });
    for (const pan of [0.1, 0.2, 0.3]) await control.move({ pan, zoom: 0.3 }, 5_000);
    await until('both move', () => ptz.viewpoint().pan > 0 && ptz.viewpoint().zoom > 0);
    expect(learnt).toEqual([{ refusesCombined: true }]);
    await control.stop();
    expect(ptz.moving).toEqual({ panTilt: false, zoom: false });
  });

  it('that lacks Stop is stopped with a zero velocity', async () => {
    const learnt: unknown[] = [];
    const onQuirks = (quirks: unknown) => learnt.push(quirks);
    const { ptz, control } = await dome({ quirks: { lacksStop: true } }, { onQuirks });
    await control.move({ pan: 0.5, zoom: 0.5 }, 10_000);
    await control.stop();
    expect(ptz.moving).toEqual({ panTilt: false, zoom: false });
    expect(learnt).toEqual([{ lacksStop: true }]);
  });

  it('that ignores its time-out is stopped when the movement expires', async () => {
    const { ptz, control } = await dome({ quirks: { ignoresTimeout: true } });
    await control.move({ pan: 0.01 }, 400);
    await until('Stop', () => ptz.log.some(({ operation }) => operation === 'stop'));
    expect(ptz.log[0]?.operation).toBe('continuousMove');
    expect(ptz.moving.panTilt).toBe(false);
  });

  it('with quirks known from before is not asked what it refuses', async () => {
    const quirks = { refusesTimeout: true, refusesCombined: true, lacksStop: true };
    const { ptz, control } = await dome(
      { quirks: { refusesTimeout: true, refusesPanTiltWithZoom: true, lacksStop: true } },
      { quirks },
    );
    await control.move({ pan: 0.5, zoom: 0.5 }, 5_000);
    await control.stop();
    expect(ptz.log.filter((entry) => entry.refused)).toEqual([]);
    expect(ptz.moving).toEqual({ panTilt: false, zoom: false });
  });
});
