import { type Scenario, using } from '../bench.ts';
import { startCameras } from '../camera-process.ts';
import { startGateway } from '../gateway-process.ts';
import { watchMain } from '../gateway-streams.ts';
import { measure } from '../measure.ts';
import { Viewer } from '../viewer.ts';

/** What one viewer that stops reading means for another, and for the gateway's memory. */
export const slowViewer: Scenario = {
  title: 'a viewer beside one that stops reading',
  run: (bench) =>
    using(startCameras(bench, 1), (cameras) =>
      using(startGateway(bench.root, cameras), (gateway) =>
        using(Viewer.connect(gateway, bench.clock), async (viewer) => {
          const meters = watchMain(viewer, cameras.cameras);
          const alone = await measure(bench, { pid: gateway.pid, meters }, ALONE);
          const slow = await Viewer.connect(gateway, bench.clock);
          await Promise.all(watchMain(slow, cameras.cameras).map(({ begun }) => begun));
          slow.stall();
          const again = watchMain(viewer, cameras.cameras, 1);
          viewer.unwatch(0);
          const beside = await measure(bench, { pid: gateway.pid, meters: again }, BESIDE);
          slow.cut();
          return [alone, beside];
        }),
      ),
    ),
};

const ALONE = {
  id: 'beside-nobody',
  measured: 'packaged: camera → a viewer that is alone',
  contender: 'Live View',
};
const BESIDE = {
  id: 'beside-slow',
  measured: 'packaged: camera → a viewer beside one that stopped reading',
  contender: 'Live View',
  rival: ALONE.id,
};
