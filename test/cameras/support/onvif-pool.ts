import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { OnvifCamera, type OnvifCameraOptions } from '../../../src/cameras/onvif/camera.ts';
import { OnvifWorkerPool } from '../../../src/cameras/onvif/worker-pool.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { bundleWorker, type WorkerOptions } from './onvif-worker.ts';
import { type Script, ScriptedCamera } from './scripted-camera.ts';

/** A pool for the tests of a file, and what they start; everything is ended after them. */
export function usePool({
  packageReads = false,
  ...options
}: { stallMs?: number } & WorkerOptions = {}) {
  const running: (() => unknown)[] = [];
  let worker: Awaited<ReturnType<typeof bundleWorker>>;
  let pool: OnvifWorkerPool;

  beforeAll(async () => {
    worker = await bundleWorker({ packageReads });
    const shared = { clock: systemClock, log: silentLogger, workerUrl: worker.url };
    pool = new OnvifWorkerPool({ ...shared, ...options });
  });
  afterEach(async () => {
    for (const end of running.splice(0)) await end();
  });
  afterAll(async () => {
    await pool.close();
    worker.remove();
  });

  return {
    pool: () => pool,
    afterwards: (end: () => unknown) => running.push(end),
    open(port: number, more: Partial<OnvifCameraOptions> = {}): OnvifCamera {
      const camera = new OnvifCamera({
        camera: 'shop-1',
        host: '127.0.0.1',
        port,
        credentials: { username: 'user', password: new Secret('password') },
        pool,
        clock: systemClock,
        log: silentLogger,
        ...more,
      });
      running.push(() => camera.close());
      return camera;
    },
    async peer(
      scripts: Readonly<Record<string, Script>> = {},
      https = false,
    ): Promise<ScriptedCamera> {
      const peer = await ScriptedCamera.start(scripts, https);
      running.push(() => peer.stop());
      return peer;
    },
  };
}
