import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallerRole } from '../../src/access/role.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { PanelTransport } from '../../src/simulator/panel/line.ts';
import { ApiCaller } from './api-caller.ts';
import { LiveviewProcess } from './liveview-process.ts';
import type { PrivateDisk } from './private-disk.ts';

export interface ServeOptions {
  readonly config: Omit<ConfigInput, 'gateway'>;
  /** Of an earlier run, to start again with what it left. */
  readonly dataDir?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A command that becomes the gateway. */
  readonly within?: readonly string[];
  /** Where the data directory is. */
  readonly disk?: PrivateDisk;
}

/** `liveview serve` with a configuration of the test's own, both listeners on free ports of loopback. */
export class ServeRun {
  readonly process: LiveviewProcess;
  readonly dataDir: string;
  readonly configFile: string;

  private constructor(process: LiveviewProcess, dataDir: string, configFile: string) {
    this.process = process;
    this.dataDir = dataDir;
    this.configFile = configFile;
  }

  static launch(options: ServeOptions): ServeRun {
    const { disk } = options;
    const dataDir =
      disk?.outside ?? options.dataDir ?? mkdtempSync(join(tmpdir(), 'liveview-e2e-'));
    const config = {
      centre: { listen: '127.0.0.1:0' },
      police: { listen: '127.0.0.1:0', insecure: true },
      controlRooms: [
        { id: 'rotterdam', name: 'Rotterdam' },
        { id: 'den-haag', name: 'Den Haag' },
      ],
      ...options.config,
      gateway: { dataDir: disk?.dataDir ?? dataDir, logLevel: 'debug' },
    };
    const file = join(dataDir, 'cameras.yaml');
    writeFileSync(file, JSON.stringify(config, null, 1));
    const args = ['serve', '--config', disk ? join(disk.dataDir, 'cameras.yaml') : file];
    const process = new LiveviewProcess(args, options.env, disk?.enter ?? options.within);
    return new ServeRun(process, dataDir, file);
  }

  static async start(options: ServeOptions): Promise<ServeRun> {
    const run = ServeRun.launch(options);
    await run.ready();
    return run;
  }

  /** The URLs in the line that says ready. */
  async ready(): Promise<{ centre: string; police: string }> {
    const [line] = await this.process.logged(/^.*"message":"ready".*$/m);
    return JSON.parse(line);
  }

  /** Where panels report, by the ways that are configured. */
  async panelPorts(): Promise<Record<PanelTransport, number>> {
    const [line] = await this.process.logged(/^.*"message":"DC-09 receiver listens".*$/m);
    return JSON.parse(line);
  }

  /** A program that tells of alarms, by the name of its token. */
  async source(name: string): Promise<ApiCaller> {
    const { secret } = this.#tokens.issue({ name, role: 'source' });
    return ApiCaller.withToken((await this.ready()).centre, secret.reveal());
  }

  async operator(): Promise<ApiCaller> {
    return ApiCaller.withToken((await this.ready()).centre, this.#token('operator'));
  }

  async supervisor(): Promise<ApiCaller> {
    return ApiCaller.withToken((await this.ready()).centre, this.#token('supervisor'));
  }

  async auditor(): Promise<ApiCaller> {
    return ApiCaller.withToken((await this.ready()).centre, this.#token('auditor'));
  }

  async dispatcher(controlRoom: string): Promise<ApiCaller> {
    return ApiCaller.withToken((await this.ready()).police, this.#token('dispatcher', controlRoom));
  }

  async stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    return this.process.stop(signal);
  }

  get #tokens(): TokenStore {
    return new TokenStore(this.dataDir, systemClock);
  }

  #token(role: CallerRole, controlRoom?: string): string {
    const name = `${role}-${this.#tokens.list().length}`;
    return this.#tokens
      .issue({ name, role, ...(controlRoom === undefined ? {} : { controlRoom }) })
      .secret.reveal();
  }
}
