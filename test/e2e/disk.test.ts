import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Entry } from '../../src/journal/record.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { attempts } from '../support/attempts.ts';
import { LivePeer } from '../support/live-peer.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { OnvifCaller } from '../support/onvif-caller.ts';
import { plain } from '../support/pictures.ts';
import { type DiskKind, PrivateDisk } from '../support/private-disk.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);

/**
 * A running gateway on a real disk that fails: what discloses or moves does not happen, what ends
 * something does. The disks are mounts in a namespace of their own, which needs root or a system that
 * gives users namespaces; the one that breaks is ext4 on a loop device, which needs root. Where the
 * system refuses, that is what is tested and said, and nothing else of the kind can be.
 */
const running: { stop(signal?: NodeJS.Signals): Promise<unknown> }[] = [];
const disks: PrivateDisk[] = [];
let holding: ReturnType<typeof setInterval> | undefined;

function keep<T extends (typeof running)[number]>(run: T): T {
  running.push(run);
  return run;
}

afterEach(async () => {
  clearInterval(holding);
  await Promise.all(running.splice(0).map((run) => run.stop('SIGKILL')));
  await Promise.all(disks.splice(0).map((disk) => disk.release()));
});

const refusals: Record<DiskKind, string | undefined> = {
  memory: await PrivateDisk.cannotBeMade('memory'),
  image: await PrivateDisk.cannotBeMade('image'),
};

async function diskOf(kind: DiskKind): Promise<PrivateDisk> {
  const disk = await PrivateDisk.make(kind);
  disks.push(disk);
  return disk;
}

/** The tests of a kind of disk; where the system allows none, the one that says so. */
function onDisk(kind: DiskKind, name: string, tests: () => void): void {
  const refusal = refusals[kind];
  if (refusal === undefined) describe(name, tests);
  else {
    it(`${name}: cannot be tried here, where the system allows no such disk (${refusal.trim()})`, async () => {
      await expect(PrivateDisk.make(kind).then((disk) => disk.breakDown())).rejects.toThrow();
    });
  }
}

/** A gateway with a shared incident, somebody who watches, and a dome that turns until it is told to stop. */
class World {
  readonly disk: PrivateDisk;
  readonly run: ServeRun;
  readonly operator: ApiCaller;
  readonly rotterdam: ApiCaller;
  readonly denHaag: ApiCaller;
  readonly camera: OnvifCaller;
  readonly incident: string;
  readonly plan: string;

  private constructor(
    parts: Omit<World, 'failWhileTurning' | 'ready' | 'refusals' | 'journal' | 'verify'>,
  ) {
    ({ disk: this.disk, run: this.run, operator: this.operator } = parts);
    ({ rotterdam: this.rotterdam, denHaag: this.denHaag, camera: this.camera } = parts);
    ({ incident: this.incident, plan: this.plan } = parts);
  }

