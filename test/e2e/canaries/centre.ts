import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { fromBase32, totpCode, totpStep } from '../../../src/access/totp.ts';
import { ApiCaller } from '../../support/api-caller.ts';
import { SIGNED } from '../../support/certificates.ts';
import type { LiveviewProcess } from '../../support/liveview-process.ts';
import { ScriptedDirectory } from '../../support/openid/scripted-directory.ts';
import { ServeRun } from '../../support/serve.ts';
import { SimulateRun } from '../../support/simulate.ts';
import { Canaries } from './canaries.ts';
import { HostileCameras } from './hostile-camera.ts';

const BIN = fileURLToPath(new URL('../../../bin/liveview.js', import.meta.url));

/** What came out somewhere, by where. */
export type Findings = Map<string, Buffer>;

/** A gateway with a canary in every place where a secret can be. */
export class Centre {
  readonly canaries = new Canaries();
  readonly findings: Findings = new Map();
  /** Where each canary is meant to be, and has to be found. */
  readonly homes = new Map<string, Buffer>();
  /** Files, credentials and certificates, beside the data directory. */
  readonly folder = mkdtempSync(join(tmpdir(), 'liveview-canaries-'));
  readonly dataDir = mkdtempSync(join(tmpdir(), 'liveview-e2e-'));
  run!: ServeRun;
  cameras!: SimulateRun;
  hostile!: HostileCameras;
  readonly directory = new ScriptedDirectory();
  #runs = 0;

  async start(): Promise<void> {
    const { canaries } = this;
    const env = { SHOP_PASSWORD: canaries.hatch('camera-by-variable') };
    this.cameras = await SimulateRun.start(
      ['--cameras', '1', '--password-env', 'SHOP_PASSWORD'],
      env,
    );
    this.hostile = await HostileCameras.start(canaries.hatch('camera-by-onvif'));
    mkdirSync(this.credentialsFolder);
    this.keep('openid.secret', canaries.hatch('openid-secret'), 'openid-secret');
    await this.directory.start();
    this.keep('status.password', canaries.hatch('camera-by-file'), 'camera-by-file');
    this.keep('credentials/sdp', canaries.hatch('camera-by-credential'), 'camera-by-credential');
    this.keep('header.password', canaries.hatch('camera-by-header'), 'camera-by-header');
    this.keep('onvif.password', canaries.secret('camera-by-onvif'), 'camera-by-onvif');
    this.keep('panel.key', canaries.hatchKey('panel-key'), 'panel-key');
    canaries.plantPem('tls-key', SIGNED.key);
    this.keep('tls.key', SIGNED.key, 'tls-key');
    this.keep('tls.crt', SIGNED.cert);
    await this.startGateway();
    // The virtual camera was given the same; of the gateway not everybody may read it.
    const { pid } = this.cameras.process.child;
    this.homes.set('camera-by-variable', readFileSync(`/proc/${pid}/environ`));
    canaries.plantPem('journal-key', readFileSync(join(this.dataDir, 'journal.key'), 'utf8'));
    this.homes.set('journal-key', readFileSync(join(this.dataDir, 'journal.key')));
  }

  get credentialsFolder(): string {
    return join(this.folder, 'credentials');
  }

