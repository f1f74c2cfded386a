import { type Scenario, using } from '../bench.ts';
import { startCameras } from '../camera-process.ts';
import { startGateway } from '../gateway-process.ts';
import { watchMain } from '../gateway-streams.ts';
import { measure } from '../measure.ts';
import { COPY, startRival } from '../rival.ts';
import { Viewer } from '../viewer.ts';

/** A picture that needs no change, to one viewer. */
export const packaged: Scenario = {
  title: 'packaged H.264, 1 camera, 1 viewer',
  run: (bench) =>
    using(startCameras(bench, 1), async (cameras) => {
      const ours = await using(startGateway(bench.root, cameras), (gateway) =>
        using(Viewer.connect(gateway, bench.clock), (viewer) => {
          const meters = watchMain(viewer, cameras.cameras);
          return measure(bench, { pid: gateway.pid, meters }, OURS);
        }),
      );
      const rival = await using(startRival(cameras, bench.clock, COPY), (running) =>
        measure(bench, running, RIVAL),
      );
      return [ours, rival];
    }),
};

const measured = 'packaged: camera → viewer';
const RIVAL = { id: 'packaged-ffmpeg', measured, contender: 'ffmpeg -c copy to fragmented MP4' };
const OURS = { id: 'packaged', measured, contender: 'Live View', rival: RIVAL.id };
