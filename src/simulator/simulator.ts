import { networkInterfaces } from 'node:os';
import { type Clock, systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { Lifecycle } from '../core/lifecycle.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import type { Credentials, Secret } from '../core/secret.ts';
import { findFfmpeg } from '../video/transcode/ffmpeg.ts';
import { type CatalogueEntry, catalogue } from './catalogue.ts';
import { DiscoveryResponder } from './discovery/responder.ts';
import {
  type LoopedOptions,
  loopedPictures,
  type PictureMaker,
  paintedPictures,
} from './pictures.ts';
import type { PtzQuirks } from './ptz-model.ts';
import type { RelayQuirks } from './relay-bank.ts';
import { RtspServer } from './rtsp/server.ts';
import type { Act, ActName } from './scene/acts.ts';
import type { SceneName } from './scene/scene.ts';
import { VirtualCamera } from './virtual-camera.ts';

export interface SimulatorOptions {
  /** 4 unless told: a dome in a shop, a fixed camera at its front, domes at a square and a car park. */
  readonly cameras?: number;
  /** Address to listen on; `127.0.0.1` unless told. */
  readonly host?: string;
  /** 0, which is the default, for any that is free. */
  readonly rtspPort?: number;
  /** Camera i listens on `onvifPort` + i; with 0, which is the default, each on any that is free. */
  readonly onvifPort?: number;
  /** Name or IPv4 address of the interface on which the cameras can be discovered. */
  readonly discovery?: { readonly interface: string } | false;
  /** Clips from a file instead of painted scenes: a hundred cameras cost next to nothing. */
  readonly looped?: boolean | LoopedOptions;
  /** How they differ from the specification, as real ones do. */
  readonly quirks?: PtzQuirks & RelayQuirks;
  readonly username?: string;
  readonly password: Secret;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** The compiled `scene/scene-worker`, where it does not lie beside this file. */
  readonly sceneWorker?: URL;
}

export interface SimulatedCamera {
  readonly id: string;
  readonly name: string;
  readonly scene: SceneName;
  /** It can be turned. */
  readonly ptz: boolean;
  /** Tokens of its relay outputs. */
  readonly relays: readonly string[];
  /** Address of the ONVIF device service. */
  readonly onvifUrl: string;
  readonly rtspMain: string;
  readonly rtspSub: string;
  readonly serialNumber: string;
}

export interface RunningSimulator {
  readonly cameras: readonly SimulatedCamera[];
  readonly rtspPort: number;
  /** The camera itself: its motor and its ONVIF device. @throws LiveViewError `unknown-camera` */
  camera(id: string): VirtualCamera;
  /** Plays something in front of the cameras from now on, in place of what was played; painted scenes only. */
  play(act: ActName): void;
  /** How many watch a camera over RTSP. */
  viewers(id: string): number;
  /** Switches a camera off: every connection to it is cut, and new ones lead nowhere. */
  stopCamera(id: string): Promise<void>;
  /** Switches it on again, at the same addresses. */
  startCamera(id: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Switches virtual cameras on: ONVIF devices that can be discovered, each with a main and a sub
 * stream over RTSP, under the user name and the password given.
 *
 * @throws LiveViewError `unknown-interface`, `rtsp-listen-failed`, `clip-failed`, or what the ONVIF
 *   devices and the responder throw when a port is taken; nothing is left running then.
 */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  await findFfmpeg();
  const simulator = new Simulator(options);
  await simulator.start();
  return simulator;
}

class Simulator implements RunningSimulator {
  readonly #options: SimulatorOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #host: string;
  readonly #rtsp: RtspServer;
  readonly #discovery: DiscoveryResponder | undefined;
  readonly #credentials: Credentials;
  readonly #cameras = new Map<string, VirtualCamera>();
  readonly #publicHost: string;
  readonly #entries: readonly CatalogueEntry[];
  #lifecycle: Lifecycle | undefined;
  #act: Act | undefined;
  rtspPort = 0;

  constructor(options: SimulatorOptions) {
    const { host = '127.0.0.1', rtspPort = 0, username = 'liveview', password } = options;
    const clock = options.clock ?? systemClock;
    const log = options.log ?? silentLogger;
    const credentials = { username, password };
    const found = options.discovery ? addressOf(options.discovery.interface) : undefined;
    this.#options = options;
    this.#entries = catalogue(options.cameras ?? 4);
    this.#clock = clock;
    this.#log = log;
    this.#host = host;
    this.#credentials = credentials;
    this.#publicHost = isWildcard(host) ? (found ?? '127.0.0.1') : host;
    this.#rtsp = new RtspServer({ host, port: rtspPort, credentials, clock, log });
    this.#discovery = found
      ? new DiscoveryResponder({ interfaceAddress: found, clock, logger: log })
      : undefined;
  }

  get cameras(): readonly SimulatedCamera[] {
    return [...this.#cameras.values()].map((camera) => ({
      id: camera.entry.id,
      name: camera.entry.name,
      scene: camera.entry.scene,
      ptz: camera.ptz !== undefined,
      relays: camera.relays.tokens,
      onvifUrl: camera.onvifUrl,
      rtspMain: camera.rtspMain,
      rtspSub: camera.rtspSub,
      serialNumber: camera.entry.serialNumber,
    }));
  }

  async start(): Promise<void> {
    const pictures = await this.#pictures();
    this.#lifecycle = new Lifecycle([
      { name: 'RTSP', start: () => this.#listen(), stop: () => this.#rtsp.close() },
      ...(this.#discovery ? [this.#discovery] : []),
      {
        name: 'cameras',
        start: () => this.#startCameras(pictures),
        stop: () => this.#stopCameras(),
      },
    ]);
    await this.#lifecycle.start();
  }

  async stop(): Promise<void> {
    await this.#lifecycle?.stop();
  }

  camera(id: string): VirtualCamera {
    const camera = this.#cameras.get(id);
    if (camera) return camera;
    throw new LiveViewError('unknown-camera', `there is no virtual camera ${id}`);
  }

  play(name: ActName): void {
    this.#act = { name, sinceUnixUs: this.#clock.unixUs() };
  }

  viewers(id: string): number {
    return this.#rtsp.viewers(`/${id}/main`) + this.#rtsp.viewers(`/${id}/sub`);
  }

  async stopCamera(id: string): Promise<void> {
    await this.camera(id).stop();
  }

  async startCamera(id: string): Promise<void> {
    await this.camera(id).start();
  }

  #pictures(): Promise<PictureMaker> {
    const { looped = false, sceneWorker: worker } = this.#options;
    if (looped) return loopedPictures(this.#entries, looped === true ? {} : looped, this.#clock);
    const scenes = this.#entries.map(({ scene }) => scene);
    const act = () => this.#act;
    return paintedPictures({ scenes, act, clock: this.#clock, log: this.#log, worker });
  }

  async #listen(): Promise<void> {
    this.rtspPort = await this.#rtsp.listen();
  }

  async #startCameras(pictures: PictureMaker): Promise<void> {
    const { onvifPort = 0, quirks = {} } = this.#options;
    for (const [index, entry] of this.#entries.entries()) {
      const camera = new VirtualCamera({
        entry,
        quirks,
        host: this.#host,
        onvifPort: onvifPort === 0 ? 0 : onvifPort + index,
        publicHost: this.#publicHost,
        rtspPort: this.rtspPort,
        rtsp: this.#rtsp,
        discovery: this.#discovery,
        credentials: this.#credentials,
        pictures: (viewpoint) => pictures(entry, index, viewpoint),
        clock: this.#clock,
        log: this.#log,
      });
      this.#cameras.set(entry.id, camera);
      await camera.start().catch(async (cause) => {
        await this.#stopCameras();
        throw cause;
      });
    }
  }

  async #stopCameras(): Promise<void> {
    await Promise.all([...this.#cameras.values()].map((camera) => camera.stop()));
  }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** The IPv4 address of an interface named by name or by that address. @throws `unknown-interface` */
function addressOf(wanted: string): string {
  const all = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({ family }) => family === 'IPv4')
      .map(({ address }) => ({ name, address })),
  );
  const found = all.find(({ name, address }) => name === wanted || address === wanted);
  if (found) return found.address;
  const known = [...new Set(all.map(({ name }) => name))].join(', ');
  throw new LiveViewError(
    'unknown-interface',
    `there is no interface ${wanted}; there are ${known}`,
  );
}
