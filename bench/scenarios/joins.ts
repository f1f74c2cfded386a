import { sleep } from '../../src/core/clock.ts';
import { type Bench, type Pace, type Row, type Scenario, using } from '../bench.ts';
import { type CameraProcess, startCameras } from '../camera-process.ts';
import { startGateway } from '../gateway-process.ts';
import { watchMain } from '../gateway-streams.ts';
import { inTime } from '../measure.ts';
import { COPY, startRival } from '../rival.ts';
import { spreadOf } from '../statistics.ts';
import { Viewer } from '../viewer.ts';

/** From asking for a camera to the first picture that can be decoded. */
export const joins: Scenario = {
  title: 'joining a camera',
  run: (bench) =>
    using(startCameras(bench, 1), async (cameras) => [
      row(WARM, await warmJoins(bench, cameras)),
      row(COLD, await coldJoins(bench, cameras)),
      row(RIVAL, await rivalJoins(bench, cameras)),
    ]),
};

/** Not a multiple of the time between pictures, so that joins happen anywhere in a group of them. */
const BETWEEN_JOINS_MS = 73;
/** The virtual camera's key frames are so far apart. */
const KEY_FRAMES_MS = 1_000;
const JOINING = 1;

/** Somebody watches the camera already. */
function warmJoins(bench: Bench, cameras: CameraProcess): Promise<number[]> {
  const { root, clock, pace } = bench;
  return using(startGateway(root, cameras), (gateway) =>
    using(Viewer.connect(gateway, clock), async (viewer) => {
      const meters = watchMain(viewer, cameras.cameras);
      await inTime(Promise.all(meters.map(({ begun }) => begun)), 'Live View');
      await sleep(clock, pace.warmUpMs);
      const timesMs: number[] = [];
      while (timesMs.length < pace.joins) {
        timesMs.push(await join(bench, viewer, cameras));
        viewer.unwatch(JOINING);
        await sleep(clock, BETWEEN_JOINS_MS);
      }
      return timesMs;
    }),
  );
}

/** Nobody has watched the camera since the gateway started. */
async function coldJoins(bench: Bench, cameras: CameraProcess): Promise<number[]> {
  const { root, clock, pace } = bench;
  const timesMs: number[] = [];
  while (timesMs.length < pace.coldJoins) {
    const timeMs = await using(startGateway(root, cameras), (gateway) =>
      using(Viewer.connect(gateway, clock), (viewer) => join(bench, viewer, cameras)),
    );
    timesMs.push(timeMs);
    await sleep(clock, pauseMs(timesMs.length, pace));
  }
  return timesMs;
}

/**
 * A pause of another length after each join. Whoever waits for a key frame is done just after one,
 * and with equal pauses would begin at the same place before the next each time.
 */
function pauseMs(joined: number, { coldJoins }: Pace): number {
  return (KEY_FRAMES_MS * joined) / coldJoins;
}

async function rivalJoins({ clock, pace }: Bench, cameras: CameraProcess): Promise<number[]> {
  const timesMs: number[] = [];
  while (timesMs.length < pace.coldJoins) {
    const askedMs = clock.nowMs();
    await using(startRival(cameras, clock, COPY), async () => {
      timesMs.push(clock.nowMs() - askedMs);
    });
    await sleep(clock, pauseMs(timesMs.length, pace));
  }
  return timesMs;
}

/** Milliseconds until the first key frame. */
function join({ clock }: Bench, viewer: Viewer, { cameras }: CameraProcess): Promise<number> {
  const askedUs = clock.unixUs();
  const first = new Promise<number>((resolve) => {
    viewer.watch(JOINING, cameras[0]?.id ?? '', 'main', ({ receivedUs, keyFrame }) => {
      if (keyFrame) resolve((receivedUs - askedUs) / 1_000);
    });
  });
  return inTime(first, 'Live View');
}

type Head = Pick<Row, 'id' | 'measured' | 'contender' | 'rival'>;

function row(head: Head, timesMs: readonly number[]): Row {
  return { ...head, ...spreadOf(timesMs), warnings: [] };
}

const cold = 'join a camera that nobody watches → first key frame';
const WARM: Head = {
  id: 'join',
  measured: 'join a camera that is watched → first key frame',
  contender: 'Live View',
};
const RIVAL: Head = { id: 'join-cold-ffmpeg', measured: cold, contender: 'ffmpeg -c copy' };
const COLD: Head = { id: 'join-cold', measured: cold, contender: 'Live View', rival: RIVAL.id };
