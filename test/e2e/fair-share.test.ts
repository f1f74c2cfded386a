/** A ceiling that does not fit what all want: who leaves the quality to the gateway, and who does not. */
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { Secret } from '../../src/core/secret.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { shareWith } from '../support/shared-cameras.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(500_000);

const PATIENTLY_MS = 120_000;
/** One full picture fits, two do not; three small ones do. */
const MAX_MBIT = 2;
const MAIN = { width: 1280, height: 720, fps: 25, kbps: 1_500, seconds: 10, burstSeconds: 0.25 };
const SUB = { width: 640, height: 360, fps: 12, kbps: 400, seconds: 10, burstSeconds: 0.25 };

let cameras: RunningSimulator;
let run: ServeRun;
const peers: LivePeer[] = [];

beforeAll(async () => {
  const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
  cameras = await startSimulator({
    cameras: 2,
    password,
    looped: { main: MAIN, sub: SUB, named: 0 },
  });
  run = await ServeRun.start({
    config: {
      cameras: cameras.cameras.map(({ id, rtspMain: main, rtspSub: sub }) => ({
        id,
        rtsp: { main, sub, ...CAMERA_CREDENTIALS },
        stream: { deliver: 'passthrough' },
      })),
      police: { listen: '127.0.0.1:0', insecure: true, maxMbit: MAX_MBIT },
    },
    env: CAMERA_PASSWORD_ENV,
  });
}, 120_000);
afterEach(() => {
  for (const peer of peers.splice(0)) peer.cut();
});
afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop();
});

async function connect(caller: ApiCaller): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller);
  peers.push(peer);
  return peer;
}

/** Every quality that it was given, in order. */
const qualities = (peer: LivePeer) =>
  peer.messages.flatMap((message) => (message.type === 'watching' ? [message.quality] : []));

const dropped = (peer: LivePeer) => peer.messages.filter(({ type }) => type === 'dropped').length;

/** By the time of the pictures on a channel. */
function spanMs({ media }: LivePeer, channel: number): number {
  const times = media.filter((item) => item.channel === channel);
  return ((times.at(-1)?.captureUnixUs ?? 0) - (times[0]?.captureUnixUs ?? 0)) / 1_000;
}

/** What a viewer has received since this was made. */
class Taken {
  readonly #peer: LivePeer;
  readonly #pictures: number;
  readonly #bytes: number;

  constructor(peer: LivePeer) {
    this.#peer = peer;
    this.#pictures = peer.media.length;
    this.#bytes = peer.mediaBytes;
  }

  get pictures(): number {
    return this.#peer.media.length - this.#pictures;
  }

  get bytes(): number {
    return this.#peer.mediaBytes - this.#bytes;
  }
}

/** Of what came since then, never more than this; a second may have been saved, and one picture is let through. */
function allowedBits(shareMbit: number, sinceMs: number, largest: number): number {
  const seconds = (performance.now() - sinceMs) / 1_000;
  return shareMbit * 1e6 * (seconds + 1) + 8 * largest;
}

it('a ceiling is shared: nobody starves, whoever leaves the choice has what fits, and more when others leave', async () => {
  const [shop = '', front = ''] = cameras.cameras.map(({ id }) => id);
  const operator = await run.operator();
  const incident = await shareWith('rotterdam', operator, [shop, front]);
  const dispatcher = await run.dispatcher('rotterdam');
  const centre = await connect(operator);
  centre.say({ type: 'watch', channel: 1, camera: shop, quality: 'main' });
  centre.say({ type: 'watch', channel: 2, camera: front, quality: 'main' });
  // What the full pictures cost is known then.
  const isKnown = () => spanMs(centre, 1) > 10_000 && spanMs(centre, 2) > 10_000;
  await until('ten seconds of both', isKnown, PATIENTLY_MS);

  const beganMs = performance.now();
  const first = await connect(dispatcher);
  first.say({ type: 'watch', channel: 1, camera: shop, incident, quality: 'auto' });
  const alone = await first.hears('watching', ({ quality }) => quality === 'main', PATIENTLY_MS);

  const second = await connect(dispatcher);
  second.say({ type: 'watch', channel: 1, camera: front, incident, quality: 'auto' });
  const shared = await first.hears(
    'watching',
    ({ quality, generation }) => quality === 'sub' && generation > alone.generation,
    PATIENTLY_MS,
  );
  expect(await second.hears('watching')).toMatchObject({ quality: 'sub' });

  // It wants more than its share, and would have all of it if shares were not kept.
  const greedyMs = performance.now();
  const greedy = await connect(dispatcher);
  greedy.say({ type: 'watch', channel: 1, camera: shop, incident, quality: 'main' });
  const three = [first, second, greedy];
  await until('pictures left out', () => dropped(greedy) > 2, PATIENTLY_MS);
  const [fromFirst, fromSecond] = [new Taken(first), new Taken(second)];
  const fromGreedy = new Taken(greedy);
  const hasMany = () =>
    fromFirst.pictures > 180 && fromSecond.pictures > 180 && fromGreedy.pictures > 50;
  await until('many pictures of each', hasMany, PATIENTLY_MS);

  const bytes = [fromFirst.bytes, fromSecond.bytes];
  expect(Math.min(...bytes)).toBeGreaterThan(Math.max(...bytes) / 3);
  const largest = Math.max(...three.flatMap(({ media }) => media.map((item) => item.bytes)));
  expect(8 * greedy.mediaBytes).toBeLessThan(allowedBits(1.2 * (MAX_MBIT / 3), greedyMs, largest));
  const all = three.reduce((sum, { mediaBytes }) => sum + mediaBytes, 0);
  expect(8 * all).toBeLessThan(allowedBits(MAX_MBIT, beganMs, largest));
  expect(qualities(second)).toEqual(['sub']);
  expect(qualities(greedy)).toEqual(['main']);

  for (const leaves of [second, greedy]) leaves.close();
  const isBetter = ({ quality, generation }: { quality: string; generation: number }) =>
    quality === 'main' && generation > shared.generation;
  await first.hears('watching', isBetter, PATIENTLY_MS);
  await first.pictures(25, 1);
  expect(dropped(centre)).toBe(0);
  expect(qualities(centre)).toEqual(['main', 'main']);
});
