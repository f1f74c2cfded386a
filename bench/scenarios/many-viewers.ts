import { type Bench, type Row, type Scenario, using } from '../bench.ts';
import type { BroadcastOrder, BroadcastReport } from '../broadcast.ts';
import { type CameraProcess, startCameras } from '../camera-process.ts';
import { measureCrowd } from '../crowd-process.ts';
import { startGateway } from '../gateway-process.ts';
import { startProgram } from '../program.ts';

/** One camera, as many viewers as the machine can feed, beside a bare broadcast to as many. */
export const manyViewers: Scenario = {
  title: 'packaged H.264, 1 camera, many viewers',
  run: async (bench) => {
    const own = await using(startCameras(bench, 1), (cameras) => ours(bench, cameras));
    return [own.row, await rival(bench, own.pictureBytes)];
  },
};

/** The gateway allows an account 64. */
const VIEWERS_A_TOKEN = 50;

function ours(bench: Bench, cameras: CameraProcess) {
  const viewers = bench.pace.manyViewers;
  const [camera] = cameras.cameras;
  const hello = { type: 'hello', protocol: 1, codecs: ['avc1.640028'], formats: ['fmp4'] };
  const watch = { type: 'watch', channel: 0, camera: camera?.id, quality: 'main' };
  return using(startGateway(bench.root, cameras), (gateway) => {
    const tokens = gateway.moreTokens(Math.ceil(viewers / VIEWERS_A_TOKEN));
    const order = { url: gateway.socketUrl, tokens, viewers, messages: [hello, watch] };
    return measureCrowd(bench, gateway.pid, order, {
      ...head(viewers, 'Live View', ''),
      rival: head(viewers, '', '-ws').id,
    });
  });
}

/** @param pictureBytes what our viewers received, so that both send the same. */
async function rival(bench: Bench, pictureBytes: readonly number[]): Promise<Row> {
  const viewers = bench.pace.manyViewers;
  const order: BroadcastOrder = {
    offsetUs: bench.offsetUs,
    pictureBytes,
  };
  const { child, answer } = await startProgram(bench.folder, 'broadcast', order);
  try {
    const { url } = answer as BroadcastReport;
    const { row } = await measureCrowd(
      bench,
      child.pid,
      { url, tokens: [], viewers, messages: [] },
      head(viewers, 'bare ws broadcast, no camera, no access control', '-ws'),
    );
    return row;
  } finally {
    await child.stop();
  }
}

function head(viewers: number, contender: string, suffix: string) {
  const measured = `packaged: camera → each of ${viewers} viewers`;
  return { id: `viewers-${viewers}${suffix}`, measured, contender };
}
