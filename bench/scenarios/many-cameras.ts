import { type Scenario, using } from '../bench.ts';
import { startCameras } from '../camera-process.ts';
import { startGateway } from '../gateway-process.ts';
import { watchMain } from '../gateway-streams.ts';
import { measure } from '../measure.ts';
import { Viewer } from '../viewer.ts';

/** What more cameras cost: beside the row with one of them. */
export const manyCameras: Scenario = {
  title: 'packaged H.264, several cameras, each watched once',
  run: (bench) => {
    const count = bench.pace.manyCameras;
    const head = {
      id: `packaged-${count}-cameras`,
      measured: `packaged: ${count} cameras → viewer`,
      contender: 'Live View',
    };
    return using(startCameras(bench, count), async (cameras) => [
      await using(startGateway(bench.root, cameras), (gateway) =>
        using(Viewer.connect(gateway, bench.clock), (viewer) => {
          const meters = watchMain(viewer, cameras.cameras);
          return measure(bench, { pid: gateway.pid, meters }, head);
        }),
      ),
    ]);
  },
};
