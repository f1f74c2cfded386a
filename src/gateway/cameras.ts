import { createHash } from 'node:crypto';
import type { ControlCapabilities } from '../cameras/control.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import { readCredentials } from '../config/secrets.ts';
import { readTrust } from '../config/trust.ts';
import { describe } from '../core/errors.ts';
import type { CameraPtz } from '../server/deps.ts';
import { type CameraDeps, GatewayCamera } from './camera.ts';
import type { WarmPolicy } from './warmth.ts';

/** How long an answer, or the lack of one, stands before the camera is asked again. */
const ASK_AGAIN_MS = 15_000;

interface Entry {
  readonly config: CameraConfig;
  /** Of everything by which the camera is reached and delivered, its passwords and authorities included. */
  readonly fingerprint: string;
  readonly camera: GatewayCamera;
  capabilities: ControlCapabilities | undefined;
  askedAtMs: number;
}

/** Cameras as a new configuration wants them, set up and not yet in use. */
export interface NextCameras {
  /** Those in use now that will change or go. */
  readonly leaving: readonly string[];
  /** Puts them in use and says goodbye to those that leave. */
  take(): Promise<void>;
}

/** The configured cameras. A reload replaces those that are reached in another way and leaves the rest alone. */
export class GatewayCameras {
  readonly #deps: CameraDeps;
  #entries = new Map<string, Entry>();

  constructor(deps: CameraDeps) {
    this.#deps = deps;
  }

  get(id: string): GatewayCamera | undefined {
    return this.#entries.get(id)?.camera;
  }

  all(): GatewayCamera[] {
    return [...this.#entries.values()].map((entry) => entry.camera);
  }

  /** @throws LiveViewError `secret-missing`; nothing has changed then. */
  async next(config: Config): Promise<NextCameras> {
    const after = new Map<string, Entry>();
    try {
      for (const item of config.cameras) after.set(item.id, this.#entryFor(item));
    } catch (error) {
      await closeAll([...after.values()].filter((entry) => !this.#isInUse(entry)));
      throw error;
    }
    const leaving = [...this.#entries].filter(
      ([id, entry]) => after.get(id)?.camera !== entry.camera,
    );
    return {
      leaving: leaving.map(([id]) => id),
      take: async () => {
        const fresh = [...after.values()].filter((entry) => !this.#isInUse(entry));
        this.#entries = after;
        for (const entry of fresh) this.#prepare(entry);
        await closeAll(leaving.map(([, entry]) => entry));
      },
    };
  }

  /** When each is to be pulled without a viewer. */
  warmPolicies(): { id: string; warm: WarmPolicy }[] {
    return [...this.#entries].map(([id, { config }]) => ({ id, warm: config.stream.warm }));
  }

  /** What is known of a camera's movements; null for one that cannot move, undefined while it has not said. */
  ptz(id: string): CameraPtz | null | undefined {
    const entry = this.#entries.get(id);
    if (!entry?.camera.control) return null;
    this.#ask(entry);
    const known = entry.capabilities;
    if (!known) return undefined;
    const moves = [known.continuous, known.absolute].some((axes) => axes.panTilt || axes.zoom);
    return moves || known.home || known.presets.length > 0 ? known : null;
  }

  /** Cameras that are pulled and do not play, for administrators. */
  problems(): string[] {
    return this.all().flatMap((camera) => camera.problems());
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries = new Map();
    await closeAll(entries);
  }

  #isInUse(entry: Entry): boolean {
    return this.#entries.get(entry.camera.id)?.camera === entry.camera;
  }

  #entryFor(config: CameraConfig): Entry {
    const fingerprint = fingerprintOf(config);
    const known = this.#entries.get(config.id);
    if (known?.fingerprint === fingerprint) return { ...known, config };
    const camera = new GatewayCamera(config, this.#deps);
    const askedAtMs = Number.NEGATIVE_INFINITY;
    return { config, fingerprint, camera, capabilities: undefined, askedAtMs };
  }

  /** So that neither the first viewer nor the first operator waits for the camera's answers. */
  #prepare(entry: Entry): void {
    void entry.camera.prepare();
    this.#ask(entry);
  }

  /** Presets are added in the camera itself, so what it said is asked again now and then. */
  #ask(entry: Entry): void {
    const { clock, log } = this.#deps;
    if (clock.nowMs() - entry.askedAtMs < ASK_AGAIN_MS) return;
    entry.askedAtMs = clock.nowMs();
    entry.camera.control?.capabilities(entry.capabilities !== undefined).then(
      (capabilities) => {
        entry.capabilities = capabilities;
      },
      (error: unknown) => {
        log.debug(`camera ${entry.camera.id} did not say what it can do: ${describe(error)}`);
      },
    );
  }
}

function fingerprintOf({ onvif, rtsp, stream }: CameraConfig): string {
  const passwords = [onvif, rtsp].map((part) => part && readCredentials(part)?.password.reveal());
  const { transport, httpPort, deliver, stalledSeconds } = stream;
  const how = { transport, httpPort, deliver, stalledSeconds, trust: readTrust(stream.tls) };
  return createHash('sha256').update(JSON.stringify({ onvif, rtsp, how, passwords })).digest('hex');
}

async function closeAll(entries: readonly Entry[]): Promise<void> {
  await Promise.all(entries.map((entry) => entry.camera.close()));
}
