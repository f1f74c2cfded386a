import { type Bench, type Row, type Scenario, using } from '../bench.ts';
import type { BroadcastOrder, BroadcastReport } from '../broadcast.ts';
import { type CameraProcess, type RateControl, startCameras } from '../camera-process.ts';
import { measureCrowd } from '../crowd-process.ts';
import { startGateway } from '../gateway-process.ts';
import { startProgram } from '../program.ts';

/** One camera, as many viewers as the machine can feed, beside a bare broadcast to as many. */
export const manyViewers: Scenario = {
  title: 'packaged H.264, 1 camera, many viewers',
  run: async (bench) => [...(await rows(bench, 'usual')), ...(await rows(bench, 'tight'))],
};

async function rows(bench: Bench, rate: RateControl): Promise<Row[]> {
  const heads = headsOf(bench.pace.manyViewers, rate);
  const own = await using(startCameras(bench, 1, rate), (cameras) =>
    ours(bench, cameras, { ...heads.ours, rival: heads.rival.id }),
  );
  return [own.row, await rival(bench, own.pictureBytes, heads.rival)];
}

/** The gateway allows an account 64. */
const VIEWERS_A_TOKEN = 50;

type Head = Pick<Row, 'id' | 'measured' | 'contender' | 'rival'>;

function ours(bench: Bench, cameras: CameraProcess, head: Head) {
  const viewers = bench.pace.manyViewers;
  const [camera] = cameras.cameras;
  const hello = { type: 'hello', protocol: 1, codecs: ['avc1.640028'], formats: ['fmp4'] };
  const watch = { type: 'watch', channel: 0, camera: camera?.id, quality: 'main' };
  return using(startGateway(bench.root, cameras), (gateway) => {
    const tokens = gateway.moreTokens(Math.ceil(viewers / VIEWERS_A_TOKEN));
    const order = { url: gateway.socketUrl, tokens, viewers, messages: [hello, watch] };
    return measureCrowd(bench, gateway.pid, order, head);
  });
}

/** @param pictureBytes what our viewers received, so that both send the same. */
async function rival(bench: Bench, pictureBytes: readonly number[], head: Head): Promise<Row> {
  const order: BroadcastOrder = { offsetUs: bench.offsetUs, pictureBytes };
  const { child, answer } = await startProgram(bench.folder, 'broadcast', order);
  try {
    const { url } = answer as BroadcastReport;
    const crowd = { url, tokens: [], viewers: bench.pace.manyViewers, messages: [] };
    const { row } = await measureCrowd(bench, child.pid, crowd, head);
    return row;
  } finally {
    await child.stop();
  }
}

function headsOf(viewers: number, rate: RateControl): { ours: Head; rival: Head } {
  const id = `viewers-${viewers}${rate === 'tight' ? '-tight' : ''}`;
  const even = rate === 'tight' ? ', tight rate control' : '';
  const measured = `packaged: camera → each of ${viewers} viewers${even}`;
  const bare = 'bare ws broadcast, no camera, no access control';
  return {
    ours: { id, measured, contender: 'Live View' },
    rival: { id: `${id}-ws`, measured, contender: bare },
  };
}
