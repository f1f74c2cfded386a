import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Incident } from '../../../src/liveview/model.ts';
import { ApiCaller } from '../../support/api-caller.ts';
import { launchBrowser, openPage } from '../../support/browser.ts';
import { commandOf } from '../../support/child-processes.ts';
import { LivePeer } from '../../support/live-peer.ts';
import { until } from '../../support/until.ts';
import { Centre } from './centre.ts';
import { ProcessWatch } from './processes.ts';

jest.setTimeout(300_000);

const centre = new Centre();
const { canaries } = centre;
let watch: ProcessWatch;
const callers = new Map<string, ApiCaller>();
let camera = '';
let incident = '';

const dataDir = ['--data-dir', centre.dataDir];

beforeAll(async () => {
  await centre.start();
  watch = new ProcessWatch(() => centre.run.process.child.pid);
  camera = centre.cameras.cameras[0]?.id ?? '';
});
afterAll(async () => {
  watch?.stop();
  await centre.stop();
});

/** An answer of the API, head and body, is a place to look. */
async function ask(
  who: string,
  caller: ApiCaller,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const abort = new AbortController();
  const answer = await caller.fetch(path, { ...init, signal: abort.signal });
  const head = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  const body = path.includes('/live.') ? '' : Buffer.from(await answer.clone().arrayBuffer());
  centre.note(
    `${init.method ?? 'GET'} ${path} by ${who}`,
    Buffer.concat([Buffer.from(`${head}\n`), Buffer.from(body)]),
  );
  if (path.includes('/live.')) abort.abort();
  return answer;
}

