import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Incident } from '../../src/liveview/model.ts';
import { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { runCli } from '../support/cli.ts';
import { LivePeer } from '../support/live-peer.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { type ServeOptions, ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

const PASSWORD = 'correct horse battery';

const running: { stop(signal?: NodeJS.Signals): Promise<unknown> }[] = [];

function keep<T extends (typeof running)[number]>(run: T): T {
  running.push(run);
  return run;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.stop('SIGKILL')));
});

/** What the journal knows of it; what the cameras say of themselves comes when they have answered. */
async function incidentOf(caller: ApiCaller, id: string): Promise<Incident> {
  const answer = await caller.call<Incident & { cameraDetails?: unknown }>(
    'GET',
    `/v1/incidents/${id}`,
  );
  const { cameraDetails: _, ...incident } = answer;
  return incident;
}

async function sharedIncident() {
  const cameras = keep(await SimulateRun.start(['--cameras', '1']));
  const config = { cameras: cameras.config() };
  const run = keep(await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV }));
  const operator = await run.operator();
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
    ...{ type: 'robbery', site: 'site', summary: 'Overval', cameras: ['shop-1'] },
  });
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
    ...{ cameras: ['shop-1'], rights: ['view'], expiresInMinutes: 30 },
  });
  return { run, config, incident: id };
}

async function addDispatchers(run: ServeRun, names: readonly string[]): Promise<void> {
  const users = new UserStore(run.dataDir, systemClock);
  const terms = { role: 'dispatcher', controlRoom: 'rotterdam' } as const;
  for (const username of names) {
    await users.add({ username, ...terms, password: new Secret(PASSWORD) });
  }
}

async function restart(run: ServeRun, config: ServeOptions['config']): Promise<ServeRun> {
  const { dataDir } = run;
  return keep(await ServeRun.start({ config, dataDir, env: CAMERA_PASSWORD_ENV }));
}

describe('after a crash', () => {
  it('an incident that was shared is there as it was, and the journal holds', async () => {
    const cameras = keep(await SimulateRun.start(['--cameras', '2']));
    const config = { cameras: cameras.config() };
    const first = keep(await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV }));
    const operator = await first.operator();
    const dispatcher = await first.dispatcher('rotterdam');
    const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
      type: 'robbery',
      site: 'site',
      summary: 'Overval, twee verdachten',
      cameras: ['shop-1'],
    });
    await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
      cameras: ['shop-1'],
      rights: ['view', 'ptz'],
      expiresInMinutes: 30,
    });
    await operator.call('PUT', `/v1/incidents/${id}/screen`, {
      tiles: [{ camera: 'shop-1' }],
      focus: 0,
    });
    const peer = await LivePeer.connect(dispatcher);
    peer.say({ type: 'watch', channel: 1, camera: 'shop-1', incident: id });
    await peer.pictures(5, 1);
    const before = await incidentOf(operator, id);

    await first.stop('SIGKILL');
    const second = keep(
      await ServeRun.start({ config, dataDir: first.dataDir, env: CAMERA_PASSWORD_ENV }),
    );
    expect(await incidentOf(await second.operator(), id)).toEqual(before);
    expect(before.grants).toHaveLength(1);

    const again = await LivePeer.connect(await second.dispatcher('rotterdam'));
    again.say({ type: 'watch', channel: 1, camera: 'shop-1', incident: id });
    await again.pictures(5, 1);
    again.close();

    const verify = keep(new LiveviewProcess(['journal', 'verify', '--data-dir', first.dataDir]));
    expect(await verify.ended()).toBe(0);
    expect(verify.stdout).toMatch(/the chain holds: \d+ entries/);
  });

  it('a dispatcher is logged in as before, and the pictures return by themselves', async () => {
    const { run, config, incident } = await sharedIncident();
    await addDispatchers(run, ['dora']);
    const { police } = await run.ready();
    const browser = await launchBrowser();
    running.push({ stop: () => browser.close() });
    const { page } = await openPage(browser);
    await page.goto(police);
    await page.getByLabel('Gebruikersnaam').fill('dora');
    await page.getByLabel('Wachtwoord').fill(PASSWORD);
    await page.getByTestId('login').click();
    await page.getByTestId(`incident-${incident}`).click();
    const tile = page.locator('[data-testid=tile][data-camera="shop-1"]');
    const live = async () => (await tile.getAttribute('data-state')) === 'live';
    await until('pictures', live);

    await run.stop('SIGKILL');
    await until('the line is broken', async () => !(await live()));
    const sameAddress = { listen: new URL(police).host, insecure: true } as const;
    await restart(run, { ...config, police: sameAddress });
    await until('pictures again', live, 60_000);
    expect(await page.getByTestId('login').count()).toBe(0);
  });

  it('a login is what it was, unless it was ended before or meanwhile', async () => {
    const { run, config, incident } = await sharedIncident();
    const names = ['dora', 'left', 'renewed', 'removed'] as const;
    await addDispatchers(run, names);
    const { police } = await run.ready();
    const [dora, left, renewed, removed] = await Promise.all(
      names.map((name) => ApiCaller.logIn(police, name, PASSWORD)),
    );
    if (!dora || !left || !renewed || !removed) throw new Error('nobody');
    const before = await dora.call<object>('GET', '/v1/session');
    await left.call('DELETE', '/v1/session');

    await run.stop('SIGKILL');
    const dataDir = ['--data-dir', run.dataDir];
    const stdin = 'another long password\n';
    expect((await runCli(['user', 'password', 'renewed', ...dataDir], { stdin })).code).toBe(0);
    expect((await runCli(['user', 'remove', 'removed', ...dataDir])).code).toBe(0);

    const at = (await (await restart(run, config)).ready()).police;
    expect(await dora.at(at).call('GET', '/v1/session')).toEqual(before);
    const peer = await LivePeer.connect(dora.at(at));
    peer.say({ type: 'watch', channel: 1, camera: 'shop-1', incident });
    await peer.pictures(5, 1);
    peer.close();
    for (const gone of [left, renewed, removed]) {
      expect((await gone.at(at).fetch('/v1/session')).status).toBe(401);
    }
  });

  it('of the camera, pictures return without anybody doing anything', async () => {
    const cameras = keep(await SimulateRun.start(['--cameras', '1']));
    const run = keep(
      await ServeRun.start({ config: { cameras: cameras.config() }, env: CAMERA_PASSWORD_ENV }),
    );
    const peer = await LivePeer.connect(await run.operator());
    peer.say({ type: 'watch', channel: 7, camera: 'shop-1' });
    await peer.pictures(10, 7);

    await cameras.stop('SIGKILL');
    await run.process.logged(/camera-unreachable/);
    keep(await cameras.again());
    await peer.pictures(25, 7, 60_000);
    expect(peer.closed).toBeUndefined();
    expect(peer.messages.filter((message) => message.type === 'ended')).toEqual([]);
  });
});
