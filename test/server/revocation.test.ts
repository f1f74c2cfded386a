import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Side } from '../../src/access/caller.ts';
import { termsHash } from '../../src/access/openid/directory-login.ts';
import { SESSION_LIMITS } from '../../src/access/sessions.ts';
import type { NewToken } from '../../src/access/tokens.ts';
import { systemClock } from '../../src/core/clock.ts';
import { runCli } from '../support/cli.ts';
import { termsOf } from '../support/openid/terms.ts';
import { until } from '../support/until.ts';
import { type ConnectOptions, Harness, type TestSocket } from './harness.ts';
import { init, picture } from './scripted-media.ts';

/** All that somebody may have open. */
interface Open {
  readonly live: TestSocket;
  readonly plain: TestSocket;
  /** Resolves when the stream of live.mp4 is cut. */
  readonly cut: Promise<unknown>;
}

const WALL = { name: 'wall', role: 'consumer' } as const;
const SIDES: [Side, NewToken][] = [
  ['centre', WALL],
  ['centre', { ...WALL, sites: ['jeweller'] }],
  ['police', { ...WALL, controlRoom: 'rotterdam' }],
];

let harness: Harness;
let aheadUs: number;
/** Of the time that logins run by. */
let aheadMs: number;
const TERMS = termsOf('https://directory.example');
beforeEach(async () => {
  aheadUs = 0;
  aheadMs = 0;
  const clock = {
    ...systemClock,
    unixUs: () => systemClock.unixUs() + aheadUs,
    nowMs: () => systemClock.nowMs() + aheadMs,
  };
  harness = await new Harness({ clock, openid: () => TERMS }).start();
});
afterEach(() => harness.stop());

async function openAll(side: Side, who: ConnectOptions): Promise<Open> {
  const incident = harness.shared();
  const of = side === 'centre' ? '/v1/cameras/shop-1' : `/v1/incidents/${incident}/cameras/shop-1`;
  harness.media.onOpen = (reader) =>
    queueMicrotask(() => {
      reader.push(init());
      reader.push(picture());
    });
  const live = harness.connect(side, '/v1/live', who);
  await live.hello();
  const place = side === 'centre' ? {} : { incident };
  live.send({ type: 'watch', channel: 1, camera: 'shop-1', ...place });
  await live.next('binary');
  const plain = harness.connect(side, `${of}/live.ws`, { ...who, protocols: [] });
  await plain.next('binary');
  const film = await harness.fetch(side, `${of}/live.mp4`, who);
  expect(film.status).toBe(200);
  const reader = film.body?.getReader();
  await reader?.read();
  const cut = (async () => {
    while (!(await reader?.read())?.done);
  })().catch(() => 'cut');
  return { live, plain, cut };
}

/** What is open ends, nothing follows, and nobody comes in again. */
async function expectOver(
  side: Side,
  who: ConnectOptions,
  { live, plain, cut }: Open,
): Promise<void> {
  await until('the live socket is closed', () => live.closed);
  expect(live.closed).toEqual({ code: 1008, reason: 'session-ended' });
  await until('live.ws is cut', () => plain.closed);
  expect(await cut).toBe('cut');
  expect(harness.media.readers.every((reader) => reader.closed)).toBe(true);
  const again = await harness.fetch(side, '/v1/incidents', who);
  expect(again.status).toBe(401);
}

describe('a request whose body is still on its way', () => {
  /** The head of a request, and what sends the rest. */
  async function begin(head: readonly string[], body: string) {
    const { hostname, port } = new URL(harness.listener('centre').url);
    const socket = connect(Number(port), hostname);
    const line = { received: '', isClosed: false };
    socket.setEncoding('latin1').on('data', (text: string) => {
      line.received += text;
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        line.isClosed = true;
      });
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    const sent = [...head, `Host: ${hostname}:${port}`, length, 'Expect: 100-continue', '', ''];
    socket.write(sent.join('\r\n'));
    // The head was read: somebody is known, and is waited for.
    await until('the body is wanted', () => line.received.includes('100 Continue'));
    return { line, rest: () => socket.write(body) };
  }

  const OPENS = JSON.stringify({ type: 'robbery', site: 'jeweller', summary: '', cameras: [] });
  const TO_OPEN = ['POST /v1/incidents HTTP/1.1', 'Content-Type: application/json'];
  const opened = () => harness.liveview.incidents().length;

  it('does nothing after its login has ended', async () => {
    await harness.addUser('olga', 'operator');
    const cookie = await harness.logIn('centre', 'olga');
    const { line, rest } = await begin([...TO_OPEN, `Cookie: ${cookie}`], OPENS);
    const before = opened();
    const out = await harness.fetch('centre', '/v1/session', {
      ...{ method: 'DELETE', headers: { cookie } },
    });
    expect(out.status).toBe(204);
    await until('the connection is cut', () => line.isClosed);
    rest();
    expect(line.received).not.toContain('201');
    expect(opened()).toBe(before);
  });

  it('does nothing after its token was revoked, and what it needs until then', async () => {
    const token = harness.tokens.issue({ name: 'desk', role: 'operator' }).secret.reveal();
    const head = [...TO_OPEN, `Authorization: Bearer ${token}`];
    const first = await begin(head, OPENS);
    const before = opened();
    first.rest();
    await until('an answer', () => first.line.received.includes('201 Created'));
    expect(opened()).toBe(before + 1);
    const second = await begin(head, OPENS);
    await runCli(['token', 'revoke', 'desk', '--data-dir', harness.dataDir]);
    await until('the connection is cut', () => second.line.isClosed);
    second.rest();
    expect(opened()).toBe(before + 1);
  });
});