describe('real work', () => {
  it('people log in, with wrong passwords and right ones, and get another', async () => {
    const password = canaries.hatch('user-password');
    const added = ['user', 'add', 'jansen', '--role', 'operator', '--password-stdin', ...dataDir];
    await centre.told(added, { input: `${password}\n` });
    await centre.told(added, { input: `${password}\n` });
    centre.homes.set('user-password', Buffer.from(password));
    const { centre: url } = await centre.run.ready();
    const wrong = canaries.hatch('wrong-password');
    const nobody = ApiCaller.withToken(url, canaries.hatch('token-of-nobody'));
    const login = (name: string, secret: string) =>
      ask('somebody', nobody, '/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: new URL(url).origin },
        body: JSON.stringify({ username: name, password: secret }),
      });
    expect((await login('jansen', wrong)).status).toBe(401);
    // The password in the place of the name, as happens.
    expect((await login(wrong, wrong)).status).toBeGreaterThanOrEqual(400);
    const session = await ApiCaller.logIn(url, 'jansen', password);
    const cookie = canaries.plant('session-cookie', session.headers['cookie']?.split('=')[1] ?? '');
    centre.homes.set('session-cookie', Buffer.from(JSON.stringify(session.headers)));
    callers.set('jansen', session);
    expect(cookie.length).toBeGreaterThan(20);
    for (const path of ['/v1/cameras', '/v1/nothing']) {
      await ask('nobody', nobody, path);
      await ask('nobody', nobody, `${path}?token=${canaries.secret('token-of-nobody')}`);
    }
    for (const name of ['wrong-password', 'token-of-nobody']) {
      centre.homes.set(name, Buffer.from(canaries.secret(name)));
    }
  });

  it('somebody gets a second factor, and logs in with it', async () => {
    const [password, codes] = await centre.withSecondFactor('vos');
    const { centre: url } = await centre.run.ready();
    const nobody = ApiCaller.withToken(url, '');
    const answers = [];
    for (const code of [undefined, 'not-a-code', ...codes]) {
      const body = JSON.stringify({ username: 'vos', password, code });
      const headers = { 'content-type': 'application/json', origin: new URL(url).origin };
      const init = { method: 'POST', headers, body };
      answers.push((await ask('somebody', nobody, '/v1/session', init)).status);
    }
    expect(answers).toEqual([401, 401, 201]);
  });

  it('somebody comes back from a directory that repeats what it was told', async () => {
    const { directory } = centre;
    directory.answers.set('/token', (request, response) => {
      const { authorization = '' } = request.headers;
      const told = `${authorization} ${canaries.secret('openid-secret')}`;
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: told, error_description: told, told }));
    });
    const { centre: url } = await centre.run.ready();
    const nobody = ApiCaller.withToken(url, '');
    const headers = { origin: new URL(url).origin };
    const begun = await ask('a browser', nobody, '/v1/session/openid', { method: 'POST', headers });
    const to = new URL(((await begun.json()) as { url: string }).url);
    const code = canaries.hatch('openid-code');
    centre.homes.set('openid-code', Buffer.from(code));
    const query = new URLSearchParams({ code, state: to.searchParams.get('state') ?? '' });
    const cookie = begun.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const back = await ask('a browser', nobody, `/v1/session/openid/callback?${query}`, {
      ...{ headers: { cookie }, redirect: 'manual' },
    });
    expect(back.headers.get('location')).toBe('/#login=openid-failed');
    expect(directory.asks('/token')).toBe(1);
  });

  it('programs get tokens, and one tells of an alarm', async () => {
    for (const role of ['operator', 'supervisor', 'admin', 'auditor', 'consumer']) {
      callers.set(role, await centre.withToken(role, role));
    }
    callers.set('dispatcher', await centre.withToken('dispatcher', 'dispatcher', 'rotterdam'));
    const source = await centre.withToken('webhook', 'source');
    const body = JSON.stringify({ site: 'site', kind: 'hold-up' });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    expect((await ask('source', source, '/v1/alarms', init)).status).toBe(201);
  });

  it('a panel reports over TLS with its key, and one with another key', async () => {
    const { tls } = await centre.run.panelPorts();
    const wrong = centre.keep('wrong.key', canaries.hatchKey('wrong-panel-key'), 'wrong-panel-key');
    const ca = new URL('../../fixtures/tls/ca.crt', import.meta.url).pathname;
    const to = ['panel', `127.0.0.1:${tls}`, '--transport', 'tls', '--ca', ca, '--account', '1409'];
    expect(await centre.told([...to, '--key-file', centre.file('panel.key')])).toContain('ACK');
    await centre.told([...to, '--key-file', wrong]);
  });

  it('pictures are passed on, made smaller by ffmpeg and taken as stills', async () => {
    const operator = callers.get('operator') as ApiCaller;
    const viewer = await LivePeer.connect(operator);
    viewer.say({ type: 'watch', channel: 1, camera, quality: 'low' });
    await viewer.pictures(3, 1, 60_000);
    await until('an encoder was seen', () =>
      [...watch.encoders].some((pid) => commandOf(pid) === 'ffmpeg'),
    );
    const path = `/v1/cameras/${camera}/snapshot.jpg?width=160`;
    await operator.picture(path);
    centre.note('the live socket of the centre', JSON.stringify(viewer.messages));
    viewer.close();
  });

  it('hostile cameras have had their passwords, and repeat them', async () => {
    await until('all of them', () =>
      ['status', 'header', 'sdp', 'onvif'].every((name) => centre.hostile.told.has(name)),
    );
    const operator = callers.get('operator') as ApiCaller;
    const watched = ['hostile-status', 'hostile-header', 'hostile-sdp', 'hostile-onvif'].map(
      async (id) => {
        const viewer = await LivePeer.connect(operator);
        viewer.say({ type: 'watch', channel: 1, camera: id, quality: 'main' });
        await ask('operator', operator, `/v1/cameras/${id}/snapshot.jpg`);
        centre.note('the live socket of the centre', JSON.stringify(viewer.messages));
        viewer.close();
      },
    );
    await Promise.all(watched);
  });

  it('an incident is shared', async () => {
    const operator = callers.get('operator') as ApiCaller;
    const facts = { type: 'robbery', site: 'site', summary: 'Overval', cameras: [camera] };
    ({ id: incident } = await operator.call<Incident>('POST', '/v1/incidents', facts));
    const terms = { cameras: [camera], rights: ['view', 'ptz'], expiresInMinutes: 30 };
    await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, terms);
    const viewer = await LivePeer.connect(callers.get('dispatcher') as ApiCaller);
    viewer.say({ type: 'watch', channel: 1, camera, incident, quality: 'main' });
    await viewer.pictures(3, 1, 60_000);
    centre.note('the live socket of the police', JSON.stringify(viewer.messages));
    viewer.close();
  });

  it('cameras are probed and examined by the command line', async () => {
    const shop = new URL(centre.cameras.cameras[0]?.onvifUrl ?? '').host;
    const env = {
      RIGHT: canaries.secret('camera-by-variable'),
      WRONG: canaries.hatch('wrong-camera-password'),
    };
    centre.homes.set('wrong-camera-password', Buffer.from(env.WRONG));
    const { host, port } = centre.hostile.onvif;
    const work = ['probe', 'doctor'].flatMap((command) => {
      const seconds = command === 'doctor' ? ['--seconds', '2'] : [];
      const file = centre.file('onvif.password');
      const hostile = [
        command,
        `${host}:${port}`,
        '--username',
        'liveview',
        '--password-file',
        file,
      ];
      return [
        ...['RIGHT', 'WRONG'].map((name) =>
          centre.told(
            [command, shop, '--username', 'liveview', '--password-env', name, ...seconds],
            { env },
          ),
        ),
        centre.told([...hostile, ...seconds]),
      ];
    });
    await Promise.all(work);
    await centre.told(['check', '--config', centre.run.configFile]);
  });

  it('the configuration is read again: with a new password, without one, with a secret in the wrong place', async () => {
    const { child } = centre.run.process;
    centre.keep('status.password', canaries.hatch('camera-rotated'), 'camera-rotated');
    centre.hostile.told.clear();
    child.kill('SIGHUP');
    await centre.run.process.logged(/configuration read again/);
    await until('the new one was used', () => centre.hostile.told.has('status'));
    rmSync(centre.file('status.password'));
    child.kill('SIGHUP');
    await centre.run.process.logged(/not taken over.*secret|secret.*not taken over|not taken over/);
    centre.keep('status.password', canaries.secret('camera-rotated'));
  });

  it('the gateway is killed, and starts again', async () => {
    await centre.run.stop('SIGKILL');
    await centre.startGateway();
    const { centre: url, police } = await centre.run.ready();
    for (const [name, caller] of callers)
      callers.set(name, caller.at(name === 'dispatcher' ? police : url));
  });
});

