/** Logging in at a directory that is a real OpenID provider, in a process of its own. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenIdTerms } from '../../src/access/openid/terms.ts';
import { systemClock } from '../../src/core/clock.ts';
import { CLIENT_ID, CLIENT_SECRET, DirectoryProcess } from '../support/openid/directory.ts';
import { termsOf } from '../support/openid/terms.ts';
import { Visitor } from '../support/openid/visitor.ts';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';

const CALLBACK = '/v1/session/openid/callback';
const PEOPLE = {
  olga: { name: 'Olga de Vries', groups: ['cleaners', 'operators-jeweller'] },
  both: { groups: ['operators-jeweller', 'operators-square'] },
  sara: { preferred_username: 'sara@centre.example', groups: 'supervisors' },
  nobody: { name: 'N. O. Body', groups: ['cleaners', '__proto__', 'constructor'] },
  many: { groups: Array.from({ length: 100_000 }, (_, index) => `group-${index}`) },
  hostile: {
    name: '\u001b[2J\u202eolga\r\n<script>alert(1)</script>\u0000'.repeat(9),
    groups: ['operators-square'],
  },
  'admin\u00e9': { groups: ['supervisors'] },
};

/** Ahead of what it is; whoever waits for time to pass moves it. */
let aheadMs = 0;
let harness: Harness;
/** Wants more of a login at the directory than a password. */
let strict: Harness;
let directory: DirectoryProcess;
beforeAll(async () => {
  directory = await DirectoryProcess.launch();
  const clock = {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + aheadMs,
    unixUs: () => systemClock.unixUs(),
  };
  harness = await new Harness({ clock, openid: (url) => terms(directory.issuer, url) }).start();
  await harness.addUser('olga', 'admin');
  strict = await new Harness({
    openid: (url) => terms(directory.issuer, url, ['pwd', 'mfa']),
  }).start();
  const gatewayUrls = [harness, strict].map((each) => each.url('centre', ''));
  await directory.serve({ people: PEOPLE, gatewayUrls });
});
afterAll(async () => {
  await harness?.stop();
  await strict?.stop();
  await directory?.stop();
});

const ROLES = [
  { value: 'supervisors', role: 'supervisor' },
  { value: 'operators-jeweller', role: 'operator', sites: ['jeweller'] },
  { value: 'operators-square', role: 'operator', sites: ['square'] },
] as const;

/** The address of the gateway is known when it has started. */
function terms(issuer: string, url: () => string, requireAmr: string[] = []): OpenIdTerms {
  const fixed = termsOf(issuer, { scopes: ['profile', 'groups'], roles: ROLES, requireAmr });
  return Object.defineProperty({ ...fixed }, 'redirectUrl', { get: () => url() + CALLBACK });
}

const centre = (path = '') => harness.url('centre', path);

/** Where the gateway sends a browser that wants to log in at the directory. */
async function begin(visitor: Visitor): Promise<string> {
  const response = await visitor.ask(centre('/v1/session/openid'), { method: 'POST' });
  expect(response.status).toBe(200);
  return ((await response.json()) as { url: string }).url;
}

/** Where the gateway sends a browser that came back with this. */
async function comeBack(visitor: Visitor, address: string): Promise<string | null> {
  const response = await visitor.ask(address);
  expect(response.status).toBe(303);
  return response.headers.get('location');
}

async function logIn(visitor: Visitor, who: string): Promise<string | null> {
  return comeBack(visitor, await visitor.logInAt(await begin(visitor), who));
}

async function session(visitor: Visitor) {
  const response = await visitor.ask(centre('/v1/session'));
  return response.status === 200 ? await response.json() : response.status;
}

const journalled = (kind: string) =>
  [...harness.deps.journal.read()]
    .filter((entry) => entry.kind === kind)
    .map(({ actor, data }) => ({ user: actor.user, ...data }));

