import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import type { Right, Tile } from '../../src/liveview/model.ts';
import type { PictureMaking } from '../../src/server/deps.ts';
import { madeOf } from '../support/made-pictures.ts';
import { until } from '../support/until.ts';
import { Harness, OPERATOR } from './harness.ts';

const MAX_BYTES = 64 * 1024;
const FILE_PART = 'content-disposition: form-data; name="file"; filename="a"\r\n\r\n';
/** Stands for src/images: says what it was given. */
const pictureMaker: PictureMaking = {
  maxBytes: MAX_BYTES,
  make: async (bytes, page) => {
    if (bytes.subarray(0, 4).toString() === 'deny') {
      throw new LiveViewError('unsupported-image', 'this is no PNG, JPEG, WebP or PDF');
    }
    return madeOf(`made of ${bytes} page ${page}`);
  },
};

let harness: Harness;
beforeAll(async () => {
  const snapshot = async () => Buffer.from('a camera as it is now');
  harness = await new Harness({ deps: { pictureMaker, snapshot } }).start();
});
afterAll(() => harness.stop());

function form(fields: Record<string, string>, file?: Buffer | string, name = 'plan.png'): FormData {
  const data = new FormData();
  for (const [key, value] of Object.entries(fields)) data.append(key, value);
  if (file !== undefined) data.append('file', new Blob([new Uint8Array(Buffer.from(file))]), name);
  return data;
}

function upload(body: FormData | string, path = '/v1/plans', more: RequestInit = {}) {
  const token = harness.token('operator');
  return harness.fetch('centre', path, { method: 'POST', body, token, ...more });
}

/** An upload that stands still within its file. */
function halfSent(path: string, onSent?: () => void, token = harness.token('operator')): Socket {
  const socket = connect(Number(new URL(harness.url('centre', '/')).port), '127.0.0.1');
  socket.write(
    [
      `POST ${path} HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${token}`,
      'content-type: multipart/form-data; boundary=x',
      'content-length: 50000',
      '',
      `--x\r\n${FILE_PART}half`,
    ].join('\r\n'),
    onSent,
  );
  return socket;
}

