import { type Bench, type Row, type Scenario, using } from '../bench.ts';
import { type CameraProcess, startCameras } from '../camera-process.ts';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { watchMain } from '../gateway-streams.ts';
import { measure } from '../measure.ts';
import { Viewer } from '../viewer.ts';

/** Of a picture of 4 Mbit/s. */
const SLOW_KBPS = 1_000;

const ALONE = {
  id: 'beside-nobody',
  measured: 'packaged: camera → a viewer that is alone',
  contender: 'Live View',
};
const SLOW = {
  id: 'beside-slow',
  measured: 'packaged: camera → a viewer beside one that reads 1 Mbit/s',
  contender: 'Live View',
  rival: ALONE.id,
};
const DEAD = {
  id: 'beside-dead',
  measured: 'packaged: camera → a viewer beside one that stopped reading',
  contender: 'Live View',
  rival: ALONE.id,
};

/** What a viewer that reads too slowly, or not at all, means for another, and for the gateway's memory. */
export const slowViewer: Scenario = {
  title: 'a viewer beside one that is slow, and one that stops reading',
  run: async (bench) => [
    await beside(bench, ALONE),
    await beside(bench, SLOW, (viewer) => viewer.throttle(SLOW_KBPS)),
    await beside(bench, DEAD, (viewer) => viewer.stall()),
  ],
};

/** Each with a gateway of its own, so that the memory is not that of the one before. */
function beside(
  bench: Bench,
  head: typeof ALONE | typeof SLOW,
  disturb?: (viewer: Viewer) => void,
): Promise<Row> {
  return using(startCameras(bench, 1), (cameras) =>
    using(startGateway(bench.root, cameras), (gateway) =>
      using(Viewer.connect(gateway, bench.clock), async (viewer) => {
        const other = disturb && (await otherOf(bench, gateway, cameras));
        if (other) disturb(other);
        const meters = watchMain(viewer, cameras.cameras);
        const row = await measure(bench, { pid: gateway.pid, meters }, head);
        other?.cut();
        return row;
      }),
    ),
  );
}

async function otherOf(
  { clock }: Bench,
  gateway: GatewayProcess,
  { cameras }: CameraProcess,
): Promise<Viewer> {
  const other = await Viewer.connect(gateway, clock);
  await Promise.all(watchMain(other, cameras).map(({ begun }) => begun));
  return other;
}
