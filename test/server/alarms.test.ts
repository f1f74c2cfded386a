import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallerRole } from '../../src/access/role.ts';
import { parseConfig } from '../../src/config/load.ts';
import { ConfiguredDirectory } from '../../src/gateway/directory.ts';
import { webhookReport } from '../../src/gateway/intake/webhook.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { AlarmView } from '../../src/server/views.ts';
import { Harness } from './harness.ts';

const config = parseConfig(
  `
sites: [{ id: jeweller, name: Juwelier }, { id: square, name: Plein }]
cameras:
  - { id: shop-1, site: jeweller, onvif: { host: 192.0.2.1 } }
  - { id: shop-2, site: jeweller, onvif: { host: 192.0.2.3 } }
  - { id: square-1, site: square, onvif: { host: 192.0.2.2 } }
alarms:
  webhook:
    - token: source
      sites: [jeweller]
      types:
        glass:
          kind: burglary
          text: { nl: Glasbreuk, en: Glass broken }
          cameras: [shop-1]
`,
  'c.yaml',
);

const { cameras } = new ConfiguredDirectory(config);

let h: Harness;
beforeEach(async () => {
  h = await new Harness({
    deps: { sourceReport: (token, told) => webhookReport(config.alarms, cameras, token, told) },
  }).start();
});
afterEach(() => h.stop());

async function call<T = AlarmView>(
  role: CallerRole,
  method: string,
  path: string,
  json?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: T & { code?: string; detail?: string } }> {
  const token = h.token(role);
  const init = { method, token, headers, ...(json === undefined ? {} : { json }) };
  const response = await h.fetch('centre', path, init);
  return { status: response.status, body: (await response.json()) as never };
}
const raise = (json: object, headers?: Record<string, string>) =>
  call('source', 'POST', '/v1/alarms', json, headers);
const HOLD_UP = { site: 'jeweller', kind: 'hold-up' };
const raised = async (json: object = HOLD_UP) =>
  (await call('operator', 'POST', '/v1/alarms', json)).body.id;