  static async on(kind: DiskKind): Promise<World> {
    const disk = await diskOf(kind);
    const cameras = keep(await SimulateRun.start(['--cameras', '2', '--quirk', 'ignoresTimeout']));
    const config = { cameras: cameras.config(), policy: { ptz: 'auto' as const } };
    const run = keep(await ServeRun.start({ config, disk, env: CAMERA_PASSWORD_ENV }));
    // Of what is on this disk, the journal alone is to survive by the gateway's own care.
    const file = openSync(run.configFile, 'r');
    fsyncSync(file);
    closeSync(file);
    const operator = await run.operator();
    const plan = await uploadPlan(operator);
    const { id: incident } = await operator.call<Incident>('POST', '/v1/incidents', {
      ...{ type: 'robbery', site: 'site', summary: '', cameras: ['shop-1', 'shop-front'] },
    });
    await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, {
      ...{
        cameras: ['shop-1', 'shop-front'],
        rights: ['view', 'ptz', 'switch', 'plan'],
        expiresInMinutes: 60,
      },
    });
    await operator.call('PUT', `/v1/incidents/${incident}/screen`, {
      ...{ tiles: [{ camera: 'shop-1' }, { plan }], focus: null },
    });
    // What is refused below is refused for nothing but the disk.
    const rotterdamSees = await (await run.dispatcher('rotterdam')).fetch(
      `/v1/incidents/${incident}/plans/${plan}`,
    );
    expect(rotterdamSees.status).toBe(200);
    const [rotterdam, denHaag] = [
      await run.dispatcher('rotterdam'),
      await run.dispatcher('den-haag'),
    ];
    const camera = new OnvifCaller(cameras.camera('shop-1').onvifUrl, 'liveview', 'virtual');
    return new World({ disk, run, operator, rotterdam, denHaag, camera, incident, plan });
  }

  /** Somebody at the control room turns the dome, and the disk fails meanwhile. */
  async failWhileTurning(peer: LivePeer, fail: () => void, mend: () => void): Promise<void> {
    let count = 0;
    // The gateway hears no hold of a process that is not scheduled, and stops the camera as it should.
    await attempts(3, async () => {
      count += 1;
      const id = `turn-${count}`;
      clearInterval(holding);
      mend();
      const { incident } = this;
      await until('it can be recorded', async () => (await this.ready()).ready);
      peer.say({
        type: 'request',
        id,
        incident,
        action: 'ptz.move',
        camera: 'shop-1',
        args: { pan: 0.2 },
      });
      holding = setInterval(() => peer.say({ type: 'hold', id }), 200);
      await until('the camera turns', async () => (await this.camera.status()).moving);
      fail();
      expect((await this.camera.status()).moving).toBe(true);
      clearInterval(holding);
      peer.say({ type: 'release', id });
    });
  }

  async ready(): Promise<{ ready: boolean; problems?: string[] }> {
    return (await this.operator.fetch('/readyz')).json() as Promise<{
      ready: boolean;
      problems?: string[];
    }>;
  }

  /** Everything that discloses or moves; each must be refused because it cannot be recorded. */
  async refusals(): Promise<Record<string, string>> {
    const { incident, plan } = this;
    const post = (body: unknown): RequestInit => ({ method: 'POST', ...json(body) });
    const asked: Record<string, [ApiCaller, string, RequestInit?]> = {
      'opening an incident': [
        this.operator,
        '/v1/incidents',
        post({ type: 'fire', site: 'site', summary: '', cameras: ['shop-1'] }),
      ],
      'sharing with another': [
        this.operator,
        `/v1/incidents/${incident}/grants/den-haag`,
        { method: 'PUT', ...json({ cameras: ['shop-1'], rights: ['view'] }) },
      ],
      'a plan': [this.rotterdam, `/v1/incidents/${incident}/plans/${plan}`],
      'a snapshot': [this.rotterdam, `/v1/incidents/${incident}/cameras/shop-front/snapshot.jpg`],
      'a snapshot for the centre': [this.operator, '/v1/cameras/shop-front/snapshot.jpg'],
      'a still': [
        this.operator,
        `/v1/incidents/${incident}/stills`,
        post({ camera: 'shop-front' }),
      ],
      'a stream': [this.rotterdam, `/v1/incidents/${incident}/cameras/shop-front/live.mp4`],
      'the screen': [
        this.operator,
        `/v1/incidents/${incident}/screen`,
        { method: 'PUT', ...json({ tiles: [{ camera: 'shop-front' }], focus: null }) },
      ],
      'a movement': [this.operator, '/v1/cameras/shop-1/ptz', post({ action: 'ptz.home' })],
      'a request': [
        this.rotterdam,
        '/v1/requests',
        post({ incident, action: 'camera.switch', args: { tile: 0, camera: 'shop-front' } }),
      ],
    };
    const codes = Object.entries(asked).map(async ([name, [caller, path, init]]) => {
      const answer = await caller.fetch(path, init);
      const text = await answer.text();
      return [name, answer.ok ? 'done' : `${answer.status} ${JSON.parse(text).code}`] as const;
    });
    return Object.fromEntries(await Promise.all(codes));
  }

  async journal(): Promise<Entry[]> {
    const auditor = await this.run.auditor();
    return auditor.call('GET', '/v1/journal?limit=1000');
  }

  /** `liveview journal verify`, beside the gateway or after it. */
  async verify(): Promise<{ code: unknown; text: string }> {
    const args = ['journal', 'verify', '--data-dir', this.disk.dataDir];
    const verify = keep(new LiveviewProcess(args, {}, this.disk.enter));
    return { code: await verify.ended(), text: verify.stdout + verify.stderr };
  }
}

