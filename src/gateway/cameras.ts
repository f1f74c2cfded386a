import type { ControlCapabilities } from '../cameras/control.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import { describe } from '../core/errors.ts';
import type { CameraPtz } from '../server/deps.ts';
import type { Hub } from '../video/hub/hub.ts';
import { type CameraDeps, GatewayCamera } from './camera.ts';

/** A camera that did not say what it can do is asked again after this long. */
const ASK_AGAIN_MS = 15_000;

interface Entry {
  readonly config: CameraConfig;
  readonly camera: GatewayCamera;
  capabilities: ControlCapabilities | undefined;
  askedAtMs: number;
}

/** The configured cameras. A reload replaces those whose configuration changed and leaves the rest alone. */
export class GatewayCameras {
  readonly #deps: CameraDeps;
  #entries = new Map<string, Entry>();
  #warm: (() => void)[] = [];

  constructor(deps: CameraDeps) {
    this.#deps = deps;
  }

  get(id: string): GatewayCamera | undefined {
    return this.#entries.get(id)?.camera;
  }

  all(): GatewayCamera[] {
    return [...this.#entries.values()].map((entry) => entry.camera);
  }

  /**
   * @returns the ids of cameras that were there before and have changed or gone.
   * @throws LiveViewError `secret-missing`; nothing has changed then.
   */
  async configure(config: Config): Promise<string[]> {
    const before = this.#entries;
    const after = new Map<string, Entry>();
    for (const item of config.cameras) {
      const known = before.get(item.id);
      const same = known && JSON.stringify(known.config) === JSON.stringify(item);
      after.set(item.id, same ? known : this.#open(item));
    }
    this.#entries = after;
    const gone = [...before].filter(([id, entry]) => after.get(id) !== entry);
    await Promise.all(gone.map(([, entry]) => entry.camera.close()));
    return gone.map(([id]) => id);
  }

  /** Pulls those that are to be warm always. */
  keepWarm(hub: Hub): void {
    const warm = [...this.#entries.values()]
      .filter((entry) => entry.config.stream.warm === 'always')
      .map((entry) => hub.keepWarm(entry.camera.id, 'main'));
    for (const release of this.#warm) release();
    this.#warm = warm;
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
    for (const release of this.#warm.splice(0)) release();
    const entries = [...this.#entries.values()];
    this.#entries = new Map();
    await Promise.all(entries.map((entry) => entry.camera.close()));
  }

  #open(config: CameraConfig): Entry {
    const camera = new GatewayCamera(config, this.#deps);
    return { config, camera, capabilities: undefined, askedAtMs: Number.NEGATIVE_INFINITY };
  }

  #ask(entry: Entry): void {
    const { clock, log } = this.#deps;
    if (entry.capabilities || clock.nowMs() - entry.askedAtMs < ASK_AGAIN_MS) return;
    entry.askedAtMs = clock.nowMs();
    entry.camera.control?.capabilities().then(
      (capabilities) => {
        entry.capabilities = capabilities;
      },
      (error: unknown) => {
        log.warn(`camera ${entry.camera.id} did not say what it can do: ${describe(error)}`);
      },
    );
  }
}
