import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiCaller } from './api-caller.ts';
import { LiveviewProcess } from './liveview-process.ts';

interface DemoSummary {
  readonly centre: string;
  readonly police: string;
  readonly users: readonly {
    readonly username: string;
    readonly password: string;
    readonly role: string;
    readonly controlRoom: string | null;
  }[];
  readonly cameras: readonly {
    readonly id: string;
    readonly name: string;
    readonly onvif: string;
    readonly rtsp: string;
  }[];
}

/** `liveview demo` on free ports, as a user starts it. */
export class DemoRun {
  readonly process: LiveviewProcess;
  readonly dataDir: string;
  readonly summary: DemoSummary;

  private constructor(process: LiveviewProcess, dataDir: string, summary: DemoSummary) {
    this.process = process;
    this.dataDir = dataDir;
    this.summary = summary;
  }

  static async start(more: readonly string[] = []): Promise<DemoRun> {
    const dataDir = mkdtempSync(join(tmpdir(), 'liveview-e2e-'));
    const ports = ['--centre-port', '0', '--police-port', '0'];
    const process = new LiveviewProcess([
      ...['demo', '--json', ...ports, '--data-dir', dataDir, ...more],
    ]);
    return new DemoRun(process, dataDir, await process.readyJson<DemoSummary>(120_000));
  }

  /** The password of the virtual cameras. */
  get cameraPassword(): string {
    return readFileSync(join(this.dataDir, 'virtual-cameras.password'), 'utf8');
  }

  user(name: string) {
    const found = this.summary.users.find((user) => user.username === name);
    if (!found) throw new Error(`the demonstration has no user ${name}`);
    return found;
  }

  camera(id: string) {
    const found = this.summary.cameras.find((camera) => camera.id === id);
    if (!found) throw new Error(`the demonstration has no camera ${id}`);
    return found;
  }

  /** A logged-in caller of the HTTP API. */
  async logIn(side: 'centre' | 'police', name: string): Promise<ApiCaller> {
    const { username, password } = this.user(name);
    return ApiCaller.logIn(this.summary[side], username, password);
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}