function json(body: unknown): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function uploadPlan(operator: ApiCaller): Promise<string> {
  const form = new FormData();
  form.append('site', 'site');
  form.append('name', 'Begane grond');
  form.append('file', new Blob([new Uint8Array(await plain('png')([40, 40, 90]))]), 'plan.png');
  const answer = await operator.fetch('/v1/plans', { method: 'POST', body: form });
  const { id } = (await answer.json()) as { id: string };
  expect(answer.status).toBe(201);
  return id;
}

const EVERY_ACT = [
  ...['opening an incident', 'sharing with another', 'a plan', 'a snapshot'],
  ...['a snapshot for the centre', 'a still', 'a stream', 'the screen', 'a movement', 'a request'],
];
const REFUSED = Object.fromEntries(EVERY_ACT.map((name) => [name, '503 journal-unwritable']));

onDisk('memory', 'a disk that is full', () => {
  it('keeps anything from being shown or moved, ends what is to end, and all goes on when there is room', async () => {
    const world = await World.on('memory');
    const { disk, run, operator, incident } = world;
    const centre = await LivePeer.connect(operator);
    const watching = await LivePeer.connect(world.rotterdam);
    watching.say({ type: 'watch', channel: 1, camera: 'shop-1', incident });
    await watching.pictures(5, 1);

    await world.failWhileTurning(
      watching,
      () => disk.fill(),
      () => disk.free(),
    );
    await until('the camera stands', async () => !(await world.camera.status()).moving);
    const before = watching.media.length;
    expect(await world.refusals()).toEqual(REFUSED);

    // The operator is told, and so is whoever watches over the machine.
    await run.process.logged(/nothing can be recorded/);
    expect(await centre.hears('recording', ({ recording }) => !recording)).toMatchObject({
      since: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await world.ready()).toMatchObject({
      ready: false,
      problems: expect.arrayContaining([expect.stringContaining('journal cannot be written')]),
    });
    const figures = await (await operator.fetch('/metrics')).text();
    expect(figures).toMatch(/^liveview_journal_recording 0$/m);

    // Nobody begins to watch; whoever did goes on, and may leave.
    watching.say({ type: 'watch', channel: 2, camera: 'shop-front', incident });
    await watching.hears('error', ({ code, ref }) => code === 'journal-unwritable' && ref === 2);
    await until('the pictures go on', () => watching.media.length > before + 5);
    expect(watching.media.filter(({ channel }) => channel === 2)).toEqual([]);
    watching.say({ type: 'unwatch', channel: 1 });
    await run.process.logged(/endings could not be journalled yet/);
    const elsewhere = await LivePeer.connect(world.denHaag);
    expect(elsewhere.messages.filter(({ type }) => type === 'incident')).toEqual([]);

    // Withdrawn is withdrawn, now and when there is room again.
    await operator.call('DELETE', `/v1/incidents/${incident}/grants/rotterdam`);
    watching.say({ type: 'watch', channel: 3, camera: 'shop-1', incident });
    await watching.hears('error', ({ code, ref }) => code === 'not-shared' && ref === 3);

    disk.free();
    await centre.hears('recording', ({ recording }) => recording);
    await run.process.logged(/what is done is recorded again/);
    watching.say({ type: 'watch', channel: 4, camera: 'shop-1', incident });
    await watching.hears('error', ({ code, ref }) => code === 'not-shared' && ref === 4);
    await operator.call('PUT', `/v1/incidents/${incident}/grants/den-haag`, {
      ...{ cameras: ['shop-front'], rights: ['view'] },
    });
    elsewhere.say({ type: 'watch', channel: 1, camera: 'shop-front', incident });
    await elsewhere.pictures(3, 1);
    expect(await world.ready()).toMatchObject({ ready: true });

    const entries = await world.journal();
    const resumed = entries.findLastIndex(({ kind }) => kind === 'journal.resumed');
    const late = entries.slice(resumed).filter(({ data }) => 'happenedAt' in data);
    expect(late.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['viewing.ended', 'grant.withdrawn']),
    );
    const between = entries.filter(({ timeUnixUs }) => {
      const since = Number(entries[resumed]?.data['sinceUnixUs']);
      return timeUnixUs > since && timeUnixUs < Number(entries[resumed]?.timeUnixUs);
    });
    expect(between).toEqual([]);
    const verified = await world.verify();
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.text).toMatch(/entry \d+: nothing could be recorded from .* to /);
    expect(await run.stop('SIGTERM')).toBe(0);
    expect(await world.verify()).toMatchObject({ code: 0 });
  });

  it('keeps a gateway from starting only where it cannot even open its journal, and says why', async () => {
    const world = await World.on('memory');
    const { disk, run } = world;
    await run.stop('SIGKILL');
    disk.fill();
    const args = ['serve', '--config', join(disk.dataDir, 'cameras.yaml')];
    const again = keep(new LiveviewProcess(args, CAMERA_PASSWORD_ENV, disk.enter));
    const started = await until('it says how it goes', () => {
      if (/"message":"ready"/.test(again.stderr)) return 'ready';
      return again.running ? undefined : 'ended';
    });
    if (started === 'ready') await again.logged(/nothing can be recorded/);
    else expect(again.stderr).toMatch(/liveview: the journal .*cannot be opened .*; check/);
    await again.stop('SIGKILL');
    disk.free();
    expect(await world.verify()).toMatchObject({ code: 0 });
  });
});

