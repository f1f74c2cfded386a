import { type Bench, type Row, type Scenario, using } from '../bench.ts';
import { type BenchCamera, type CameraProcess, startCameras } from '../camera-process.ts';
import type { DelayMeter } from '../delay-meter.ts';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { watchMain } from '../gateway-streams.ts';
import { measure } from '../measure.ts';
import { Viewer } from '../viewer.ts';

/**
 * What more cameras cost, beside the row with one of them. Ready: all are pulled and packaged and one
 * is watched, as at a centre where incidents are rare. Watched: each has a viewer of its own.
 */
export const manyCameras: Scenario = {
  title: 'packaged H.264, many cameras, ready and watched',
  run: async (bench) => {
    const { manyCameras: count } = bench.pace;
    return using(startCameras(bench, count), async (cameras) => [
      await row(bench, cameras, 'ready'),
      await row(bench, cameras, 'watched'),
    ]);
  },
};

/** What one socket of a control room takes comfortably; the gateway allows 32. */
const CAMERAS_A_SOCKET = 25;

function row(bench: Bench, cameras: CameraProcess, kind: 'ready' | 'watched'): Promise<Row> {
  const all = cameras.cameras;
  const head = {
    id: `packaged-${all.length}-${kind}`,
    measured: `packaged: ${all.length} cameras ${kind} → viewer`,
    contender: 'Live View',
  };
  const starting = startGateway(bench.root, cameras, { stream: { warm: 'always' } });
  return using(starting, (gateway) => {
    const watched = kind === 'watched' ? all : all.slice(0, 1);
    return using(watchAll(gateway, bench, watched), ({ meters }) =>
      measure(bench, { pid: gateway.pid, meters }, head),
    );
  });
}

async function watchAll(
  gateway: GatewayProcess,
  { clock }: Bench,
  cameras: readonly BenchCamera[],
): Promise<{ meters: DelayMeter[]; stop(): Promise<void> }> {
  const viewers: Viewer[] = [];
  const meters: DelayMeter[] = [];
  for (let at = 0; at < cameras.length; at += CAMERAS_A_SOCKET) {
    const viewer = await Viewer.connect(gateway, clock);
    viewers.push(viewer);
    meters.push(...watchMain(viewer, cameras.slice(at, at + CAMERAS_A_SOCKET)));
  }
  const stop = async () => {
    await Promise.all(viewers.map((viewer) => viewer.stop()));
  };
  return { meters, stop };
}