describe('a program that tells of an alarm', () => {
  it('is answered that it was taken, and no more', async () => {
    const { status, body } = await raise({ type: 'glass', details: { pane: 2, armed: true } });
    expect([status, Object.keys(body).sort()]).toEqual([201, ['at', 'id', 'repeats', 'state']]);
    expect(h.liveview.alarm(body.id)).toMatchObject({
      source: { type: 'webhook', id: 'source' },
      site: 'jeweller',
      kind: 'burglary',
      priority: 2,
      text: { nl: 'Glasbreuk', en: 'Glass broken' },
      cameras: ['shop-1'],
      details: { pane: '2', armed: 'true' },
    });
    const [entry] = [...h.deps.journal.read()];
    expect(entry).toMatchObject({
      kind: 'alarm.raised',
      actor: { user: 'source', role: 'source', address: '127.0.0.1' },
    });
  });

  it('may say all of it itself', async () => {
    const { body } = await raise({
      ...{ kind: 'fire', priority: 3, text: 'Smoke', cameras: ['shop-2'], key: 'smoke' },
      occurredAt: '2026-05-01T22:38:07+02:00',
    });
    expect(h.liveview.alarm(body.id)).toMatchObject({
      kind: 'fire',
      priority: 3,
      text: { nl: 'Smoke', en: 'Smoke' },
      cameras: ['shop-2'],
      occurredAt: '2026-05-01T20:38:07.000Z',
    });
  });

  it('tells once what it tells twice by one key, in the header or in the body', async () => {
    const first = await raise({ type: 'glass' }, { 'idempotency-key': '"k-1"' });
    const again = await raise({ type: 'glass' }, { 'idempotency-key': 'k-1' });
    const inBody = await raise({ type: 'glass', idempotencyKey: 'k-1' });
    expect([again.status, inBody.status]).toEqual([200, 200]);
    for (const { body } of [again, inBody]) expect(body).toEqual(first.body);
    const other = await raise({ type: 'glass' }, { 'idempotency-key': 'k-2' });
    expect(other).toMatchObject({
      status: 200,
      body: { id: first.body.id, repeats: { count: 1 } },
    });
  });

  it.each<[string, object, Record<string, string>, number, string]>([
    ['a site that is not its own', { type: 'glass', site: 'square' }, {}, 403, 'site-not-allowed'],
    ['a type that is not configured', { type: 'door' }, {}, 422, 'unknown-type'],
    ['a type that is a word of JavaScript', { type: 'constructor' }, {}, 422, 'unknown-type'],
    ['neither type nor kind', {}, {}, 400, 'invalid-request'],
    ['a field that there is not', { type: 'glass', sites: ['x'] }, {}, 400, 'invalid-request'],
    ['a camera that there is not', { kind: 'fire', cameras: ['x'] }, {}, 403, 'site-not-allowed'],
    [
      'a camera of a site that is not its own',
      { kind: 'fire', cameras: ['shop-1', 'square-1'] },
      {},
      403,
      'site-not-allowed',
    ],
    [
      'two keys',
      { type: 'glass', idempotencyKey: 'a' },
      { 'idempotency-key': 'b' },
      400,
      'invalid-request',
    ],
    [
      'no key in the header',
      { type: 'glass' },
      { 'idempotency-key': '""' },
      400,
      'invalid-request',
    ],
    ['very much', { type: 'glass', details: { x: 'x'.repeat(501) } }, {}, 400, 'invalid-request'],
  ])('is refused with %s, and nothing is written', async (_, json, headers, status, code) => {
    expect(await raise(json, headers)).toMatchObject({ status, body: { code } });
    expect(h.liveview.alarms()).toEqual([]);
  });

  it('is refused when another report was told by its key', async () => {
    await raise({ type: 'glass', idempotencyKey: 'k' });
    for (const told of [{ kind: 'fire' }, { type: 'glass', details: { pane: 'right' } }]) {
      const other = await raise({ ...told, idempotencyKey: 'k' });
      expect(other).toMatchObject({ status: 422, body: { code: 'report-name-taken' } });
    }
  });

  it('is the same report when it is told again in another order', async () => {
    const first = await raise({ type: 'glass', details: { a: '1', b: 2 }, idempotencyKey: 'k' });
    const again = await raise({ idempotencyKey: 'k', details: { b: 2, a: '1' }, type: 'glass' });
    expect(again).toMatchObject({
      status: 200,
      body: { id: first.body.id, repeats: { count: 0 } },
    });
  });

  it('is refused without a source that is configured for its token', async () => {
    const { secret } = h.tokens.issue({ name: 'stranger', role: 'source' });
    const init = {
      method: 'POST',
      token: secret.reveal(),
      json: { kind: 'fire', site: 'jeweller' },
    };
    const response = await h.fetch('centre', '/v1/alarms', init);
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { code: 'source-not-configured' },
    ]);
  });

  it.each([
    ['GET', '/v1/alarms'],
    ['GET', '/v1/incidents'],
    ['GET', '/v1/sites'],
  ])('may not %s %s', async (method, path) => {
    expect((await call('source', method, path)).status).toBe(403);
  });
});