describe('what a token has open is cut', () => {
  it.each(SIDES)('when it is revoked by the command line, on the %s side', async (side, wanted) => {
    const token = harness.tokens.issue(wanted).secret.reveal();
    const open = await openAll(side, { token });
    const revoked = await runCli(['token', 'revoke', 'wall', '--data-dir', harness.dataDir]);
    expect(revoked.code).toBe(0);
    await expectOver(side, { token }, open);
  });

  it.each(SIDES)('when its time is over, on the %s side', async (side, wanted) => {
    const expiresInMs = 3_600_000;
    const token = harness.tokens.issue({ ...wanted, expiresInMs }).secret.reveal();
    const open = await openAll(side, { token });
    // The share of the control room ends with the same hour; it is the token that is over before.
    aheadUs = expiresInMs * 1000 + 1;
    await expectOver(side, { token }, open);
  });

  it('and nothing of another token', async () => {
    const kept = harness.tokens.issue({ ...WALL, name: 'kept' }).secret.reveal();
    const token = harness.tokens.issue(WALL).secret.reveal();
    const stays = await openAll('centre', { token: kept });
    const goes = harness.connect('centre', '/v1/live', { token });
    await goes.hello();
    await runCli(['token', 'revoke', 'wall', '--data-dir', harness.dataDir]);
    await until('closed', () => goes.closed);
    await stays.live.settled();
    expect([stays.live.closed, stays.plain.closed]).toEqual([undefined, undefined]);
  });
});

describe('all that a person has open is cut', () => {
  const command = async (...args: string[]) =>
    expect((await runCli([...args, '--data-dir', harness.dataDir])).code).toBe(0);

  it('on the police side, when they are removed', async () => {
    await harness.addUser('dora', 'dispatcher', 'rotterdam');
    const headers = { cookie: await harness.logIn('police', 'dora') };
    const open = await openAll('police', { headers });
    await command('user', 'remove', 'dora');
    await expectOver('police', { headers }, open);
  });

  it('of the directory, when they are logged out', async () => {
    const person = { username: 'openid:olga', role: 'operator', terms: termsHash(TERMS) } as const;
    const { cookie } = harness.sessions.create(person, { side: 'centre', address: '192.0.2.1' });
    const headers = { cookie: `liveview-centre=${cookie.reveal()}` };
    const open = await openAll('centre', { headers });
    await command('user', 'logout', 'openid:olga');
    await expectOver('centre', { headers }, open);
  });

  it('at the end that a login has in any case, and nothing of a token', async () => {
    await harness.addUser('lies', 'operator');
    const headers = { cookie: await harness.logIn('centre', 'lies') };
    const open = await openAll('centre', { headers });
    const film = await harness.fetch('centre', '/v1/cameras/shop-1/live.mp4', {
      token: harness.token('operator'),
    });
    aheadMs = SESSION_LIMITS.absoluteMs;
    await until('the live socket is closed', () => open.live.closed);
    expect(open.live.closed).toEqual({ code: 1008, reason: 'session-ended' });
    await until('live.ws is cut', () => open.plain.closed);
    expect(await open.cut).toBe('cut');
    expect((await harness.fetch('centre', '/v1/sites', { headers })).status).toBe(401);
    const [other, ...own] = harness.media.readers.toReversed();
    expect([other?.closed, ...own.map((reader) => reader.closed)]).toEqual([
      ...[false, true, true, true],
    ]);
    await film.body?.cancel();
  });
});

