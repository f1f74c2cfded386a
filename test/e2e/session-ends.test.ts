/** Logins end when the configuration says so, at a gateway at work for which hours pass at once. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { keptLogins } from '../../src/access/session-file.ts';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const PRELOAD = fileURLToPath(new URL('../support/advanced-clock.cjs', import.meta.url));
const PASSWORD = 'een lang wachtwoord';
const MINUTE_MS = 60_000;
/** Neither is what it is unless configured; a minute more or less of real time changes nothing below. */
const IDLE_MINUTES = 20;
const SESSION_HOURS = 2;

const clockFile = join(mkdtempSync(join(tmpdir(), 'liveview-clock-')), 'ahead-ms');
let run: ServeRun;
let aheadMs = 0;

beforeAll(async () => {
  writeFileSync(clockFile, '0');
  run = await ServeRun.start({
    config: {
      cameras: [{ id: 'shop-1', rtsp: { main: 'rtsp://127.0.0.1:9/' } }],
      access: { idleMinutes: IDLE_MINUTES, sessionHours: SESSION_HOURS },
    },
    env: { LIVEVIEW_TEST_CLOCK: clockFile, NODE_OPTIONS: `--require ${PRELOAD}` },
  });
  const olga = { username: 'olga', password: new Secret(PASSWORD), role: 'operator' as const };
  await new UserStore(run.dataDir, systemClock).add(olga);
});
afterAll(() => run?.stop());

async function minutesLater(minutes: number): Promise<void> {
  aheadMs += minutes * MINUTE_MS;
  writeFileSync(clockFile, String(aheadMs));
  run.process.child.kill('SIGUSR2');
  await run.process.logged(new RegExp(`^it is ${aheadMs} ms later$`, 'm'));
}

const logIn = async () => ApiCaller.logIn((await run.ready()).centre, 'olga', PASSWORD);
const statusOf = async (caller: ApiCaller) => (await caller.fetch('/v1/sites')).status;

/** The gateway has looked at its logins since, and the socket is open at both ends. */
async function expectOpenAfter(peer: LivePeer, minutes: number): Promise<void> {
  const { session } = await peer.hears('welcome');
  await until('the use is written down', () =>
    keptLogins(run.dataDir).some(
      (login) =>
        login.session === session && login.usedUnixMs - login.createdUnixMs >= minutes * MINUTE_MS,
    ),
  );
  peer.say({ type: 'ping', t0: minutes });
  await peer.hears('pong', (pong) => pong.t0 === minutes);
  expect(peer.closed).toBeUndefined();
}

it('a login that nothing uses ends after idleMinutes, and each request is use', async () => {
  const caller = await logIn();
  for (const _ of [1, 2, 3]) {
    await minutesLater(IDLE_MINUTES - 5);
    expect(await statusOf(caller)).toBe(200);
  }
  await minutesLater(IDLE_MINUTES);
  expect(await statusOf(caller)).toBe(401);
});

it('an open live socket is use, up to sessionHours; then it is cut', async () => {
  const caller = await logIn();
  const peer = await LivePeer.connect(caller);
  await minutesLater(3 * IDLE_MINUTES);
  await expectOpenAfter(peer, 3 * IDLE_MINUTES);
  await minutesLater(SESSION_HOURS * 60 - 3 * IDLE_MINUTES - 10);
  await expectOpenAfter(peer, SESSION_HOURS * 60 - 10);
  await minutesLater(10);
  await until('the socket is cut', () => peer.closed);
  expect(peer.closed).toEqual({ code: 1008, reason: 'session-ended' });
  expect(await statusOf(caller)).toBe(401);
  expect(await statusOf(await logIn())).toBe(200);
});

it('a live socket that is closed is no use any more', async () => {
  const caller = await logIn();
  const peer = await LivePeer.connect(caller);
  await minutesLater(2 * IDLE_MINUTES);
  await expectOpenAfter(peer, 2 * IDLE_MINUTES);
  peer.socket.close();
  await until('the socket is closed', () => peer.closed);
  let idleMinutes = 0;
  await until('the login ends', async () => {
    // The gateway may have heard of the end only after the first of these.
    await minutesLater(IDLE_MINUTES);
    idleMinutes += IDLE_MINUTES;
    return (await statusOf(caller)) === 401;
  });
  expect(2 * IDLE_MINUTES + idleMinutes).toBeLessThan(SESSION_HOURS * 60);
});
