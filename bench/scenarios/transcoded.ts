import { type Scenario, using } from '../bench.ts';
import { startCameras } from '../camera-process.ts';
import { startGateway } from '../gateway-process.ts';
import { watchLow } from '../gateway-streams.ts';
import { measure } from '../measure.ts';
import { ENCODE, startRival } from '../rival.ts';
import { Viewer } from '../viewer.ts';

/** A picture that is made smaller for a narrow line. */
export const transcoded: Scenario = {
  title: 'transcoded 1080 → 360 lines, 1 camera, 1 viewer',
  run: (bench) =>
    using(startCameras(bench, 1), async (cameras) => {
      const ours = await using(startGateway(bench.root, cameras), (gateway) =>
        using(Viewer.connect(gateway, bench.clock), (viewer) => {
          const meters = watchLow(viewer, cameras.cameras);
          return measure(bench, { pid: gateway.pid, meters }, OURS);
        }),
      );
      const rival = await using(startRival(cameras, bench.clock, ENCODE), (running) =>
        measure(bench, running, RIVAL),
      );
      return [ours, rival];
    }),
};

const measured = 'transcoded to 640×360: camera → viewer';
const RIVAL = {
  id: 'transcoded-ffmpeg',
  measured,
  contender: 'ffmpeg pulling RTSP, same x264, to fragmented MP4',
};
const OURS = { id: 'transcoded', measured, contender: 'Live View', rival: RIVAL.id };