describe('what somebody has open is cut by the command line', () => {
  it.each([
    ['when other sites are given', ['user', 'sites', 'lies', '--sites', 'square']],
    ['when all sites are given', ['user', 'sites', 'lies', '--all']],
    ['when they are removed', ['user', 'remove', 'lies']],
  ])('%s', async (_when, args) => {
    await harness.addUser('lies', 'operator', undefined, ['jeweller']);
    const cookie = await harness.logIn('centre', 'lies');
    const socket = harness.connect('centre', '/v1/live', { headers: { cookie } });
    await socket.hello();
    expect((await runCli([...args, '--data-dir', harness.dataDir])).code).toBe(0);
    await until('closed', () => socket.closed);
    expect(socket.closed).toEqual({ code: 1008, reason: 'session-ended' });
    const again = await harness.fetch('centre', '/v1/sites', { headers: { cookie } });
    expect(again.status).toBe(401);
  });
});

describe('the logins of a running gateway', () => {
  const atDataDir = () => ['--data-dir', harness.dataDir];
  const listed = async (...more: string[]) =>
    JSON.parse((await runCli(['user', 'sessions', ...more, '--json', ...atDataDir()])).stdout);

  /** A browser of hers, with the live socket open. */
  async function browserOf(username: string) {
    const cookie = await harness.logIn('centre', username);
    const socket = harness.connect('centre', '/v1/live', { headers: { cookie } });
    const { session } = await socket.hello();
    return { cookie, socket, session };
  }
  const statusWith = async (cookie: string) =>
    (await harness.fetch('centre', '/v1/sites', { headers: { cookie } })).status;

  beforeEach(async () => {
    await harness.addUser('lies', 'operator');
    await harness.addUser('noor', 'operator');
  });

  it('are listed with role, side, address and times, and without what opens one', async () => {
    const { cookie, session } = await browserOf('lies');
    await browserOf('noor');
    const own = await listed('lies');
    expect(own).toMatchObject([
      { session, username: 'lies', role: 'operator', side: 'centre', address: '127.0.0.1' },
    ]);
    const [{ since, lastUsed, until }] = own;
    expect(Date.parse(until) - Date.parse(since)).toBe(SESSION_LIMITS.absoluteMs);
    expect(Date.parse(lastUsed)).toBeGreaterThanOrEqual(Date.parse(since));
    const { stdout } = await runCli(['user', 'sessions', ...atDataDir()]);
    expect(stdout).toMatch(new RegExp(`${session} +lies +operator +centre +127.0.0.1`));
    expect(stdout).toContain('noor');
    expect(stdout).not.toContain(cookie.split('=')[1]);
  });

  it('end one by one: its sockets are cut, and nothing of the same user elsewhere', async () => {
    const goes = await browserOf('lies');
    const stays = await browserOf('lies');
    const ended = await runCli(['user', 'sessions', '--end', goes.session, ...atDataDir()]);
    expect(ended.code).toBe(0);
    await until('closed', () => goes.socket.closed);
    expect(goes.socket.closed).toEqual({ code: 1008, reason: 'session-ended' });
    expect(await statusWith(goes.cookie)).toBe(401);
    await stays.socket.settled();
    expect(stays.socket.closed).toBeUndefined();
    expect(await statusWith(stays.cookie)).toBe(200);
    const twice = await runCli(['user', 'sessions', '--end', goes.session, ...atDataDir()]);
    expect(twice.code).toBe(1);
    const left = await listed();
    expect(left.map((each: { session: string }) => each.session)).toEqual([stays.session]);
    const entries = [...harness.deps.journal.read()];
    expect(entries.find(({ kind }) => kind === 'user.session-ended')?.data).toEqual({
      ...{ user: 'lies', session: goes.session },
    });
  });

  it('end all of one user, and of nobody else', async () => {
    const first = await browserOf('lies');
    const second = await browserOf('lies');
    const other = await browserOf('noor');
    expect((await runCli(['user', 'sessions', 'lies', '--end', ...atDataDir()])).code).toBe(0);
    await until('both are closed', () => first.socket.closed && second.socket.closed);
    await other.socket.settled();
    expect(other.socket.closed).toBeUndefined();
    expect(await listed('lies')).toEqual([]);
  });

  it('do not end by a name that is none, nor by that of another user', async () => {
    const { socket, session } = await browserOf('lies');
    for (const wrong of [
      ['--end', '0'.repeat(16)],
      ['noor', '--end', session],
    ]) {
      const refused = await runCli(['user', 'sessions', ...wrong, ...atDataDir()]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('liveview user sessions lists');
    }
    expect((await runCli(['user', 'sessions', '--end', ...atDataDir()])).code).toBe(2);
    await socket.settled();
    expect(socket.closed).toBeUndefined();
  });
});