async function uploaded(name: string, site = 'jeweller'): Promise<string> {
  const response = await upload(form({ site, name }, name));
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

const centre = (path: string, init: object = {}) =>
  harness.fetch('centre', path, { token: harness.token('operator'), ...init });
const police = (path: string, room = 'rotterdam', init: object = {}) =>
  harness.fetch('police', path, { token: harness.token('dispatcher', room), ...init });
const problem = async (response: Response) => {
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
};

function shared(rights: Right[], ...tiles: Tile[]): string {
  const incident = harness.shared(['shop-1'], rights);
  harness.liveview.setScreen(OPERATOR, incident, { tiles, focus: null });
  return incident;
}

describe('an upload', () => {
  it('becomes a plan of the site, made anew', async () => {
    const response = await upload(
      form({ site: 'jeweller', name: ' Begane grond ', page: '2' }, 'x'),
    );
    expect(response.status).toBe(201);
    const plan = (await response.json()) as { id: string };
    expect(plan).toMatchObject({
      ...{ site: 'jeweller', name: 'Begane grond', origin: 'uploaded', width: 400, height: 300 },
      cameras: [],
    });
    const content = await centre(`/v1/plans/${plan.id}/content`);
    expect(await content.text()).toBe('made of x page 2');
    expect(await (await centre('/v1/plans?site=jeweller')).json()).toContainEqual(plan);
    expect(await (await centre('/v1/plans?site=square')).json()).toEqual([]);
  });

  it('of somebody whose token is revoked meanwhile is cut, and nothing is left of it', async () => {
    const token = harness.tokens.issue({ name: 'gone', role: 'operator' }).secret.reveal();
    const before = harness.liveview.pictures.plans.list('jeweller').length;
    const sockets = [1, 2, 3, 4].map(() => halfSent('/v1/plans', undefined, token));
    // All places are taken: they are being read.
    await until('all places are taken', async () => {
      const next = await upload(form({ site: 'jeweller', name: '' }, 'x'));
      return next.status === 429;
    });
    const cut = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    harness.tokens.revoke('gone');
    await Promise.all(cut);
    expect(harness.liveview.pictures.plans.list('jeweller')).toHaveLength(before);
    await uploaded('afterwards');
  });

  it('leaves as a picture and as nothing else', async () => {
    const { headers } = await centre(`/v1/plans/${await uploaded('a')}/content`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/png',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'content-disposition': 'inline',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it.each<[string, FormData, number, string]>([
    ['without a file', form({ site: 'jeweller', name: 'a' }), 400, 'invalid-request'],
    ['without a name', form({ site: 'jeweller' }, 'x'), 400, 'invalid-request'],
    ['with a name of blanks', form({ site: 'jeweller', name: '  ' }, 'x'), 400, 'invalid-request'],
    [
      'with a word for a page',
      form({ site: 'jeweller', name: 'a', page: 'two' }, 'x'),
      400,
      'invalid-request',
    ],
    [
      'with a field that there is not',
      form({ site: 'jeweller', name: 'a', x: '1' }, 'x'),
      400,
      'invalid-request',
    ],
    [
      'with a field of many kilobytes',
      form({ site: 'jeweller', name: 'a'.repeat(9_000) }, 'x'),
      400,
      'invalid-request',
    ],
    [
      'for a site that there is not',
      form({ site: 'nowhere', name: 'a' }, 'x'),
      404,
      'unknown-site',
    ],
    ['of something else', form({ site: 'jeweller', name: 'a' }, 'deny'), 415, 'unsupported-image'],
    [
      'of more than a file may have',
      form({ site: 'jeweller', name: 'a' }, Buffer.alloc(MAX_BYTES + 1)),
      413,
      'image-too-large',
    ],
  ])('is refused %s', async (_what, body, status, code) => {
    expect(await problem(await upload(body))).toEqual([status, code]);
  });

  it('is refused with more parts than are expected', async () => {
    const many = form({ site: 'jeweller', name: 'a' }, 'x');
    many.append('file', new Blob(['another']), 'b.png');
    expect(await problem(await upload(many))).toEqual([400, 'invalid-request']);
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, '']));
    expect(await problem(await upload(form(fields, 'x')))).toEqual([400, 'invalid-request']);
  });

  it.each([
    ['JSON', 'application/json', '{}', 415, 'unsupported-media-type'],
    ['plain text', 'text/plain', 'x', 415, 'unsupported-media-type'],
    ['a form without a boundary', 'multipart/form-data', 'x', 415, 'unsupported-media-type'],
    ['a form that has no parts', 'multipart/form-data; boundary=x', 'x', 400, 'invalid-request'],
    [
      'a form that breaks off',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disp',
      400,
      'invalid-request',
    ],
    [
      'a form that breaks off within its file',
      'multipart/form-data; boundary=x',
      `--x\r\n${FILE_PART}half`,
      400,
      'invalid-request',
    ],
  ])('is no %s', async (_what, type, body, status, code) => {
    const headers = { 'content-type': type };
    expect(await problem(await upload(body, '/v1/plans', { headers }))).toEqual([status, code]);
  });

  it('is refused while four others are being sent, be they plans or images', async () => {
    const incident = shared(['view']);
    const paths = ['/v1/plans', `/v1/incidents/${incident}/images`];
    const others = [...paths, ...paths].map((path) => halfSent(path));
    const code = async () => (await problem(await upload(form({ site: 'square' }, 'deny'))))[1];
    await until('there is no place', async () => (await code()) === 'too-many-uploads');
    for (const socket of others) socket.destroy();
    await until('there is a place', async () => (await code()) !== 'too-many-uploads');
  });

  it('is not what other routes take', async () => {
    const response = await upload(form({ type: 'fire', site: 'jeweller' }), '/v1/incidents');
    expect(await problem(response)).toEqual([415, 'unsupported-media-type']);
  });

  it('that breaks off leaves nothing, and a place for others', async () => {
    const before = harness.pictures.kept.size;
    for (let each = 0; each < 6; each += 1) {
      const socket = halfSent('/v1/plans', () => socket.destroy());
      await new Promise((resolve) => socket.once('close', resolve));
    }
    await until('there is a place', async () => {
      return (await upload(form({ site: 'square', name: 'after' }, 'after'))).status === 201;
    });
    expect(harness.pictures.kept.size).toBe(before + 1);
  });
});

