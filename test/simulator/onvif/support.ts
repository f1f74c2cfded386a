import { Secret } from '../../../src/core/secret.ts';
import type { OnvifDeviceOptions } from '../../../src/simulator/onvif/device.ts';

/** A dome with two profiles, and names that need escaping. */
export function deviceOptions(overrides: Partial<OnvifDeviceOptions> = {}): OnvifDeviceOptions {
  const stream = { rtspUri: 'rtsp://127.0.0.1:8554/shop?stream=main&n=1', fps: 25 };
  return {
    host: '127.0.0.1',
    port: 0,
    identity: {
      manufacturer: 'Voorbeeld',
      model: 'Dome <2>',
      firmware: '1.10',
      serialNumber: 'SN-0042',
      hardwareId: '0',
      name: 'Winkel & etalage',
      location: 'Lijnbaan 1',
    },
    credentials: { username: 'liveview', password: new Secret('geheim') },
    profiles: [
      { ...stream, token: 'main', name: 'Main', width: 1920, height: 1080, kbps: 4000 },
      {
        token: 'sub',
        name: 'Sub',
        rtspUri: 'rtsp://127.0.0.1:8554/shop?stream=sub&n=1',
        width: 640,
        height: 360,
        fps: 12.5,
        kbps: 500,
      },
    ],
    ...overrides,
  };
}
