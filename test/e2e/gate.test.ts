import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { jpegSize } from '../../src/cameras/jpeg.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(150_000);

/** The shortest share there is. */
const ONE_MINUTE = 1;

let cameras: SimulateRun;
let run: ServeRun;
let operator: ApiCaller;
let rotterdam: ApiCaller;
let denHaag: ApiCaller;
/** Shared with Rotterdam: shop-1, not shop-front. */
let shared: string;
let closed: string;
/** Shared for a minute at the start of this file; a viewer sits there when it runs out. */
let expiring: string;
let sitting: LivePeer;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2']);
  run = await ServeRun.start({
    config: { cameras: cameras.config('rtsp') },
    env: CAMERA_PASSWORD_ENV,
  });
  operator = await run.operator();
  rotterdam = await run.dispatcher('rotterdam');
  denHaag = await run.dispatcher('den-haag');
  shared = await share(60);
  closed = await share(60);
  await operator.call('POST', `/v1/incidents/${closed}/close`, { outcome: 'resolved', note: '' });
  expiring = await share(ONE_MINUTE);
  sitting = await watch(rotterdam, expiring, 'shop-1');
  await sitting.pictures(5, 1);
});

afterAll(async () => {
  sitting?.close();
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

async function share(expiresInMinutes: number): Promise<string> {
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
    type: 'robbery',
    site: 'site',
    summary: '',
    cameras: ['shop-1', 'shop-front'],
  });
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
    cameras: ['shop-1'],
    rights: ['view'],
    expiresInMinutes,
  });
  return id;
}

async function watch(caller: ApiCaller, incident: string, camera: string): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller);
  peer.say({ type: 'watch', channel: 1, camera, incident });
  return peer;
}

interface Door {
  readonly name: string;
  /** What came out: an HTTP status, a code of the socket, and bytes that are or could be media. */
  knock(
    caller: ApiCaller,
    incident: string,
    camera: string,
  ): Promise<{ says: unknown; bytes: number }>;
}

const path = (incident: string, camera: string, file: string) =>
  `/v1/incidents/${incident}/cameras/${camera}/${file}`;

const byHttp = (file: string): Door => ({
  name: file,
  async knock(caller, incident, camera) {
    const response = await caller.fetch(path(incident, camera, file));
    const type = response.headers.get('content-type') ?? '';
    const body = Buffer.from(await response.arrayBuffer());
    return { says: response.status, bytes: type.includes('problem+json') ? 0 : body.length };
  },
});

const DOORS: Door[] = [
  byHttp('live.mp4'),
  byHttp('snapshot.jpg'),
  {
    name: 'live.ws',
    async knock(caller, incident, camera) {
      const url = new URL(path(incident, camera, 'live.ws'), caller.base);
      const socket = new WebSocket(url.href.replace(/^http/, 'ws'), {
        headers: { ...caller.headers },
      });
      let bytes = 0;
      socket.on('message', (data: Buffer) => {
        bytes += data.length;
      });
      const says = await new Promise((resolve) => {
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('open', () => resolve('opened'));
        socket.on('error', resolve);
      });
      socket.terminate();
      return { says, bytes };
    },
  },
  {
    name: 'the live socket',
    async knock(caller, incident, camera) {
      const peer = await watch(caller, incident, camera);
      const answer = await until('an answer', () =>
        peer.messages.find(({ type }) => ['error', 'ended', 'watching'].includes(type)),
      );
      const { mediaBytes: bytes } = peer;
      peer.close();
      return { says: 'code' in answer ? answer.code : answer.type, bytes };
    },
  },
];

