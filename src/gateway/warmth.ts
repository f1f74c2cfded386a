import type { CameraConfig } from '../config/schema.ts';
import type { Hub } from '../video/hub/hub.ts';

export type WarmPolicy = CameraConfig['stream']['warm'];

export interface WarmthOptions {
  readonly hub: Pick<Hub, 'keepWarm'>;
  /** Cameras with their policy and their site; as they are now. */
  readonly cameras: () => Iterable<{ id: string; site: string | undefined; warm: WarmPolicy }>;
  /** Sites at which something is going on; see liveview/wakefulness.ts. */
  readonly wakefulSites: () => ReadonlySet<string>;
  /** Calls when those may have changed; returns how to stop listening. */
  readonly onWaking: (listener: () => void) => () => void;
}

/** Pulls the full picture of cameras for which nobody should have to wait. */
export class Warmth {
  readonly #options: WarmthOptions;
  #held: (() => void)[] = [];
  #stopListening: () => void = () => undefined;

  constructor(options: WarmthOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopListening = this.#options.onWaking(() => this.update());
    this.update();
  }

  stop(): void {
    this.#stopListening();
    this.#release();
  }

  /** To be called when the cameras or their policies have changed. */
  update(): void {
    const { hub, cameras, wakefulSites } = this.#options;
    const wakeful = wakefulSites();
    const wanted = [...cameras()].filter(
      ({ warm, site }) =>
        warm === 'always' || (warm === 'on-alarm' && site !== undefined && wakeful.has(site)),
    );
    // Anew for all: a camera that was set up anew has another stream.
    const held = wanted.map(({ id }) => hub.keepWarm(id, 'main'));
    this.#release();
    this.#held = held;
  }

  #release(): void {
    for (const release of this.#held.splice(0)) release();
  }
}
