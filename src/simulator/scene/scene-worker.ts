/** The thread of one camera: each of its streams runs while it is wanted. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../core/clock.ts';
import type { AccessUnit } from '../../video/access-unit.ts';
import type { FromSceneWorker, SceneWorkerData, StreamName, ToSceneWorker } from './messages.ts';
import { Renderer } from './renderer.ts';
import { SceneStream } from './scene-stream.ts';

const data: SceneWorkerData = workerData;
const running = new Map<StreamName, SceneStream>();
let viewpoint = data.viewpoint;
let act = data.act;

function post(message: FromSceneWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/** In memory of its own: a view would take all of the memory that it looks at along. */
function postPicture(stream: StreamName, unit: AccessUnit): void {
  const nalUnits = unit.nalUnits.map((nal) => new Uint8Array(nal));
  post(
    { type: 'picture', stream, unit: { ...unit, nalUnits } },
    nalUnits.map((nal) => nal.buffer),
  );
}

function start(stream: StreamName): void {
  if (running.has(stream)) return;
  const shape = data.streams[stream];
  running.set(
    stream,
    new SceneStream({
      name: `${data.camera} (${stream})`,
      shape,
      renderer: new Renderer(data.scene, data.painted, data.camera, shape),
      viewpoint: () => viewpoint,
      act: () => act,
      clock: systemClock,
      handlers: {
        accessUnit: (unit) => postPicture(stream, unit),
        failed: (error) => {
          void stop(stream);
          post({ type: 'failed', stream, reason: error.message });
        },
      },
    }),
  );
}

async function stop(stream: StreamName): Promise<void> {
  const ending = running.get(stream);
  running.delete(stream);
  await ending?.stop();
}

parentPort?.on('message', (message: ToSceneWorker) => {
  if (message.type === 'start') start(message.stream);
  else if (message.type === 'stop') void stop(message.stream);
  else if (message.type === 'viewpoint') viewpoint = message.viewpoint;
  else if (message.type === 'act') act = message.act;
  else void Promise.all([stop('main'), stop('sub')]).then(() => parentPort?.close());
});
