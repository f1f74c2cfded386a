import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TokenStore } from '../../../src/access/tokens.ts';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { openJournal, type SqliteJournal } from '../../../src/journal/sqlite-journal.ts';
import { ApiCaller } from '../../support/api-caller.ts';
import { type ServeOptions, ServeRun } from '../../support/serve.ts';
import { CAMERA_PASSWORD_ENV } from '../../support/simulate.ts';
import { until } from '../../support/until.ts';

const PRELOAD = fileURLToPath(new URL('../../support/shifted-clock.cjs', import.meta.url));

/** A `liveview serve` that can be killed, started again, reloaded, and whose wall clock can be set. */
export class ModelGateway {
  readonly journal: SqliteJournal;
  readonly #options: Required<Omit<ServeOptions, 'disk' | 'within'>>;
  readonly #clockFile: string;
  #run: ServeRun;
  #operator: ApiCaller;
  #police: string;
  #offsetMs = 0;
  #tokens = 0;

  private constructor(
    options: Required<Omit<ServeOptions, 'disk' | 'within'>>,
    clockFile: string,
    started: Started,
  ) {
    this.#options = options;
    this.#clockFile = clockFile;
    this.#run = started.run;
    this.#police = started.police;
    const { dataDir } = started.run;
    const token = new TokenStore(dataDir, systemClock).issue({ name: 'olga', role: 'operator' });
    this.#operator = ApiCaller.withToken(started.centre, token.secret.reveal());
    this.journal = openJournal(join(dataDir, 'journal.db'), { create: false });
  }

  static async start(config: ServeOptions['config']): Promise<ModelGateway> {
    const dataDir = mkdtempSync(join(tmpdir(), 'liveview-gate-model-'));
    const clockFile = join(dataDir, 'clock-offset');
    writeFileSync(clockFile, '0');
    const clock = { NODE_OPTIONS: `--require "${PRELOAD}"`, LIVEVIEW_TEST_CLOCK: clockFile };
    const options = { config, dataDir, env: { ...CAMERA_PASSWORD_ENV, ...clock } };
    return new ModelGateway(options, clockFile, await started(options));
  }

  get operator(): ApiCaller {
    return this.#operator;
  }

  get dataDir(): string {
    return this.#run.dataDir;
  }

  /** By its own wall clock. */
  get unixMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Somebody of the control room, with an account that nobody else has. */
  dispatcher(controlRoom: string): { user: string; caller: ApiCaller } {
    this.#tokens += 1;
    const user = `${controlRoom}-${this.#tokens}`;
    const { secret } = this.#store().issue({ name: user, role: 'dispatcher', controlRoom });
    return { user, caller: ApiCaller.withToken(this.#police, secret.reveal()) };
  }

  revoke(user: string): void {
    this.#store().revoke(user);
  }

  async crash(): Promise<void> {
    await this.#run.stop('SIGKILL');
  }

  async restart(): Promise<void> {
    const { run, centre, police } = await started(this.#options);
    this.#run = run;
    this.#police = police;
    this.#operator = this.#operator.at(centre);
  }

  /** In order; @returns the exit code. */
  async stop(): Promise<unknown> {
    return this.#run.stop();
  }

  /** Whatever state it is in. */
  async kill(): Promise<void> {
    this.journal.close();
    await this.#run.stop('SIGKILL');
  }

  async setClock(byMs: number): Promise<void> {
    this.#offsetMs += byMs;
    writeFileSync(this.#clockFile, String(this.#offsetMs));
    await this.#saysAfter('the wall clock is set', 'SIGUSR2');
  }

  async reload(change: (config: ConfigInput) => object): Promise<void> {
    const { configFile } = this.#run;
    const before = readFileSync(configFile, 'utf8');
    writeFileSync(configFile, JSON.stringify(change(JSON.parse(before))));
    await this.#saysAfter('configuration read again', 'SIGHUP');
    writeFileSync(configFile, before);
  }

  async #saysAfter(text: string, signal: NodeJS.Signals): Promise<void> {
    const { process } = this.#run;
    const count = () => process.stderr.split(text).length;
    const before = count();
    process.child.kill(signal);
    await until(text, () => count() > before, 60_000);
  }

  #store(): TokenStore {
    return new TokenStore(this.dataDir, systemClock);
  }
}

interface Started {
  readonly run: ServeRun;
  readonly centre: string;
  readonly police: string;
}

async function started(options: ServeOptions): Promise<Started> {
  const run = await ServeRun.start(options);
  return { run, ...(await run.ready()) };
}