describe('without a valid share no media byte leaves', () => {
  const cases: [string, () => { caller: ApiCaller; incident: string; camera: string }][] = [
    ['without an incident', () => ({ caller: rotterdam, incident: 'inc_none', camera: 'shop-1' })],
    ['in a closed incident', () => ({ caller: rotterdam, incident: closed, camera: 'shop-1' })],
    ['for another control room', () => ({ caller: denHaag, incident: shared, camera: 'shop-1' })],
    [
      'for a camera that is not shared',
      () => ({ caller: rotterdam, incident: shared, camera: 'shop-front' }),
    ],
    [
      'for a camera that does not exist',
      () => ({ caller: rotterdam, incident: shared, camera: 'none' }),
    ],
  ];

  it.each(cases)('%s: 404 at every door', async (_name, given) => {
    const { caller, incident, camera } = given();
    for (const door of DOORS) {
      const { says, bytes } = await door.knock(caller, incident, camera);
      const expected = door.name === 'the live socket' ? 'not-shared' : 404;
      expect({ door: door.name, says, bytes }).toEqual({
        door: door.name,
        says: expected,
        bytes: 0,
      });
    }
  });

  it("the centre's own paths do not exist on the police side", async () => {
    for (const file of ['live.mp4', 'snapshot.jpg']) {
      const response = await rotterdam.fetch(`/v1/cameras/shop-1/${file}`);
      expect(response.status).toBe(404);
    }
    expect((await rotterdam.fetch('/v1/cameras')).status).toBe(404);
  });

  it('an open socket without incident is refused', async () => {
    const peer = await LivePeer.connect(rotterdam);
    peer.say({ type: 'watch', channel: 1, camera: 'shop-1' });
    await until('an answer', () => peer.messages.some((message) => message.type === 'error'));
    expect(peer.mediaBytes).toBe(0);
    peer.close();
  });
});

describe('with a valid share', () => {
  it.each(DOORS.filter(({ name }) => name !== 'live.mp4'))('pictures come: $name', async (door) => {
    // A busy gateway may say that a snapshot takes too long, and may be asked again.
    const { bytes } = await until(
      'an open door',
      async () => {
        const seen = await door.knock(rotterdam, shared, 'shop-1');
        return ['opened', 200, 'watching'].some((each) => each === seen.says) ? seen : undefined;
      },
      60_000,
    );
    if (door.name === 'snapshot.jpg') expect(bytes).toBeGreaterThan(10_000);
  });

  it.each([
    ['', { width: 1280, height: 720 }],
    ['?width=320', { width: 320, height: 180 }],
  ])('a snapshot is a JPEG of the size of the stream, or smaller: %s', async (query, size) => {
    const response = await rotterdam.picture(`${path(shared, 'shop-1', 'snapshot.jpg')}${query}`);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(jpegSize(Buffer.from(await response.arrayBuffer()))).toEqual(size);
  });
});

describe('when the share ends, pictures end', () => {
  it.each<[string, (id: string) => Promise<unknown>, string]>([
    [
      'by closing the incident',
      (id) => operator.call('POST', `/v1/incidents/${id}/close`, { outcome: 'resolved', note: '' }),
      'incident-closed',
    ],
    [
      'by withdrawing it',
      (id) => operator.call('DELETE', `/v1/incidents/${id}/grants/rotterdam`),
      'grant-withdrawn',
    ],
  ])('%s, and not a byte follows the message that says so', async (_how, end, code) => {
    const id = await share(60);
    const peer = await watch(rotterdam, id, 'shop-1');
    await peer.pictures(10, 1);
    const stream = await rotterdam.fetch(path(id, 'shop-1', 'live.mp4'));
    expect(stream.status).toBe(200);

    await end(id);
    await peer.hears('ended', (message) => message.code === code);
    const { mediaBytes } = peer;
    await expect(drain(stream)).rejects.toThrow();
    const refused = await watch(rotterdam, id, 'shop-1');
    await refused.hears('error');
    expect(peer.mediaBytes).toBe(mediaBytes);
    peer.close();
    refused.close();
  });

  it('when its time has run out', async () => {
    const ended = await sitting.hears('ended', () => true, 90_000);
    expect(ended.code).toBe('grant-expired');
    const { mediaBytes } = sitting;
    expect(mediaBytes).toBeGreaterThan(0);
    for (const door of DOORS) {
      const { says, bytes } = await door.knock(rotterdam, expiring, 'shop-1');
      expect([404, 'not-shared']).toContain(says);
      expect(bytes).toBe(0);
    }
    expect(sitting.mediaBytes).toBe(mediaBytes);
  });
});

/** Reads an endless answer to its end, which is a cut connection. */
async function drain(response: Response): Promise<void> {
  for await (const _chunk of response.body ?? []) {
    // Everything that was on its way is read.
  }
}