describe('what came of it', () => {
  it('every answer of the API, to every role and to nobody', async () => {
    const { centre: url } = await centre.run.ready();
    callers.set('nobody', ApiCaller.withToken(url, 'nobody'));
    const operator = callers.get('operator') as ApiCaller;
    const [alarm] = await operator.call<{ id: string }[]>('GET', '/v1/alarms');
    const ids: Record<string, string> = {
      alarm: alarm?.id ?? '',
      incident,
      camera,
      controlRoom: 'rotterdam',
    };
    let answered = 0;
    for (const [who, caller] of callers) {
      const description = await caller
        .call<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json')
        .catch(() => undefined);
      const paths = description?.paths ?? {};
      for (const [path, methods] of Object.entries(paths)) {
        if (!('get' in methods)) continue;
        const full = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? idIn(path, ids));
        const { ok } = await ask(who, caller, full);
        if (ok) answered += 1;
      }
      for (const path of ['/metrics', '/readyz', '/healthz', '/openapi.json'])
        await ask(who, caller, path);
    }
    expect(answered).toBeGreaterThan(60);
  });

  it('what the consoles show and keep', async () => {
    const { centre: url } = await centre.run.ready();
    const browser = await launchBrowser();
    try {
      const { page } = await openPage(browser);
      page.on('console', (message) => centre.note('the console of the browser', message.text()));
      await page.goto(url);
      await page.getByLabel('Gebruikersnaam').fill('jansen');
      await page.getByLabel('Wachtwoord').fill(canaries.secret('user-password'));
      await page.keyboard.press('Enter');
      await page.getByText('Juwelier').first().waitFor();
      const [cookie] = await page.context().cookies();
      canaries.plant('browser-cookie', cookie?.value ?? '');
      centre.homes.set('browser-cookie', Buffer.from(JSON.stringify(cookie)));
      expect(cookie?.httpOnly).toBe(true);
      const kept = await page.evaluate(
        '[document.cookie, location.href, JSON.stringify(localStorage), JSON.stringify(sessionStorage), JSON.stringify(performance.getEntries().map((each) => each.name))].join(" ")',
      );
      centre.note('the storage of the browser', String(kept));
      centre.note('the page', await page.content());
      await page.reload();
      await page.getByText('Juwelier').first().waitFor();
      centre.note('the page', await page.content());
    } finally {
      await browser.close();
    }
  });

  it('the journal, exported, verified and byte by byte, and what is beside it', async () => {
    await centre.told(['journal', 'verify', ...dataDir]);
    await centre.told(['journal', 'export', ...dataDir]);
    for (const list of ['user', 'token']) await centre.told([list, 'list', '--json', ...dataDir]);
    const copy = join(centre.folder, 'data');
    cpSync(centre.dataDir, copy, {
      recursive: true,
      filter: (path) => !path.endsWith('gateway.lock'),
    });
    const names = readdirSync(copy, { recursive: true, encoding: 'utf8' });
    expect(names).toEqual(
      expect.arrayContaining([
        'journal.db',
        'journal.db-wal',
        'users.json',
        'tokens.json',
        'sessions.json',
        'known-places.json',
      ]),
    );
    for (const name of names) {
      const isFile = statSync(join(copy, name)).isFile();
      if (isFile && name !== 'journal.key')
        centre.note(`data/${name}`, readFileSync(join(copy, name)));
    }
    expect(names.filter((name) => /^core/.test(name))).toEqual([]);
    expect(existsSync(join(centre.dataDir, 'core'))).toBe(false);
  });

  it('what is sent to whoever helps, although a log with secrets is put in', async () => {
    const careless = ['camera-by-file', 'camera-by-credential', 'camera-by-variable', 'panel-key']
      .map((name) => `the camera says ${canaries.secret(name)}`)
      .concat('rtsp://liveview:geheim@192.0.2.1/');
    const asJson = careless.map((message) => JSON.stringify({ message }));
    centre.keep('status.password', canaries.secret('camera-by-file'));
    const input = `${centre.run.process.stderr}\n${[...careless, ...asJson].join('\n')}\n`;
    const args = ['support', '--config', centre.run.configFile, '--log', '-'];
    // The shell of an administrator, who was not given what the service is.
    expect(await centre.told(args, { env: { CREDENTIALS_DIRECTORY: '' }, input })).toBe('');
    const env = { SHOP_PASSWORD: canaries.secret('camera-by-variable') };
    const text = await centre.told(args, { env, input });
    const { log, ...rest } = JSON.parse(text) as { log: string[] };
    expect(rest).toMatchObject({
      ...{ versions: {}, ffmpeg: {}, problems: [], secretsNotTakenOut: [] },
      journal: { head: {} },
    });
    expect(
      log.slice(-careless.length * 2).filter((line) => line.includes('[secret]')),
    ).toHaveLength(8);
    expect(text).not.toContain('geheim');
    expect(text).not.toContain('Sleutelhouder');
  });
});