describe('an operator', () => {
  it('raises an alarm by the button, and by the button again not another', async () => {
    const { status, body } = await call('operator', 'POST', '/v1/alarms', HOLD_UP);
    expect([status, body]).toMatchObject([
      201,
      {
        source: { type: 'operator', id: 'operator' },
        priority: 1,
        text: { nl: 'Overvalmelding', en: 'Hold-up alarm' },
        cameras: ['shop-1', 'shop-2'],
        alongside: [],
      },
    ]);
    const again = await call('operator', 'POST', '/v1/alarms', HOLD_UP);
    expect(again).toMatchObject({ status: 200, body: { id: body.id, repeats: { count: 1 } } });
  });

  it.each([[{ site: 'jeweller' }], [{ kind: 'fire' }], [{ ...HOLD_UP, type: 'glass' }]])(
    'is refused who says %j',
    async (json) => {
      expect((await call('operator', 'POST', '/v1/alarms', json)).status).toBe(400);
    },
  );

  it('looks, lets go, verifies, opens an incident from it, and it ends with that', async () => {
    const id = await raised();
    const path = `/v1/alarms/${id}`;
    const looking = await call('operator', 'POST', `${path}/look`);
    expect(looking.body.verification).toMatchObject({ status: 'looking', by: 'operator' });
    const taken = { status: 'false', cause: 'mistake' };
    expect(await call('supervisor', 'POST', `${path}/verification`, taken)).toMatchObject({
      status: 409,
      body: { code: 'alarm-taken' },
    });
    const free = await call('operator', 'DELETE', `${path}/look`);
    expect(free.body.verification).toEqual({ status: 'unverified' });
    const judgement = { status: 'verified', method: 'camera', note: 'two men' };
    const verified = await call('supervisor', 'POST', `${path}/verification`, judgement);
    expect(verified.body.verification).toMatchObject({ ...judgement, by: 'supervisor' });

    const opened = await call<Incident>('operator', 'POST', '/v1/incidents', { alarm: id });
    expect(opened).toMatchObject({
      status: 201,
      body: { type: 'robbery', site: 'jeweller', summary: 'Overvalmelding' },
    });
    const second = await raised({ ...HOLD_UP, kind: 'fire' });
    const linked = { incident: opened.body.id };
    const added = await call('operator', 'PUT', `/v1/alarms/${second}/incident`, linked);
    expect(added.body.incident).toBe(opened.body.id);
    const list = await call<AlarmView[]>(
      'operator',
      'GET',
      `/v1/alarms?incident=${opened.body.id}`,
    );
    expect(list.body.map((each) => each.id)).toEqual([id, second]);

    await call('operator', 'POST', `/v1/incidents/${opened.body.id}/close`, {
      outcome: 'resolved',
    });
    expect((await call('operator', 'GET', path)).body).toMatchObject({ state: 'ended' });
  });

  it('ends what is handled, and finds alarms by what they are', async () => {
    const first = await raised();
    const second = await raised({ site: 'square', kind: 'fire' });
    const ended = await call('operator', 'POST', `/v1/alarms/${first}/end`, { note: 'called' });
    expect(ended.body).toMatchObject({ state: 'ended', endNote: 'called' });
    const found = async (query: string) =>
      (await call<AlarmView[]>('auditor', 'GET', `/v1/alarms${query}`)).body.map(({ id }) => id);
    expect(await found('')).toEqual([first, second]);
    expect(await found('?state=open')).toEqual([second]);
    expect(await found('?state=ended')).toEqual([first]);
    expect(await found('?site=square')).toEqual([second]);
    expect(await found('?kind=hold-up')).toEqual([first]);
    expect(await found('?limit=0')).toEqual([second]);
    expect(await found(`?before=${second}`)).toEqual([first]);
    expect(await found('?site=square&limit=0')).toEqual([second]);
    const again = await call('operator', 'POST', `/v1/alarms/${first}/end`, {});
    expect(again).toMatchObject({ status: 409, body: { code: 'alarm-ended' } });
    expect((await call('operator', 'GET', '/v1/alarms/none')).status).toBe(404);
  });

  it('is shown together what several buttons told', async () => {
    const button = { site: 'jeweller', kind: 'hold-up' };
    const first = await raised({ ...button, key: 'counter' });
    const second = await call('operator', 'POST', '/v1/alarms', { ...button, key: 'office' });
    expect(second.body.alongside).toEqual([first]);
  });
});

describe('the live socket', () => {
  it('tells the centre of every alarm, those that are open already first', async () => {
    const before = await raised();
    const over = await raised({ ...HOLD_UP, kind: 'fire' });
    await call('operator', 'POST', `/v1/alarms/${over}/end`, {});
    const socket = await h.live('centre', 'operator');
    await socket.settled();
    expect(socket.of('alarm').map(({ alarm }) => alarm.id)).toEqual([before]);
    const { body } = await raise({ type: 'glass' });
    const { alarm } = await socket.next('alarm', (each) => each.alarm.id === body.id);
    expect(alarm).toMatchObject({ kind: 'burglary', alongside: [before, over] });
    await call('operator', 'POST', `/v1/alarms/${body.id}/look`);
    await socket.next('alarm', (each) => each.alarm.verification.status === 'looking');
  });

  it('tells no control room of alarms, but of what its incident was opened from', async () => {
    const id = await raised();
    const { id: incident } = h.liveview.openIncident(
      { user: 'o', role: 'operator' },
      { alarm: id },
    );
    h.liveview.grant({ user: 'o', role: 'operator' }, incident, 'rotterdam', {
      cameras: ['shop-1'],
      rights: ['view'],
    });
    const police = await h.live('police', 'dispatcher', 'rotterdam');
    const source = await h.live('centre', 'source');
    const judgement = { status: 'verified', method: 'witness', note: 'Mrs Jansen upstairs' };
    await call('operator', 'POST', `/v1/alarms/${id}/verification`, judgement);
    const told = await police.next(
      'incident',
      (each) => each.incident.alarms?.[0]?.verification.status === 'verified',
    );
    expect(told.incident.alarms?.[0]?.verification).toEqual({
      ...{ status: 'verified', method: 'witness', by: 'operator' },
      at: expect.any(String),
    });
    await police.settled();
    await source.settled();
    expect([...police.of('alarm'), ...source.of('alarm')]).toEqual([]);
    expect(JSON.stringify(police.received)).not.toContain('Jansen');
    const token = h.token('dispatcher', 'rotterdam');
    expect((await h.fetch('police', '/v1/alarms', { token })).status).toBe(404);
  });
});