onDisk('image', 'a file system that breaks and becomes read-only', () => {
  it('keeps anything from being shown or moved, ends what is to end, and is whole after its repair', async () => {
    const world = await World.on('image');
    const { disk, run, incident } = world;
    const watching = await LivePeer.connect(world.rotterdam);
    watching.say({ type: 'watch', channel: 1, camera: 'shop-1', incident });
    await watching.pictures(5, 1);
    const known = await world.journal();
    let broken = false;
    await world.failWhileTurning(
      watching,
      () => {
        if (!broken) disk.breakDown();
        broken = true;
      },
      () => undefined,
    );
    await until('the camera stands', async () => !(await world.camera.status()).moving);
    expect(await world.refusals()).toEqual(REFUSED);
    const before = watching.media.length;
    await until('the pictures go on', () => watching.media.length > before + 5);
    expect(await world.ready()).toMatchObject({ ready: false });
    await run.stop('SIGTERM');
    expect(run.process.child.exitCode).not.toBeNull();

    // Nothing starts on it, and it says why.
    const args = ['serve', '--config', join(disk.dataDir, 'cameras.yaml')];
    const refused = keep(new LiveviewProcess(args, CAMERA_PASSWORD_ENV, disk.enter));
    expect(await refused.ended()).toBe(1);
    expect(refused.stderr).toMatch(/liveview: .*(read-only|EROFS)/i);

    disk.repair();
    const again = keep(new LiveviewProcess(args, CAMERA_PASSWORD_ENV, disk.enter));
    await again.logged(/"message":"ready"/);
    await again.stop('SIGTERM');
    const verified = await world.verify();
    expect(verified).toMatchObject({ code: 0 });
    const exported = spawnExport(disk);
    for (const { hash } of known) expect(exported).toContain(hash);
  });

  it('that is mounted read-only keeps a gateway from starting, which says so', async () => {
    const world = await World.on('image');
    const { disk, run } = world;
    expect(await run.stop('SIGTERM')).toBe(0);
    disk.remountReadOnly();
    const args = ['serve', '--config', join(disk.dataDir, 'cameras.yaml')];
    const refused = keep(new LiveviewProcess(args, CAMERA_PASSWORD_ENV, disk.enter));
    expect(await refused.ended()).toBe(1);
    expect(refused.stderr).toMatch(/liveview: .*(read-only|EROFS)/i);
  });
});

function spawnExport(disk: PrivateDisk): string {
  const [command = '', ...args] = disk.enter;
  const bin = new URL('../../bin/liveview.js', import.meta.url).pathname;
  const exporting = [
    ...args,
    process.execPath,
    bin,
    'journal',
    'export',
    '--data-dir',
    disk.dataDir,
  ];
  return spawnSync(command, exporting, { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 }).stdout;
}
