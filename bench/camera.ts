/**
 * The cameras that are measured with, in a process of their own: 1080p25, H.264, 4 Mbit/s, each
 * picture stamped with the moment at which it is sent. Ends when its parent does.
 */
import { Secret } from '../src/core/secret.ts';
import { LOOPED_MAIN } from '../src/simulator/rtsp/looped-clip.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { CAMERA_USER, type CameraOrder, type CameraReport } from './camera-process.ts';
import { sharedClock } from './shared-clock.ts';

process.once('message', (order: CameraOrder) => void begin(order));
process.once('disconnect', () => process.exit());

async function begin({ cameras, password, offsetUs, rate }: CameraOrder): Promise<void> {
  const simulator = await startSimulator({
    cameras,
    username: CAMERA_USER,
    password: new Secret(password),
    clock: sharedClock(offsetUs),
    looped: {
      ...{ stamped: true, named: 0 },
      ...(rate === 'tight' ? { main: { ...LOOPED_MAIN, burstSeconds: 0.25 } } : {}),
    },
  });
  const report: CameraReport = simulator.cameras.map(
    ({ id, onvifUrl, ptz, rtspMain, rtspSub }) => ({ id, onvifUrl, ptz, rtspMain, rtspSub }),
  );
  process.send?.(report);
}
