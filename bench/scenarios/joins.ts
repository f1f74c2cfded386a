import { sleep } from '../../src/core/clock.ts';
import { type Bench, type Row, type Scenario, using } from '../bench.ts';
import { type CameraProcess, startCameras } from '../camera-process.ts';
import { startGateway } from '../gateway-process.ts';
import { watchMain } from '../gateway-streams.ts';
import { inTime } from '../measure.ts';
import { COPY, startRival } from '../rival.ts';
import { spreadOf } from '../statistics.ts';
import { Viewer } from '../viewer.ts';

/** From asking for a camera to the first picture that can be decoded. */
export const joins: Scenario = {
  title: 'joining a camera that is being watched',
  run: (bench) =>
    using(startCameras(bench, 1), async (cameras) => {
      const ours = await using(startGateway(bench.root, cameras), (gateway) =>
        using(Viewer.connect(gateway, bench.clock), (viewer) => warmJoins(bench, viewer, cameras)),
      );
      return [ours, await rivalJoins(bench, cameras)];
    }),
};

/** Not a multiple of the time between pictures, so that joins happen anywhere in a group of them. */
const BETWEEN_JOINS_MS = 73;
const JOINING = 1;

async function warmJoins(bench: Bench, viewer: Viewer, cameras: CameraProcess): Promise<Row> {
  const { clock, pace } = bench;
  const camera = cameras.cameras[0]?.id ?? '';
  await inTime(
    Promise.all(watchMain(viewer, cameras.cameras).map(({ begun }) => begun)),
    'gateway',
  );
  await sleep(clock, pace.warmUpMs);
  const timesMs: number[] = [];
  while (timesMs.length < pace.joins) {
    timesMs.push(await inTime(join(bench, viewer, camera), 'gateway'));
    viewer.unwatch(JOINING);
    await sleep(clock, BETWEEN_JOINS_MS);
  }
  return { ...OURS, ...spreadOf(timesMs), warnings: [] };
}

function join({ clock }: Bench, viewer: Viewer, camera: string): Promise<number> {
  const askedUs = clock.unixUs();
  return new Promise((resolve) => {
    viewer.watch(JOINING, camera, 'main', ({ receivedUs, keyFrame }) => {
      if (keyFrame) resolve((receivedUs - askedUs) / 1_000);
    });
  });
}

async function rivalJoins({ clock, pace }: Bench, cameras: CameraProcess): Promise<Row> {
  const timesMs: number[] = [];
  while (timesMs.length < pace.rivalJoins) {
    const askedMs = clock.nowMs();
    await using(startRival(cameras, clock, COPY), async () => {
      timesMs.push(clock.nowMs() - askedMs);
    });
  }
  return { ...RIVAL, ...spreadOf(timesMs), warnings: [] };
}

const measured = 'join: asked → first key frame';
const RIVAL = { id: 'join-ffmpeg', measured, contender: 'ffmpeg -c copy, started for the viewer' };
const OURS = {
  id: 'join',
  measured,
  contender: 'Live View, camera warm',
  rival: RIVAL.id,
};