describe('a login at the directory', () => {
  it('gives the role and the sites of the claims, under a name that no local user has', async () => {
    const visitor = new Visitor();
    expect(await logIn(visitor, 'olga')).toBe('/');
    expect(await session(visitor)).toMatchObject({
      ...{ user: 'openid:olga', name: 'Olga de Vries', role: 'operator', sites: ['jeweller'] },
    });
    expect(await (await visitor.ask(centre('/v1/sites'))).json()).toHaveLength(1);
    expect((await visitor.ask(centre('/v1/journal'))).status).toBe(403);
    expect(journalled('session.opened').at(-1)).toMatchObject({
      ...{ user: 'openid:olga', name: 'Olga de Vries', side: 'centre' },
    });
    // The local user of that name is another, with a role of her own.
    const local = await harness.logIn('centre', 'olga');
    const mine = await harness.fetch('centre', '/v1/session', { headers: { cookie: local } });
    expect(await mine.json()).toMatchObject({ user: 'olga', role: 'admin' });
  });

  it('adds the sites of all groups of one role, and takes the first role that fits', async () => {
    const both = new Visitor();
    await logIn(both, 'both');
    expect(await session(both)).toMatchObject({ role: 'operator', sites: ['jeweller', 'square'] });
    const sara = new Visitor();
    await logIn(sara, 'sara');
    const told = await session(sara);
    expect(told).toMatchObject({ role: 'supervisor', name: 'sara@centre.example' });
    expect(told).not.toHaveProperty('sites');
  });

  it('asks for a code with S256, a state and a nonce, and tells the browser nothing else', async () => {
    const visitor = new Visitor();
    const url = new URL(await begin(visitor));
    const { searchParams: asked } = url;
    expect(Object.fromEntries(asked)).toMatchObject({
      ...{ response_type: 'code', code_challenge_method: 'S256', client_id: CLIENT_ID },
      ...{ redirect_uri: centre(CALLBACK), scope: 'openid profile groups' },
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    }
    const [cookie = ''] = visitor.cookies(centre()).values();
    for (const secret of [CLIENT_SECRET, asked.get('nonce') ?? '', asked.get('state') ?? '']) {
      expect(Buffer.from(cookie, 'base64url').includes(secret)).toBe(false);
      expect(cookie).not.toContain(secret);
    }
  });

  it('sets a cookie of the login as any other, and one of the way there that only this browser has', async () => {
    const visitor = new Visitor();
    const begun = await visitor.ask(centre('/v1/session/openid'), { method: 'POST' });
    expect(begun.headers.get('set-cookie')).toMatch(
      /^liveview-openid=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const { url } = (await begun.json()) as { url: string };
    const response = await visitor.ask(await visitor.logInAt(url, 'olga'));
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^liveview-openid=; Max-Age=0;/),
      expect.stringMatching(/^liveview-centre=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
  });

  it('makes somebody a colleague, by name, for as long as they are logged in', async () => {
    const [olga, sara] = [new Visitor(), new Visitor()];
    await logIn(olga, 'olga');
    await logIn(sara, 'sara');
    const colleagues = async () => (await sara.ask(centre('/v1/colleagues'))).json();
    const mine = { user: 'openid:olga', name: 'Olga de Vries', role: 'operator' };
    expect(await colleagues()).toContainEqual(mine);
    const { id } = harness.liveview.openIncident(
      { user: 'openid:sara', role: 'supervisor' },
      { type: 'fire', site: 'jeweller', summary: '', cameras: ['shop-1'] },
    );
    const json = { 'content-type': 'application/json' };
    const offer = (to: string) =>
      sara.ask(centre(`/v1/incidents/${id}/handover`), {
        ...{ method: 'PUT', headers: json, body: JSON.stringify({ to }) },
      });
    expect((await offer('openid:nobody')).status).toBe(404);
    expect((await offer('openid:olga')).status).toBe(200);
    const taken = await olga.ask(centre(`/v1/incidents/${id}/handover/accept`), {
      ...{ method: 'POST', headers: json, body: '{}' },
    });
    expect(await taken.json()).toMatchObject({ responsible: 'openid:olga' });
    // Each of her logins, those of other tests among them.
    harness.sessions.endOfDirectory({ username: 'openid:olga' });
    expect(await colleagues()).not.toContainEqual(mine);
  });

  it('refuses whom nothing gives a role, and says so in the journal by name', async () => {
    const visitor = new Visitor();
    expect(await logIn(visitor, 'nobody')).toBe('/#login=openid-no-role');
    expect(await session(visitor)).toBe(401);
    expect(journalled('session.refused').at(-1)).toMatchObject({
      ...{ user: 'openid:nobody', side: 'centre', reason: 'no-role' },
    });
  });

  it('wants what the configuration wants of the login at the directory', async () => {
    const begun = async (visitor: Visitor) => {
      const url = strict.url('centre', '/v1/session/openid');
      return ((await (await visitor.ask(url, { method: 'POST' })).json()) as { url: string }).url;
    };
    const [with_, without] = [new Visitor(), new Visitor()];
    const poor = await without.logInAt(await begun(without), 'olga');
    expect(await comeBack(without, poor)).toBe('/#login=openid-second-factor');
    const rich = await with_.logInAt(await begun(with_), 'olga', { telephone: 'on' });
    expect(await comeBack(with_, rich)).toBe('/');
  });

  it('refuses whoever called it off', async () => {
    expect(await logIn(new Visitor(), '')).toBe('/#login=openid-denied');
  });

  it('refuses a token of a hundred thousand groups: it is longer than an answer may be', async () => {
    expect(await logIn(new Visitor(), 'many')).toBe('/#login=openid-failed');
  });

  it('refuses a subject that is no name', async () => {
    expect(await logIn(new Visitor(), 'admin\u00e9')).toBe('/#login=openid-failed');
  });

  it('shows a hostile name as one short line', async () => {
    const visitor = new Visitor();
    expect(await logIn(visitor, 'hostile')).toBe('/');
    const { name } = (await session(visitor)) as { name: string };
    expect(name).toMatch(/^\[2J olga <script>alert\(1\)<\/script> \[2J olga/);
    expect(name.length).toBeLessThanOrEqual(64);
    expect(name).not.toMatch(/\p{C}/u);
  });
});

describe('what comes back from the directory', () => {
  it('is taken once', async () => {
    const visitor = new Visitor();
    const url = await begin(visitor);
    const [name = '', value = ''] = [...visitor.cookies(centre())][0] ?? [];
    const back = await visitor.logInAt(url, 'olga');
    expect(await comeBack(visitor, back)).toBe('/');
    // With the cookie that was taken away, as whoever copied both would.
    const headers = { cookie: `${name}=${value}` };
    const again = await fetch(back, { headers, redirect: 'manual' });
    expect(again.headers.get('location')).toBe('/#login=openid-expired');
  });

  it('is refused in another browser, and in one that began another login', async () => {
    const mine = new Visitor();
    const back = await mine.logInAt(await begin(mine), 'olga');
    const stranger = new Visitor();
    expect(await comeBack(stranger, back)).toBe('/#login=openid-expired');
    await begin(stranger);
    expect(await comeBack(stranger, back)).toBe('/#login=openid-expired');
    expect(await session(stranger)).toBe(401);
    expect(await comeBack(mine, back)).toBe('/');
  });

  it.each<[string, (answer: URLSearchParams) => void, string]>([
    ['another state', (answer) => answer.set('state', 'x'.repeat(43)), 'openid-expired'],
    ['no state', (answer) => answer.delete('state'), 'openid-expired'],
    ['another issuer', (answer) => answer.set('iss', 'https://evil.example'), 'openid-failed'],
    ['no issuer', (answer) => answer.delete('iss'), 'openid-failed'],
    ['another code', (answer) => answer.set('code', 'guessed'), 'openid-failed'],
    ['no code', (answer) => answer.delete('code'), 'openid-failed'],
    ['an error besides', (answer) => answer.set('error', 'access_denied'), 'openid-denied'],
  ])('is refused with %s', async (_, change, code) => {
    const visitor = new Visitor();
    const back = new URL(await visitor.logInAt(await begin(visitor), 'olga'));
    change(back.searchParams);
    expect(await comeBack(visitor, back.href)).toBe(`/#login=${code}`);
    expect(await session(visitor)).toBe(401);
  });

  it('is refused after ten minutes', async () => {
    const visitor = new Visitor();
    const back = await visitor.logInAt(await begin(visitor), 'olga');
    aheadMs += 10 * 60_000;
    expect(await comeBack(visitor, back)).toBe('/#login=openid-expired');
  });

  it('is refused when a parameter is there twice or too long', async () => {
    const visitor = new Visitor();
    const back = await visitor.logInAt(await begin(visitor), 'olga');
    const twice = await visitor.ask(`${back}&code=another`);
    expect([twice.status, await twice.json()]).toMatchObject([400, { code: 'invalid-request' }]);
    const long = await visitor.ask(`${centre(CALLBACK)}?code=${'x'.repeat(9_000)}`);
    expect(long.status).toBe(400);
  });

  it('may be refused so many times from one address; a login that succeeds does not count', async () => {
    const codes = new Set<string | null>();
    for (let time = 0; time < 40; time += 1) {
      const visitor = new Visitor();
      const { searchParams } = new URL(await begin(visitor));
      const answer = new URLSearchParams({
        ...{ code: 'guessed', state: searchParams.get('state') ?? '', iss: directory.issuer },
      });
      codes.add(await comeBack(visitor, `${centre(CALLBACK)}?${answer}`));
    }
    expect([...codes]).toEqual(['/#login=openid-failed', '/#login=login-too-often']);
    aheadMs += 60_000;
    expect(await logIn(new Visitor(), 'olga')).toBe('/');
  });
});

describe('the routes', () => {
  it('say how people log in, at the centre alone', async () => {
    const ways = await harness.fetch('centre', '/v1/session/ways');
    expect(await ways.json()).toEqual({
      password: true,
      openid: { name: { nl: 'Directory', en: 'Directory' } },
    });
    for (const [method, path] of [
      ['GET', '/v1/session/ways'],
      ['POST', '/v1/session/openid'],
      ['GET', CALLBACK],
      ['POST', '/v1/session/openid/logout'],
    ] as const) {
      const { status } = await harness.fetch('police', path, { method });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  it('begin nothing for a page of somebody else', async () => {
    const headers = { origin: 'https://evil.example' };
    const refused = await harness.fetch('centre', '/v1/session/openid', {
      ...{ method: 'POST', headers },
    });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('set-cookie')).toBeNull();
  });

  it('say that there is no directory where none is configured, and let local users in unless told', async () => {
    const plain = await new Harness().start();
    const none = await plain.fetch('centre', '/v1/session/openid', { method: 'POST' });
    expect([none.status, await none.json()]).toMatchObject([
      422,
      { code: 'openid-not-configured' },
    ]);
    expect(await (await plain.fetch('centre', '/v1/session/ways')).json()).toEqual({
      password: true,
    });
    await plain.stop();
    const { login } = harness.deps.openid ?? {};
    if (!login) throw new Error('the harness has no directory');
    const openid = { login, name: { nl: 'x', en: 'y' }, localUsers: false };
    const closed = await new Harness({ deps: { openid } }).start();
    await closed.addUser('olga', 'operator');
    await closed.addUser('dora', 'dispatcher', 'rotterdam');
    await expect(closed.logIn('centre', 'olga')).rejects.toThrow(/local-login-off/);
    expect(await closed.logIn('police', 'dora').catch(String)).toMatch(/^liveview-/);
    await closed.stop();
  });
});

describe('a login of the directory that is over', () => {
  it('by its own log out', async () => {
    const visitor = new Visitor();
    await logIn(visitor, 'olga');
    expect((await visitor.ask(centre('/v1/session'), { method: 'DELETE' })).status).toBe(204);
    expect(await session(visitor)).toBe(401);
  });

  it('by another in the same browser, once that leads to somebody', async () => {
    const visitor = new Visitor();
    await logIn(visitor, 'sara');
    const cookie = [...visitor.cookies(centre())].map((pair) => pair.join('=')).join('; ');
    const socket = harness.connect('centre', '/v1/live', { headers: { cookie } });
    const { session: before } = await socket.hello();
    const back = await visitor.logInAt(await begin(visitor), 'sara');
    const denied = new URL(back);
    denied.search = '?error=access_denied';
    expect(await comeBack(visitor, denied.href)).toMatch(/^\/#login=/);
    await socket.settled();
    expect(socket.closed).toBeUndefined();
    expect(await logIn(visitor, 'sara')).toBe('/');
    await until('the socket is cut', () => socket.closed);
    expect(journalled('session.closed').at(-1)).toMatchObject({ session: before });
    expect(await session(visitor)).toMatchObject({ user: 'openid:sara' });
  });

  it('because somebody logged out at the directory: its sockets are cut', async () => {
    const visitor = new Visitor();
    const other = new Visitor();
    await logIn(visitor, 'sara');
    await logIn(other, 'olga');
    const cookie = [...visitor.cookies(centre())].map((pair) => pair.join('=')).join('; ');
    const socket = harness.connect('centre', '/v1/live', { headers: { cookie } });
    await socket.hello();
    const out = await visitor.ask(`${directory.issuer}/session/end`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(await out.text())?.[1] ?? '';
    await visitor.ask(`${directory.issuer}/session/end/confirm`, {
      ...{ method: 'POST', body: new URLSearchParams({ xsrf, logout: 'yes' }) },
    });
    await until('the socket is cut', () => socket.closed);
    expect(await session(visitor)).toBe(401);
    expect(await session(other)).toMatchObject({ user: 'openid:olga' });
    expect(journalled('session.ended-by-directory').at(-1)).toMatchObject({ user: 'openid:sara' });
  });
});
