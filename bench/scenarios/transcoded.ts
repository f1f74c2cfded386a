import { LOW } from '../../src/config/transcode.ts';
import { type Bench, type Row, type Scenario, using } from '../bench.ts';
import { type CameraProcess, startCameras } from '../camera-process.ts';
import { startGateway } from '../gateway-process.ts';
import { watchRung } from '../gateway-streams.ts';
import { measure } from '../measure.ts';
import { encode, startRival } from '../rival.ts';
import { Viewer } from '../viewer.ts';

/** A picture that is made smaller for a narrow line: a little, and much. */
export const transcoded: Scenario = {
  title: 'transcoded 1080 → 720 and 360 lines, 1 camera, 1 viewer',
  run: (bench) =>
    using(startCameras(bench, 1), async (cameras) => [
      ...(await rows(bench, cameras, HD)),
      ...(await rows(bench, cameras, LOW)),
    ]),
};

const HD = { id: 'hd', width: 1_280, height: 720, kbps: 2_500 };

async function rows(
  bench: Bench,
  cameras: CameraProcess,
  rung: typeof HD | typeof LOW,
): Promise<Row[]> {
  const measured = `transcoded to ${rung.width}×${rung.height}: camera → viewer`;
  const id = `transcoded-${rung.height}`;
  const rivalId = `${id}-ffmpeg`;
  const own = { id, measured, contender: 'Live View', rival: rivalId };
  const contender = 'ffmpeg pulling RTSP, same x264, to fragmented MP4';
  const rungs = rung === LOW ? [LOW] : [rung, LOW];
  const ours = await using(startGateway(bench.root, cameras, { rungs }), (gateway) =>
    using(Viewer.connect(gateway, bench.clock), (viewer) => {
      const meters = watchRung(viewer, cameras.cameras, rung.id);
      return measure(bench, { pid: gateway.pid, meters }, own);
    }),
  );
  const rival = await using(startRival(cameras, bench.clock, encode(rung)), (running) =>
    measure(bench, running, { id: rivalId, measured, contender }),
  );
  return [ours, rival];
}