describe('the search', () => {
  it('finds each canary where it is meant to be', () => {
    for (const name of canaries.names) {
      expect([name, canaries.in(centre.homes.get(name) ?? Buffer.alloc(0))]).toEqual([
        name,
        expect.arrayContaining([name]),
      ]);
    }
    expect(canaries.names.length).toBeGreaterThan(20);
  });

  it('looked at processes of every kind, encoders among them', () => {
    for (const seen of watch.seen) centre.note('processes', `${seen}\n`);
    const all = [...watch.seen].join('\n');
    for (const word of ['ffmpeg', 'serve', 'simulate', 'probe', 'doctor', 'panel', 'PATH='])
      expect(all).toContain(word);
    expect(centre.findings.size).toBeGreaterThan(100);
  });

  it('finds none anywhere else', () => {
    const leaks = [...centre.findings].flatMap(([place, bytes]) =>
      canaries.in(bytes).map((name) => `${name} in ${place}`),
    );
    // Codes are computed of it, by whoever reads what nobody but the gateway's own user may.
    expect(leaks).toEqual(['totp-secret in data/users.json']);
  });
});

/** The parameter of most paths is called id: of what, the path says. */
function idIn(path: string, ids: Record<string, string>): string {
  const [kind] = ['incident', 'camera', 'alarm'].filter((name) => path.includes(`/${name}s/`));
  return ids[kind ?? ''] ?? 'nothing';
}
