import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newTotpSecret } from '../../src/access/second-factor.ts';
import { fromBase32, totpCode, totpStep } from '../../src/access/totp.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { Harness, PASSWORD } from './harness.ts';

describe('logging in', () => {
  let harness: Harness;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    const deps = { allowedOrigins: ['https://proxy.example', 'http://wall.example'] };
    harness = await new Harness({ clock, deps }).start();
    await harness.addUser('olga', 'operator');
    await harness.addUser('dora', 'dispatcher', 'rotterdam');
  });
  afterEach(() => harness.stopAt(clock));

  const kinds = () => [...harness.deps.journal.read()].map(({ kind, data }) => ({ kind, ...data }));
  const post = (json: unknown, headers: Record<string, string> = {}) =>
    harness.fetch('centre', '/v1/session', { method: 'POST', json, headers });

  it('sets a cookie that no script reads and no other site sends', async () => {
    const response = await post({ username: 'olga', password: PASSWORD });
    expect(response.status).toBe(201);
    expect(response.headers.get('set-cookie')).toMatch(
      /^liveview-centre=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(await response.json()).toEqual({
      ...{ user: 'olga', role: 'operator', side: 'centre', gateway: 'Toezichtcentrale' },
      controlRooms: [
        { id: 'rotterdam', name: 'Meldkamer Rotterdam', service: 'police' },
        { id: 'den-haag', name: 'Meldkamer Den Haag', service: 'police' },
      ],
      grantMinutes: 60,
      may: expect.arrayContaining(['incident.manage', 'camera.steer', 'request.decide']),
    });
  });

  it('tells each role what it may do, as the permissions say', async () => {
    await harness.addUser('ad', 'admin');
    const cookie = await harness.logIn('centre', 'ad');
    const who = await harness.fetch('centre', '/v1/session', { headers: { cookie } });
    const { may } = (await who.json()) as { may: string[] };
    expect(may).toContain('camera.watch');
    expect(may).not.toContain('incident.manage');
    expect(may).not.toContain('camera.steer');
  });

  it('tells who is logged in, until they log out', async () => {
    const cookie = await harness.logIn('police', 'dora');
    const headers = { cookie };
    const who = await harness.fetch('police', '/v1/session', { headers });
    expect(await who.json()).toEqual({
      ...{ user: 'dora', role: 'dispatcher', side: 'police', controlRoom: 'rotterdam' },
      ...{ gateway: 'Toezichtcentrale', controlRoomName: 'Meldkamer Rotterdam' },
      may: [
        ...['console.load', 'session.open', 'session.use', 'camera.watch', 'incident.read'],
        ...['note.write', 'plan.read', 'offer.decide', 'request.make'],
      ],
      requestableSites: [],
    });
    const out = await harness.fetch('police', '/v1/session', { method: 'DELETE', headers });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^liveview-police=; Max-Age=0/);
    expect((await harness.fetch('police', '/v1/session', { headers })).status).toBe(401);
    expect(kinds()).toEqual([
      expect.objectContaining({ kind: 'session.opened', side: 'police' }),
      expect.objectContaining({ kind: 'session.closed', side: 'police' }),
    ]);
  });

  it('gives one answer for a wrong password, an unknown name and the wrong side', async () => {
    const answers = [];
    for (const [username, password] of [
      ['olga', 'not her password'],
      ['nobody', PASSWORD],
      ['dora', PASSWORD],
    ]) {
      const response = await post({ username, password });
      answers.push([response.status, await response.text()]);
      expect(response.headers.get('set-cookie')).toBeNull();
    }
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]?.[0]).toBe(401);
    expect(kinds()).toEqual([
      { kind: 'session.refused', user: 'olga', side: 'centre', reason: 'wrong-password' },
      { kind: 'session.refused', user: '(unknown)', side: 'centre', reason: 'wrong-password' },
      { kind: 'session.refused', user: 'dora', side: 'centre', reason: 'wrong-side' },
    ]);
  });

  it('ends the login that the browser had on that side, once it succeeds', async () => {
    await harness.addUser('otto', 'operator');
    const [first, other, police] = [
      await harness.logIn('centre', 'olga'),
      await harness.logIn('centre', 'olga'),
      await harness.logIn('police', 'dora'),
    ];
    const cookie = [first, police].join('; ');
    const stands = async () => {
      const asked = [first, other, police].map((each, index) =>
        harness.fetch(index === 2 ? 'police' : 'centre', '/v1/session', {
          headers: { cookie: each },
        }),
      );
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    await post({ username: 'otto', password: 'wrong wrong' }, { cookie });
    expect(await stands()).toEqual([200, 200, 200]);
    expect((await post({ username: 'otto', password: PASSWORD }, { cookie })).status).toBe(201);
    expect(await stands()).toEqual([401, 200, 200]);
    const { actor } = [...harness.deps.journal.read()].at(-1) ?? {};
    expect([kinds().at(-1)?.kind, actor?.user]).toEqual(['session.closed', 'olga']);
  });

  it('does not work with the cookie of the other side', async () => {
    const cookie = await harness.logIn('police', 'dora');
    const renamed = cookie.replace('liveview-police', 'liveview-centre');
    for (const each of [cookie, renamed]) {
      const response = await harness.fetch('centre', '/v1/session', { headers: { cookie: each } });
      expect(response.status).toBe(401);
    }
  });

  it('slows down guessing, and says when to try again', async () => {
    for (let i = 0; i < 3; i += 1) await post({ username: 'olga', password: 'wrong wrong' });
    const response = await post({ username: 'olga', password: PASSWORD });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('leaves the line for a check when the connection goes', async () => {
    const checked: [string, () => void][] = [];
    harness.users.authenticate = (name) =>
      new Promise((resolve) => checked.push([name, () => resolve(undefined)]));
    const responses: ServerResponse[] = [];
    const note = (message: unknown) =>
      responses.push((message as { response: ServerResponse }).response);
    subscribe('http.server.request.start', note);
    const begin = (username: string, signal?: AbortSignal) => {
      const json = { username, password: 'wrong wrong' };
      const init = { method: 'POST', json, ...(signal ? { signal } : {}) };
      return harness.fetch('centre', '/v1/session', init);
    };
    const running = ['a', 'b', 'c'].map((username) => begin(username));
    await until('three are checked', () => checked.length === 3);
    const gone = new AbortController();
    const fourth = begin('d', gone.signal).catch(() => 'gone');
    await until('the fourth has come', () => responses.length === 4);
    await until('the line has all of one address', async () => (await begin('e')).status === 429);
    gone.abort();
    expect(await fourth).toBe('gone');
    await until('the gateway knows', () => responses[3]?.closed);
    unsubscribe('http.server.request.start', note);
    const next = begin('f');
    for (const [, done] of checked) done();
    await until('the next is checked', () => checked.length === 4);
    checked[3]?.[1]();
    expect(checked.map(([name]) => name)).toEqual(['a', 'b', 'c', 'f']);
    const answers = await Promise.all([...running, next]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it('does not let a flood of names from one address go on', async () => {
    for (let i = 0; i < 100; i += 1) {
      await post({ username: `${i}${'x'.repeat(200)}`, password: 'wrong wrong' });
    }
    const refusals = kinds().filter(({ kind }) => kind === 'session.refused');
    expect(refusals).toHaveLength(30);
    expect(JSON.stringify(refusals[0]).length).toBeLessThan(200);
  });

  it('asks for the code of the second factor, and takes it once', async () => {
    const secret = newTotpSecret();
    const code = (steps: number) =>
      totpCode(fromBase32(secret), totpStep(clock.unixUs() / 1000) + steps);
    const recoveryCodes = harness.users.setSecondFactor('olga', secret, code(0));
    const json = { username: 'olga', password: PASSWORD };
    const answer = async (more: { code?: string }) => {
      const response = await post({ ...json, ...more });
      const { code, user } = (await response.json()) as { code?: string; user?: string };
      return [response.status, code ?? user, response.headers.has('set-cookie')];
    };
    expect(await answer({})).toEqual([401, 'second-factor-needed', false]);
    expect(await answer({ code: code(0) })).toEqual([401, 'second-factor-wrong', false]);
    expect(await answer({ code: code(1) })).toEqual([201, 'olga', true]);
    expect(await answer({ code: code(1) })).toEqual([401, 'second-factor-wrong', false]);
    expect(await answer({ code: recoveryCodes[0] ?? '' })).toEqual([201, 'olga', true]);
    expect(await answer({ code: '' })).toEqual([400, 'invalid-request', false]);
    expect(await answer({ code: '1'.repeat(65) })).toEqual([400, 'invalid-request', false]);
  });

  it('needs our own pages when a browser asks', async () => {
    const json = { username: 'olga', password: PASSWORD };
    const own = harness.listener('centre').url;
    const allowed = [own, 'https://proxy.example'];
    const refused = ['https://evil.example', 'null', own.replace('http', 'https'), `${own}0`];
    for (const origin of allowed) expect((await post(json, { origin })).status).toBe(201);
    for (const origin of refused) expect((await post(json, { origin })).status).toBe(403);
    const cookie = await harness.logIn('centre', 'olga');
    for (const origin of refused) {
      const headers = { origin, cookie };
      const out = await harness.fetch('centre', '/v1/session', { method: 'DELETE', headers });
      expect(out.status).toBe(403);
      const socket = harness.connect('centre', '/v1/live', { headers });
      await until('refused', () => socket.refused === 403);
    }
    for (const from of ['same-site', 'cross-site']) {
      const asked = { cookie, 'sec-fetch-site': from };
      expect((await harness.fetch('centre', '/v1/session', { headers: asked })).status).toBe(403);
      // Whoever is not known is told what everybody is.
      expect((await harness.fetch('centre', '/readyz', { headers: asked })).status).toBe(200);
      expect((await post(json, { 'sec-fetch-site': from })).status).toBe(403);
    }
    for (const from of ['same-origin', 'none']) {
      const asked = { cookie, 'sec-fetch-site': from };
      expect((await harness.fetch('centre', '/v1/session', { headers: asked })).status).toBe(200);
    }
    const headers = { origin: own, cookie };
    await harness.connect('centre', '/v1/live', { headers }).hello();
    const token = harness.token('operator');
    const foreign = { origin: 'https://evil.example' };
    await harness.connect('centre', '/v1/live', { token, headers: foreign }).hello();
    await harness.connect('centre', '/v1/live', { headers: foreign }).hello({ token });
  });
});

/** Of an empty login, as a page asks for it that came by this host. */
async function statusAs(harness: Harness, host: string, more: Record<string, string>) {
  const sent = request(harness.url('centre', '/v1/session'), {
    ...{ method: 'POST', headers: { host, ...more, 'content-type': 'application/json' } },
  });
  sent.end('{}');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

describe('in the clear, by a name that anybody may give this address', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness({ deps: { allowedOrigins: ['http://liveview.lan:8080'] } }).start();
  });
  afterEach(() => harness.stop());

  it.each([
    ['127.0.0.1:8080', 400],
    ['192.0.2.1', 400],
    ['localhost:8080', 400],
    ['[::1]:8080', 400],
    ['[2001:db8::1]', 400],
    ['liveview.lan:8080', 400],
    ['liveview.lan', 403],
    ['evil.example:8080', 403],
    ['evil.example', 403],
    ['localhost.evil.example:8080', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.1.', 403],
  ])('a page of %s: %d', async (host, status) => {
    expect(await statusAs(harness, host, { origin: `http://${host}` })).toBe(status);
  });
});

describe('behind a proxy that speaks TLS, where every page is its own', () => {
  let harness: Harness;
  beforeEach(async () => {
    const deps = { allowedOrigins: ['https://liveview.example', 'https://wall.example'] };
    harness = await new Harness({ deps }).start();
  });
  afterEach(() => harness.stop());

  it.each([
    ['centre', 'olga', 'operator'],
    ['police', 'dora', 'dispatcher'],
  ] as const)(
    'the cookie of the %s is sent by TLS alone, and no other host can set it',
    async (side, username, role) => {
      await harness.addUser(username, role, role === 'dispatcher' ? 'rotterdam' : undefined);
      const headers = { origin: 'https://liveview.example' };
      const json = { username, password: PASSWORD };
      const opened = await harness.fetch(side, '/v1/session', { method: 'POST', json, headers });
      const set = opened.headers.get('set-cookie') ?? '';
      expect(set).toMatch(
        /^__Host-liveview-\w+=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
      expect(opened.headers.get('strict-transport-security')).toBe('max-age=31536000');
      const [cookie = ''] = set.split(';');
      const status = async (sent: string) =>
        (await harness.fetch(side, '/v1/session', { headers: { cookie: sent } })).status;
      expect(await status(cookie)).toBe(200);
      // As a neighbour could set it, in the clear.
      expect(await status(cookie.replace('__Host-', ''))).toBe(401);
    },
  );

  it('a page of another host may not act, nor one of the proxy or of the listener in the clear', async () => {
    const token = harness.token('operator');
    const { host: own, origin: ownOrigin } = new URL(harness.url('centre', ''));
    for (const [host, origin] of [
      ['liveview.example', 'http://liveview.example'],
      ['liveview.example', 'https://other.example'],
      ['other.example', 'https://other.example'],
      [own, ownOrigin],
    ] as const) {
      expect([origin, await statusAs(harness, host, { origin })]).toEqual([origin, 403]);
      const from = { origin, 'sec-fetch-site': 'same-origin' };
      expect([origin, await statusAs(harness, host, from)]).toEqual([origin, 403]);
    }
    expect(
      await statusAs(harness, 'liveview.example', { origin: 'https://liveview.example' }),
    ).toBe(400);
    expect(await statusAs(harness, 'liveview.example', {})).toBe(400);
    const authorization = `Bearer ${token}`;
    expect(await statusAs(harness, own, { origin: ownOrigin, authorization })).toBe(400);
  });
});
