/** Examines one camera the way the gateway uses it: asks, plays, measures, and says what to change. */
import type { Advice } from '../../cameras/advice.ts';
import { type ProbeReport, type ProbeStep, probe } from '../../cameras/onvif/probe.ts';
import type { CameraQuirks } from '../../cameras/onvif/quirks.ts';
import type { OnvifWorkerPool } from '../../cameras/onvif/worker-pool.ts';
import type { CameraConfig } from '../../config/schema.ts';
import { readCredentials } from '../../config/secrets.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import { Encoders } from '../../video/transcode/encoders.ts';
import { adapting } from '../adapting.ts';
import { GatewayCamera, type Profile, type QuirksBook } from '../camera.ts';
import { EncoderPlaces } from '../encoder-places.ts';
import { adviceFor } from './advice.ts';
import { checkPtz, type PtzReport } from './ptz-check.ts';
import { checkSessions, MAX_SESSIONS, type SessionReport } from './session-check.ts';
import { checkStream, type Failure, type StreamReport } from './stream-check.ts';

export interface DoctorOptions {
  readonly camera: CameraConfig;
  readonly pool: OnvifWorkerPool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly quirks: QuirksBook;
  /** How long each stream is measured. */
  readonly seconds: number;
  /** What one picture may take of the line to the control room. */
  readonly lineKbps: number;
  /** Count how many sessions the camera grants. */
  readonly sessions: boolean;
  /** Move it a little and stop it; called before, to record that. Absent: nothing is moved. */
  readonly beforeMove?: () => void;
  readonly onStep?: (step: DoctorStep) => void;
}

export interface DoctorStep {
  readonly step: string;
  readonly outcome: ProbeStep['outcome'];
  readonly detail: string;
}

export type Device = Omit<ProbeReport, 'ok' | 'advice'>;

/** Plain data. `ok` is true when the full picture plays. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly camera: string;
  readonly seconds: number;
  /** What ONVIF tells; absent for a camera that is known by its addresses alone. */
  readonly device?: Device;
  readonly streams: readonly StreamReport[];
  readonly sessions?: SessionReport;
  readonly ptz?: PtzReport;
  readonly advice: readonly Advice[];
}

/** Nobody else needs an encoder here: those of both streams, and of as many sessions as are counted. */
const PLENTY = { wanted: 'software', max: 2 + MAX_SESSIONS } as const;
/** What is measured is the camera's picture. */
const AS_IT_IS = {
  rung: { width: 8_192, height: 8_192, kbps: 50_000 },
  ffmpeg: { missing: false },
  closeUnused: () => undefined,
};

/** Never rejects for what the camera does; that is in the report. */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  let learnt: CameraQuirks = options.quirks.of(options.camera.id);
  const quirks: QuirksBook = {
    of: (id) => options.quirks.of(id),
    transportOf: (id) => options.quirks.transportOf(id),
    learnt: (id, now) => {
      learnt = now;
      options.quirks.learnt(id, now);
    },
  };
  const encoders = new Encoders({ ...options, ...PLENTY });
  const adapt = adapting({
    ...options,
    ...AS_IT_IS,
    ...{ encoders, places: new EncoderPlaces(encoders) },
  });
  const camera = new GatewayCamera(options.camera, { ...options, quirks, adapt });
  try {
    return await new Doctor(options, camera, () => learnt).run();
  } finally {
    await camera.close();
  }
}

class Doctor {
  readonly #options: DoctorOptions;
  readonly #camera: GatewayCamera;
  readonly #learnt: () => CameraQuirks;

  constructor(options: DoctorOptions, camera: GatewayCamera, learnt: () => CameraQuirks) {
    this.#options = options;
    this.#camera = camera;
    this.#learnt = learnt;
  }

  async run(): Promise<DoctorReport> {
    const { camera, seconds, lineKbps } = this.#options;
    const probed = camera.onvif && (await this.#probe(camera.onvif));
    // Both at once, as the gateway does.
    const streams = await Promise.all(this.#roles(probed).map((role) => this.#play(role)));
    const ok = streams.some((stream) => stream.role === 'main' && stream.pictures !== undefined);
    const sessions = ok && this.#options.sessions ? await this.#countSessions() : undefined;
    const ptz = await this.#move();
    const found = {
      camera: camera.id,
      seconds,
      ...(probed ? { device: deviceOf(probed) } : {}),
      streams,
      ...(sessions ? { sessions } : {}),
      ...(ptz ? { ptz } : {}),
    };
    const { outputs } = camera;
    const advice = adviceFor({ ...found, probed: probed?.advice ?? [], lineKbps, outputs });
    return { ok, ...found, advice };
  }

  /** Nothing is moved or stopped: the camera may be in use. */
  #probe({ host, port, https, ...part }: NonNullable<CameraConfig['onvif']>): Promise<ProbeReport> {
    const { pool, clock, log, onStep } = this.#options;
    const credentials = readCredentials(part);
    return probe({
      ...{ host, port, https, pool, clock, log, stop: false },
      ...(credentials ? { credentials } : {}),
      ...(onStep ? { onStep } : {}),
    });
  }

  #roles(probed: ProbeReport | undefined): Profile[] {
    const { rtsp } = this.#options.camera;
    const hasSub = rtsp
      ? rtsp.sub !== undefined
      : probed?.streams.some(({ role }) => role === 'sub');
    return hasSub ? ['main', 'sub'] : ['main'];
  }

  async #play(role: Profile): Promise<StreamReport> {
    const { clock, seconds } = this.#options;
    const open = this.#camera.openSource.bind(this.#camera, role);
    const report = await checkStream({ role, open, clock, seconds });
    this.#step(`${role} stream`, report.pictures ? undefined : report.failure, () => {
      const { coding, transport, madeOf } = report;
      return `${madeOf ?? coding?.codec ?? 'unknown'} ${coding?.width}×${coding?.height} over ${transport}`;
    });
    return report;
  }

  async #countSessions(): Promise<SessionReport> {
    const open = this.#camera.openSource.bind(this.#camera, 'main');
    const report = await checkSessions({ open, clock: this.#options.clock });
    this.#step('sessions', undefined, () => `${report.granted} of ${report.asked} at a time`);
    return report;
  }

  async #move(): Promise<PtzReport | undefined> {
    const { beforeMove, clock } = this.#options;
    const { control } = this.#camera;
    if (!beforeMove || !control) return undefined;
    beforeMove();
    const report = await checkPtz({ control, clock, quirks: this.#learnt });
    this.#step('movement', report.failure, () => describeMovement(report));
    return report;
  }

  #step(step: string, failure: Failure | undefined, detail: () => string): void {
    const outcome = failure ? 'failed' : 'ok';
    this.#options.onStep?.({ step, outcome, detail: failure?.message ?? detail() });
  }
}

function deviceOf({ ok: _, advice: __, ...device }: ProbeReport): Device {
  return device;
}

function describeMovement({ axis, stopped }: PtzReport): string {
  if (!axis) return 'a fixed camera';
  if (stopped === undefined) return `${axis}; it does not say whether it stopped`;
  return stopped ? `${axis}, and stopped` : `${axis}, and did not stop`;
}
