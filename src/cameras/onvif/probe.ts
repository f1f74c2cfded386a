import type { Clock } from '../../core/clock.ts';
import { codeOf, describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Credentials } from '../../core/secret.ts';
import type { Advice } from '../advice.ts';
import type { ControlCapabilities } from '../control.ts';
import type { RelayOutput } from '../outputs.ts';
import { OnvifCamera } from './camera.ts';
import type { Identity, Stream } from './description.ts';
import { adviceFor } from './probe-advice.ts';
import type { CameraQuirks } from './quirks.ts';
import type { OnvifWorkerPool } from './worker-pool.ts';

export interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials?: Credentials;
  readonly https?: boolean;
  readonly pool: OnvifWorkerPool;
  readonly clock: Clock;
  readonly log: Logger;
  /** False: the camera is not even sent a Stop. */
  readonly stop?: boolean;
  /** Called as each step ends, for progress. */
  readonly onStep?: (step: ProbeStep) => void;
}

export type ProbeStepName =
  | 'reach'
  | 'credentials'
  | 'services'
  | 'streams'
  | 'snapshot'
  | 'control'
  | 'outputs'
  | 'stop';

export interface ProbeStep {
  readonly step: ProbeStepName;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** What was found, or what went wrong, in words. */
  readonly detail: string;
  /** Code of the error, when it failed. */
  readonly code?: string;
}

/** Plain data. `ok` is true when the gateway can use the camera: credentials and a stream. */
export interface ProbeReport {
  readonly ok: boolean;
  readonly host: string;
  readonly port: number;
  /** How far the camera's clock is ahead of ours. */
  readonly clockOffsetMs?: number;
  readonly identity?: Identity;
  /** Names of its services, such as `media2` and `ptz`. */
  readonly services: readonly string[];
  readonly streams: readonly Stream[];
  readonly snapshotUri?: string;
  readonly control?: ControlCapabilities;
  /** What can be switched at it; absent when it could not be asked. */
  readonly outputs?: readonly RelayOutput[];
  /** What it does otherwise than the specification asks. */
  readonly quirks: CameraQuirks;
  readonly steps: readonly ProbeStep[];
  /** What to do about what was found; empty when all is well. */
  readonly advice: readonly Advice[];
}

/**
 * Finds out what a camera is and can do. Never rejects: what fails is a step of the report. Nothing
 * is moved; a camera that can be moved is sent one Stop, to learn whether it knows it.
 */
export async function probe(options: ProbeOptions): Promise<ProbeReport> {
  const examination = new Examination(options);
  try {
    await examination.run();
  } finally {
    await examination.close();
  }
  return examination.report();
}

class Examination {
  readonly #options: ProbeOptions;
  readonly #camera: OnvifCamera;
  readonly #steps: ProbeStep[] = [];
  #clockOffsetMs: number | undefined;
  #identity: Identity | undefined;
  #services: readonly string[] = [];
  #streams: readonly Stream[] = [];
  #snapshotUri: string | undefined;
  #control: ControlCapabilities | undefined;
  #outputs: readonly RelayOutput[] | undefined;
  #quirks: CameraQuirks = {};

  constructor(options: ProbeOptions) {
    this.#options = options;
    const onQuirks = (quirks: CameraQuirks) => {
      this.#quirks = quirks;
    };
    this.#camera = new OnvifCamera({ ...options, camera: options.host, onQuirks });
  }

  close(): Promise<void> {
    return this.#camera.close();
  }

