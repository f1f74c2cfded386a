import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Side } from '../../../src/access/caller.ts';
import { TokenStore } from '../../../src/access/tokens.ts';
import { UserStore } from '../../../src/access/users.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Incident } from '../../../src/liveview/model.ts';
import { ApiCaller } from '../../support/api-caller.ts';
import { LivePeer } from '../../support/live-peer.ts';
import { plain } from '../../support/pictures.ts';
import { ServeRun } from '../../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../../support/simulate.ts';

/** What nobody may learn who attacks; part of every name and text that the gateway keeps. */
export const CANARY = 'canary-7f3a';
export const USER_PASSWORD = `${CANARY}-password`;

/** One thing that is tried. Resolves to what was lost by it, in words: nothing, one hopes. */
export interface Attack {
  readonly name: string;
  run(target: Target): Promise<readonly string[]>;
}

/** An answer has no end when it is a stream; this much of it is enough to judge. */
const ENOUGH_BYTES = 64 * 1024;
const PATIENCE_MS = 20_000;

type Parts = Pick<
  Target,
  'cameras' | 'run' | 'urls' | 'operator' | 'rotterdam' | 'denHaag' | 'incident' | 'plan' | 'viewer'
>;

/** What a control room, its opponent and an operator know, before a gateway at work. */
export class Target {
  readonly cameras: SimulateRun;
  readonly run: ServeRun;
  readonly urls: Readonly<Record<Side, string>>;
  readonly operator: ApiCaller;
  /** With whom `incident` is shared: one camera of the two, and the plan. */
  readonly rotterdam: ApiCaller;
  /** With whom nothing is shared. */
  readonly denHaag: ApiCaller;
  readonly incident: string;
  readonly plan: string;
  /** Of the control room with which it is shared; it watches all the time. */
  readonly viewer: LivePeer;
  #operators = 0;

  private constructor(parts: Parts) {
    ({ cameras: this.cameras, run: this.run, urls: this.urls } = parts);
    ({ operator: this.operator, rotterdam: this.rotterdam, denHaag: this.denHaag } = parts);
    ({ incident: this.incident, plan: this.plan, viewer: this.viewer } = parts);
  }