describe('a plan', () => {
  it('is removed, and is then not there', async () => {
    const id = await uploaded('a');
    expect((await centre(`/v1/plans/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await problem(await centre(`/v1/plans/${id}/content`))).toEqual([404, 'unknown-plan']);
    const again = await centre(`/v1/plans/${id}`, { method: 'DELETE' });
    expect(await problem(again)).toEqual([404, 'unknown-plan']);
  });

  it('has cameras where they were put', async () => {
    const id = await uploaded('a');
    const place = { x: 0.25, y: 0.5, heading: 45, fieldOfView: 90, range: 0.4, degreesPerPan: 180 };
    const path = `/v1/plans/${id}/cameras/shop-1`;
    const put = await centre(path, { method: 'PUT', json: place });
    expect(await put.json()).toMatchObject({ id, cameras: [{ camera: 'shop-1', ...place }] });
    const wrong = await centre(path, { method: 'PUT', json: { ...place, x: 2 } });
    expect(await problem(wrong)).toEqual([400, 'invalid-request']);
    const gone = await centre(path, { method: 'DELETE' });
    expect(await gone.json()).toMatchObject({ id, cameras: [] });
  });
});

describe('a control room', () => {
  const place = { x: 0.5, y: 0.5, heading: 0, fieldOfView: 60, range: 0.3 };

  it('is given a plan that is on its screen, and nothing when the right is withdrawn', async () => {
    const plan = await uploaded('secret passage');
    const incident = shared(['view', 'plan'], { plan });
    const path = `/v1/incidents/${incident}/plans/${plan}`;
    const head = await police(path, 'rotterdam', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(disclosures()).toHaveLength(0);
    const response = await police(path);
    expect([response.headers.get('cache-control'), response.headers.get('content-type')]).toEqual([
      'no-store',
      'image/png',
    ]);
    const text = await response.text();
    expect(text).toContain('secret passage');
    expect(disclosures()).toEqual([
      expect.objectContaining({
        incident,
        actor: expect.objectContaining({ controlRoom: 'rotterdam', address: '127.0.0.1' }),
        data: expect.objectContaining({ plan, bytes: text.length }),
      }),
    ]);
    expect(await problem(await police(path, 'den-haag'))).toEqual([404, 'not-shared']);
    const terms = { cameras: ['shop-1'], rights: ['view'] as Right[] };
    harness.liveview.grant(OPERATOR, incident, 'rotterdam', terms);
    expect(await problem(await police(path))).toEqual([404, 'not-shared']);

    function disclosures() {
      const all = [...harness.deps.journal.read({ incident })];
      return all.filter(({ kind }) => kind === 'plan.disclosed');
    }
  });

  it('is told of the plans that it may ask for, and of cameras on those that it sees', async () => {
    const [shown, other] = [await uploaded('shown'), await uploaded('other')];
    for (const plan of [shown, other]) {
      for (const camera of ['shop-1', 'shop-2']) {
        harness.liveview.pictures.plans.place(OPERATOR, plan, camera, place);
      }
    }
    const incident = shared(['view', 'plan'], { plan: shown });
    const told = async (path: string, ask: typeof police | typeof centre = police) =>
      ((await (await ask(path)).json()) as { plans: { id: string }[] }).plans;
    const plans = await told(`/v1/incidents/${incident}`);
    expect(plans.find(({ id }) => id === shown)).toEqual({
      ...{ id: shown, name: 'shown', width: 400, height: 300 },
      cameras: [{ camera: 'shop-1', ...place }],
    });
    expect(plans.find(({ id }) => id === other)).toMatchObject({ name: 'other', cameras: [] });
    const own = await told(`/v1/incidents/${incident}`, centre);
    expect(own.find(({ id }) => id === other)).toMatchObject({
      cameras: [{ camera: 'shop-1' }, { camera: 'shop-2' }],
    });
    const terms = { cameras: ['shop-1'], rights: ['view'] as Right[] };
    harness.liveview.grant(OPERATOR, incident, 'rotterdam', terms);
    expect(await told(`/v1/incidents/${incident}`)).toEqual([]);
  });

  it('has no list of plans and no other way to one', async () => {
    const plan = await uploaded('a');
    for (const path of ['/v1/plans', `/v1/plans/${plan}/content`, `/v1/plans/${plan}`]) {
      expect((await police(path)).status).toBe(404);
    }
  });

  it('cannot upload', async () => {
    const incident = shared(['view', 'plan']);
    for (const path of ['/v1/plans', `/v1/incidents/${incident}/images`]) {
      const body = form({ site: 'jeweller', name: 'a' }, 'x');
      expect((await police(path, 'rotterdam', { method: 'POST', body })).status).toBe(404);
    }
  });

  it('hears of a screen without the plan when the plan is removed, in one message', async () => {
    const plan = await uploaded('a');
    const incident = shared(['view', 'plan'], { plan }, { camera: 'shop-1' });
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'follow', incident });
    await socket.next('screen', ({ tiles }) => 'plan' in (tiles[0] ?? {}));
    await harness.liveview.pictures.plans.remove(OPERATOR, plan);
    await socket.settled();
    expect(socket.of('screen').map(({ tiles }) => tiles)).toEqual([
      [{ plan }, { camera: 'shop-1' }],
      [{ empty: true }, { camera: 'shop-1' }],
    ]);
  });
});

describe('an image of an incident', () => {
  it('is uploaded, shown and removed', async () => {
    const incident = shared(['view', 'plan']);
    const path = `/v1/incidents/${incident}/images`;
    const response = await upload(form({ name: 'Getuige' }, 'x'), path);
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    expect(await problem(await police(`${path}/${id}`))).toEqual([404, 'not-shared']);
    harness.liveview.setScreen(OPERATOR, incident, { tiles: [{ image: id }], focus: null });
    expect(await (await police(`${path}/${id}`)).text()).toBe('made of x page undefined');
    expect((await centre(`${path}/${id}`)).status).toBe(200);
    expect((await centre(`${path}/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await problem(await police(`${path}/${id}`))).toEqual([404, 'not-shared']);
    expect(await problem(await centre(`${path}/${id}`))).toEqual([404, 'unknown-image']);
  });

  it('is what a camera shows now: taken against a permit, journalled as a viewing, made anew', async () => {
    const incident = shared(['view', 'plan']);
    const response = await centre(`/v1/incidents/${incident}/stills`, {
      ...{ method: 'POST', json: { camera: 'shop-1' } },
    });
    expect(response.status).toBe(201);
    const image = (await response.json()) as { id: string };
    expect(image).toMatchObject({ name: 'Winkel', camera: 'shop-1' });
    const content = await centre(`/v1/incidents/${incident}/images/${image.id}`);
    expect(await content.text()).toBe('made of a camera as it is now page undefined');
    await until('the viewing is over', () => kinds(incident).includes('viewing.ended'));
    const viewings = kinds(incident).filter((kind) => kind.startsWith('viewing.'));
    expect(viewings).toEqual(['viewing.started', 'viewing.ended']);
    expect(kinds(incident)).toContain('image.added');
  });

  it.each([
    ['of a camera of another site', { camera: 'square-1' }, 422, 'camera-not-at-site'],
    ['of a camera that there is not', { camera: 'nothing' }, 404, 'unknown-camera'],
    ['of nothing', {}, 400, 'invalid-request'],
  ])('is not a still %s', async (_what, json, status, code) => {
    const incident = shared(['view']);
    const path = `/v1/incidents/${incident}/stills`;
    expect(await problem(await centre(path, { method: 'POST', json }))).toEqual([status, code]);
    expect(kinds(incident)).not.toContain('viewing.started');
  });

  function kinds(incident: string): string[] {
    return [...harness.deps.journal.read({ incident })].map(({ kind }) => kind);
  }
});

it('the layout of a screen is kept and told, and holds as many tiles as it has', async () => {
  const incident = shared(['view'], { camera: 'shop-1' });
  const path = `/v1/incidents/${incident}/screen`;
  const tiles = [{ camera: 'shop-1' }, { camera: 'shop-2' }];
  const put = (json: object) => centre(path, { method: 'PUT', json });
  const answer = (await (await put({ tiles, layout: '2x2' })).json()) as object;
  expect(answer).toMatchObject({ screen: { tiles, focus: null, layout: '2x2' } });
  expect(await problem(await put({ tiles, layout: '1' }))).toEqual([400, 'invalid-request']);
  expect(await problem(await put({ tiles, layout: '5x5' }))).toEqual([400, 'invalid-request']);
  expect(await (await put({ tiles })).json()).toMatchObject({ screen: { tiles, focus: null } });
});