  async run(): Promise<void> {
    const camera = this.#camera;
    const reached = await this.#step('reach', async () => {
      this.#clockOffsetMs = await camera.clockOffsetMs();
      return `ONVIF answers; its clock is ${describeOffset(this.#clockOffsetMs)}`;
    });
    const known = await this.#step('credentials', () => this.#identify(), reached);
    await this.#step('services', async () => this.#listServices(), known);
    const streams = await this.#step('streams', () => this.#listStreams(), known);
    await this.#step('snapshot', () => this.#findSnapshot(), streams);
    const control = await this.#step('control', () => this.#askControl(), known);
    await this.#step('outputs', () => this.#listOutputs(), known);
    const { panTilt = false, zoom = false } = this.#control?.continuous ?? {};
    const { stop = true } = this.#options;
    await this.#step('stop', () => this.#tryStop(), stop && control && (panTilt || zoom));
  }

  report(): ProbeReport {
    const { host, port } = this.#options;
    const found = {
      host,
      port,
      ...(this.#clockOffsetMs === undefined ? {} : { clockOffsetMs: this.#clockOffsetMs }),
      ...(this.#identity ? { identity: this.#identity } : {}),
      services: this.#services,
      streams: this.#streams,
      ...(this.#snapshotUri === undefined ? {} : { snapshotUri: this.#snapshotUri }),
      ...(this.#control ? { control: this.#control } : {}),
      ...(this.#outputs ? { outputs: this.#outputs } : {}),
      quirks: this.#quirks,
      steps: this.#steps,
    };
    const ok = this.#identity !== undefined && this.#streams.length > 0;
    return { ok, ...found, advice: adviceFor(found, this.#options.credentials !== undefined) };
  }

  /** True when it went well. A step that is not worth trying is skipped. */
  async #step(step: ProbeStepName, run: () => Promise<string>, worthIt = true): Promise<boolean> {
    const done = worthIt ? await outcomeOf(step, run) : skipped(step);
    this.#steps.push(done);
    this.#options.onStep?.(done);
    return done.outcome === 'ok';
  }

  async #identify(): Promise<string> {
    this.#identity = await this.#camera.identity();
    const { manufacturer, model, firmware } = this.#identity;
    return `${manufacturer} ${model}, firmware ${firmware}`;
  }

  async #listServices(): Promise<string> {
    this.#services = await this.#camera.services();
    return this.#services.join(', ') || 'none';
  }

  async #listStreams(): Promise<string> {
    this.#streams = await this.#camera.streams();
    const list = this.#streams.map(
      ({ role, encoding, width, height }) => `${role} ${encoding} ${width}×${height}`,
    );
    return list.join(', ') || 'none';
  }

  async #findSnapshot(): Promise<string> {
    this.#snapshotUri = await this.#camera.snapshotUri();
    return this.#snapshotUri ?? 'none';
  }

  async #askControl(): Promise<string> {
    this.#control = await this.#camera.control.capabilities();
    return describeControl(this.#control);
  }

  async #listOutputs(): Promise<string> {
    this.#outputs = await this.#camera.outputs.list();
    return this.#outputs.map(({ token }) => token).join(', ') || 'none';
  }

  async #tryStop(): Promise<string> {
    await this.#camera.control.stop();
    return this.#quirks.lacksStop ? 'refused; a zero velocity is accepted' : 'accepted';
  }
}

async function outcomeOf(step: ProbeStepName, run: () => Promise<string>): Promise<ProbeStep> {
  try {
    return { step, outcome: 'ok', detail: await run() };
  } catch (error) {
    return { step, outcome: 'failed', detail: describe(error), code: codeOf(error) };
  }
}

function skipped(step: ProbeStepName): ProbeStep {
  return { step, outcome: 'skipped', detail: 'not tried' };
}

function describeOffset(offsetMs: number): string {
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  if (seconds < 2) return 'right';
  return `${seconds} s ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

function describeControl({ continuous, absolute, home, presets }: ControlCapabilities): string {
  const abilities = [
    ...(continuous.panTilt ? ['pan and tilt'] : []),
    ...(continuous.zoom ? ['zoom'] : []),
    ...(absolute.panTilt || absolute.zoom ? ['positions'] : []),
    ...(home ? ['home'] : []),
    ...(presets.length > 0 ? [`${presets.length} presets`] : []),
  ];
  return abilities.join(', ') || 'a fixed camera';
}