  static async start(): Promise<Target> {
    const cameras = await SimulateRun.start(['--cameras', '2', '--looped']);
    const known = cameras
      .config('rtsp')
      .map((each) => ({ ...each, name: `${CANARY} ${each.id}`, site: 'site' }));
    const webhook = [{ token: 'siren', sites: ['site'] }];
    const keys = panelKeys();
    const accounts = Object.fromEntries(
      Object.keys(keys).map((env, at) => [`${1_000 + at}`, { site: 'site', key: { env } }]),
    );
    const dc09 = { listen: '127.0.0.1:0', accounts };
    const run = await ServeRun.start({
      config: { sites: [{ id: 'site', name: CANARY }], cameras: known, alarms: { webhook, dc09 } },
      env: { ...CAMERA_PASSWORD_ENV, ...keys },
    });
    const operator = await run.operator();
    const plan = await uploadPlan(operator);
    const { id: incident } = await operator.call<Incident>('POST', '/v1/incidents', {
      ...{ type: 'robbery', site: 'site', summary: CANARY, cameras: ['shop-1', 'shop-front'] },
    });
    await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, {
      ...{ cameras: ['shop-1'], rights: ['view', 'plan'], expiresInMinutes: 600 },
    });
    const [rotterdam, denHaag] = [
      await run.dispatcher('rotterdam'),
      await run.dispatcher('den-haag'),
    ];
    const viewer = await LivePeer.connect(rotterdam);
    viewer.say({ type: 'watch', channel: 1, camera: 'shop-1', incident });
    await viewer.pictures(3, 1);
    const urls = { centre: operator.base, police: rotterdam.base };
    const callers = { operator, rotterdam, denHaag };
    return new Target({ cameras, run, urls, ...callers, incident, plan, viewer });
  }

  async stop(): Promise<void> {
    this.viewer.cut();
    await this.run.stop('SIGKILL');
    await this.cameras.stop('SIGKILL');
  }

  /** One whose acts nobody else uses up. */
  async anotherOperator(): Promise<ApiCaller> {
    this.#operators += 1;
    const { secret } = this.tokens.issue({ name: `op-${this.#operators}`, role: 'operator' });
    return ApiCaller.withToken(this.urls.centre, secret.reveal());
  }

  anotherDispatcher(): ApiCaller {
    const dispatcher = {
      name: 'dispatcher-x',
      role: 'dispatcher',
      controlRoom: 'den-haag',
    } as const;
    return ApiCaller.withToken(this.urls.police, this.tokens.issue(dispatcher).secret.reveal());
  }

  get tokens(): TokenStore {
    return new TokenStore(this.run.dataDir, systemClock);
  }

  /** A person who has logged in on the page of their side: a cookie. */
  async browserOf(side: Side, name: string, controlRoom = 'den-haag'): Promise<ApiCaller> {
    const users = new UserStore(this.run.dataDir, systemClock);
    const room = side === 'police' ? { controlRoom } : {};
    const role = side === 'police' ? 'dispatcher' : 'operator';
    await users.add({ username: name, role, ...room, password: new Secret(USER_PASSWORD) });
    return ApiCaller.logIn(this.urls[side], name, USER_PASSWORD);
  }

  /** Everything that comes back for these bytes on a connection of their own, as far as it matters. */
  exchange(side: Side, bytes: string | Buffer): Promise<Buffer> {
    const { hostname, port } = new URL(this.urls[side]);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
      const received: Buffer[] = [];
      const impatient = setTimeout(() => socket.destroy(), PATIENCE_MS);
      let size = 0;
      socket.on('data', (chunk) => {
        received.push(chunk);
        size += chunk.length;
        if (size >= ENOUGH_BYTES) socket.destroy();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') reject(error);
      });
      socket.on('end', () => socket.end());
      socket.on('close', () => {
        clearTimeout(impatient);
        resolve(Buffer.concat(received));
      });
      socket.write(bytes);
    });
  }

  /**
   * What the gateway's own thread spent while `work` was done, in milliseconds on a processor, whatever else the
   * machine did: the first figure of /proc/PID/schedstat (Linux, sched-stats.rst).
   */
  async costOf(work: () => Promise<unknown>): Promise<number> {
    const before = this.#spentMs();
    await work();
    return this.#spentMs() - before;
  }

  #spentMs(): number {
    const [spentNs] = readFileSync(`/proc/${this.run.process.child.pid}/schedstat`, 'latin1').split(
      ' ',
    );
    return Number(spentNs) / 1e6;
  }

  /** Whether all goes on as if nothing had happened, for those who are in the right. */
  async isWell(): Promise<readonly string[]> {
    if (!this.run.process.running) return ['the gateway has ended'];
    await this.viewer.pictures(2, 1);
    const { status } = await fetch(new URL('/healthz', this.urls.centre));
    return [
      ...(status === 200 ? [] : [`/healthz answers ${status}`]),
      ...(this.viewer.closed ? ['the viewer was cut off'] : []),
    ];
  }
}

/** As many as a centre may have: each is a secret that is searched for in what strangers write. */
function panelKeys(): Record<string, string> {
  const all = Array.from({ length: 100 }, (_, each) => `${each}`);
  return Object.fromEntries(all.map((each) => [`PANEL_${each}`, each.padStart(32, '5eC0')]));
}

async function uploadPlan(operator: ApiCaller): Promise<string> {
  const form = new FormData();
  form.append('site', 'site');
  form.append('name', CANARY);
  form.append('file', new Blob([new Uint8Array(await plain('png')([40, 40, 90]))]), 'plan.png');
  const answer = await operator.fetch('/v1/plans', { method: 'POST', body: form });
  return ((await answer.json()) as { id: string }).id;
}

const PICTURES: readonly [string, Buffer][] = [
  ['a fragment of MP4', Buffer.from('moof')],
  ['a start of MP4', Buffer.from('ftyp')],
  ['a JPEG', Buffer.from([0xff, 0xd8, 0xff])],
  ['a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
];
const WORDS: readonly [string, RegExp][] = [
  ['what is kept', new RegExp(CANARY)],
  ['a file of the system', /root:x?:0:0/],
  ['a file of the gateway', /"dataDir"|journal\.db|BEGIN (EC |RSA )?PRIVATE KEY/],
  ['a stack', /\n\s+at \S+ \(?(file|node):/],
  ['an error of the gateway', /^HTTP\/1\.1 50[0-2]/m],
];

/** What of an answer an attacker may not have. */
export function lostIn(answer: Buffer): string[] {
  const text = answer.toString('latin1');
  return [
    ...PICTURES.filter(([, mark]) => answer.includes(mark)).map(([what]) => what),
    ...WORDS.filter(([, mark]) => mark.test(text)).map(([what]) => what),
  ];
}

/** The status lines of all answers in these bytes. */
export function statusesIn(answer: Buffer): number[] {
  const found = answer.toString('latin1').matchAll(/^HTTP\/1\.1 (\d{3})/gm);
  return [...found].map(([, status]) => Number(status));
}