  /** A file that nobody but the owner reads. */
  keep(name: string, text: string, canary?: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
    if (canary !== undefined) this.homes.set(canary, readFileSync(file));
    return file;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  async startGateway(): Promise<void> {
    this.#runs += 1;
    this.run = await ServeRun.start({
      config: this.#config() as never,
      dataDir: this.dataDir,
      env: {
        SHOP_PASSWORD: this.canaries.secret('camera-by-variable'),
        CREDENTIALS_DIRECTORY: this.credentialsFolder,
      },
    });
    this.hear(`the gateway's run ${this.#runs}`, this.run.process);
  }

  /** All that a process says is a place to look. */
  hear(name: string, process: LiveviewProcess): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      process.child[stream]?.on('data', (chunk: string) =>
        this.note(`${stream} of ${name}`, chunk),
      );
    }
  }

  note(place: string, bytes: Buffer | string): void {
    const before = this.findings.get(place) ?? Buffer.alloc(0);
    this.findings.set(place, Buffer.concat([before, Buffer.from(bytes)]));
  }

  /** The command line, as administrators use it; others look at processes meanwhile. */
  async command(
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; input?: string } = {},
  ): Promise<string> {
    const { env = {}, input = '' } = options;
    const child = this.#spawn(args, env);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    this.note(`stderr of ${args.join(' ')}`, stderr);
    return stdout;
  }

  /** The same, where nothing in the answer may be a secret either. */
  async told(
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; input?: string } = {},
  ): Promise<string> {
    const stdout = await this.command(args, options);
    this.note(`stdout of ${args.join(' ')}`, stdout);
    return stdout;
  }

  /** Somebody with a second factor. @returns the password, and a recovery code that opens. */
  async withSecondFactor(name: string): Promise<[string, string[]]> {
    const password = this.canaries.hatch('password-of-two');
    const data = ['--data-dir', this.dataDir];
    this.homes.set('password-of-two', Buffer.from(password));
    const add = ['user', 'add', name, '--role', 'operator', '--password-stdin', ...data];
    await this.told(add, { input: `${password}\n` });
    const child = this.#spawn(['user', 'totp', name, ...data]);
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += String(chunk);
      const [, secret] = /secret=([A-Z2-7]{32})[\s\S]*then type the code/.exec(stdout) ?? [];
      if (secret === undefined || this.homes.has('totp-secret')) continue;
      this.canaries.plantKey('totp-secret', fromBase32(secret), secret);
      this.homes.set('totp-secret', Buffer.from(secret));
      child.stdin.end(`${totpCode(fromBase32(secret), totpStep(Date.now()))}\n`);
    }
    const codes = stdout.match(/\b[A-Z2-7]{4}(-[A-Z2-7]{4}){3}\b/g) ?? [];
    this.homes.set('recovery-code', Buffer.from(stdout));
    return [password, codes.slice(0, 1).map((code) => this.canaries.plant('recovery-code', code))];
  }

  /** @returns a caller by a token that the command line printed: where it is meant to be. */
  async withToken(name: string, role: string, room?: string): Promise<ApiCaller> {
    const terms = room === undefined ? [] : ['--control-room', room];
    const stdout = await this.command([
      'token',
      'add',
      name,
      '--role',
      role,
      ...terms,
      '--data-dir',
      this.dataDir,
    ]);
    const token = this.canaries.plant(`token of ${name}`, stdout.trim());
    this.homes.set(`token of ${name}`, Buffer.from(stdout));
    const { centre, police } = await this.run.ready();
    return ApiCaller.withToken(room === undefined ? centre : police, token);
  }

  async stop(): Promise<void> {
    await this.run?.stop('SIGKILL');
    await this.cameras?.stop('SIGKILL');
    this.hostile?.stop();
    await this.directory.stop();
  }

  #spawn(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const own = { NODE_OPTIONS: '', CREDENTIALS_DIRECTORY: this.credentialsFolder };
    return spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...own, ...env } });
  }

  #config(): object {
    const rtsp = (path: 'status' | 'header' | 'sdp', password: object) => ({
      ...{ id: `hostile-${path}`, site: 'site', stream: { warm: 'always', transport: 'tcp' } },
      rtsp: { main: this.hostile.url(path), username: 'liveview', password },
    });
    const [shop] = this.cameras.config();
    const byVariable = { password: { env: 'SHOP_PASSWORD' } };
    return {
      access: {
        openid: {
          ...{ issuer: this.directory.issuer, clientId: 'liveview', name: 'Directory' },
          clientSecret: { file: this.file('openid.secret') },
          redirectUrl: 'https://liveview.example/v1/session/openid/callback',
          roles: [{ value: 'operators', role: 'operator' }],
        },
      },
      centre: {
        listen: '127.0.0.1:0',
        // Not https alone: the browser of this test comes without a proxy.
        allowedOrigins: ['https://liveview.example', 'http://127.0.0.1'],
      },
      sites: [{ id: 'site', name: 'Juwelier', contacts: [{ name: 'Sleutelhouder' }] }],
      cameras: [
        { ...shop, site: 'site', onvif: { ...shop?.onvif, ...byVariable } },
        rtsp('status', { file: this.file('status.password') }),
        rtsp('header', { file: this.file('header.password') }),
        rtsp('sdp', { credential: 'sdp' }),
        {
          ...{ id: 'hostile-onvif', site: 'site', stream: { warm: 'always' } },
          onvif: {
            ...this.hostile.onvif,
            username: 'liveview',
            password: { file: this.file('onvif.password') },
          },
        },
      ],
      alarms: {
        webhook: [{ token: 'webhook', sites: ['site'] }],
        dc09: {
          listen: '127.0.0.1:0',
          tls: { cert: this.file('tls.crt'), key: this.file('tls.key'), listen: '127.0.0.1:0' },
          accounts: { '1409': { site: 'site', key: { file: this.file('panel.key') } } },
        },
      },
    };
  }
}
