import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { paintScene } from '../../../src/simulator/scene/renderer.ts';
import { SceneCamera } from '../../../src/simulator/scene/scene-camera.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { nalType } from '../../../src/video/h264/nal.ts';
import { until } from '../../support/until.ts';
import { bundleSceneWorker } from '../bundle-worker.ts';

const painted = paintScene('car-park');
let worker: Awaited<ReturnType<typeof bundleSceneWorker>>;
let camera: SceneCamera | undefined;

beforeAll(async () => {
  worker = await bundleSceneWorker();
});
afterAll(() => worker.remove());
afterEach(() => camera?.stop());

function aCamera(url = worker.url): SceneCamera {
  camera = new SceneCamera({
    scene: 'car-park',
    painted,
    name: 'Test',
    viewpoint: () => ({ pan: 0, tilt: 0, zoom: 0 }),
    clock: systemClock,
    worker: url,
  });
  return camera;
}

function collect() {
  const units: AccessUnit[] = [];
  const failures: Error[] = [];
  return {
    units,
    failures,
    accessUnit: (unit: AccessUnit) => units.push(unit),
    failed: (error: Error) => failures.push(error),
  };
}

describe('a camera that looks at a scene', () => {
  it('makes whole pictures at an even pace, a key frame first and every second', async () => {
    const sink = collect();
    aCamera().sub.start(sink);
    await until('26 pictures', () => sink.units.length >= 26);
    expect(sink.units[0]?.nalUnits.map(nalType).filter((type) => type !== 6)).toEqual([7, 8, 5]);
    for (const unit of sink.units.slice(1)) {
      expect(unit.nalUnits.map(nalType)).toContain(unit.keyFrame ? 5 : 1);
    }
    const keys = sink.units.flatMap(({ keyFrame }, i) => (keyFrame ? [i] : []));
    expect(keys.slice(0, 3)).toEqual([0, 12, 24]);
    sink.units.slice(1).forEach(({ pts90k }, i) => {
      expect((pts90k - (sink.units[i]?.pts90k ?? 0)) % 7500).toBe(0);
    });
  });

  it('runs a thread while somebody watches, and times go on where they stopped', async () => {
    const first = collect();
    const stop = aCamera().sub.start(first);
    await until('a picture', () => first.units[0]);
    expect(camera?.running).toBe(true);
    stop();
    expect(camera?.running).toBe(false);
    const count = first.units.length;
    const second = collect();
    camera?.sub.start(second);
    await until('a picture again', () => second.units[0]);
    expect(first.units.length).toBe(count);
    expect(second.units[0]?.pts90k).toBeGreaterThan(first.units.at(-1)?.pts90k ?? 0);
  });

  it('shows main and sub at the same time from one thread', async () => {
    const [main, sub] = [collect(), collect()];
    const stopMain = aCamera().main.start(main);
    camera?.sub.start(sub);
    await until('pictures of both', () => main.units.length > 5 && sub.units.length > 5);
    stopMain();
    expect(camera?.running).toBe(true);
    const count = sub.units.length;
    await until('more of the one', () => sub.units.length > count + 3);
  });

  it('tells when its thread cannot run', async () => {
    const sink = collect();
    aCamera(new URL('file:///nonexistent/worker.js')).main.start(sink);
    await until('the failure', () => sink.failures[0]);
    expect(camera?.running).toBe(false);
  });

  it('tells when its encoder fails, and can be started again', async () => {
    const script = `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ type, stream }) => {
        if (type === 'start') parentPort.postMessage({ type: 'failed', stream, reason: 'no ffmpeg' });
        if (type === 'close') parentPort.close();
      });`;
    const failing = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
    const sink = collect();
    aCamera(failing).sub.start(sink);
    await until('the failure', () => sink.failures.length === 1);
    expect(sink.failures[0]).toMatchObject({ code: 'encoder-failed', message: 'no ffmpeg' });
    camera?.sub.start(sink);
    await until('the next failure', () => sink.failures.length === 2);
  });
});
