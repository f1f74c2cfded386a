import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import type { Logger } from '../core/log.ts';
import type { Credentials } from '../core/secret.ts';
import { toAnnexB } from '../video/h264/annex-b.ts';
import { stillOf } from '../video/transcode/still.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { DiscoveryResponder } from './discovery/responder.ts';
import { type OnvifDevice, startOnvifDevice } from './onvif/device.ts';
import type { StreamProfile } from './onvif/profiles.ts';
import type { CameraPictures } from './pictures.ts';
import { PtzModel, type PtzQuirks, type Viewpoint } from './ptz-model.ts';
import { RelayBank, type RelayQuirks } from './relay-bank.ts';
import type { RtspServer } from './rtsp/server.ts';
import { STRAIGHT_AHEAD } from './scene/viewpoint.ts';

const SNAPSHOT_MS = 10_000;

export interface VirtualCameraOptions {
  readonly entry: CatalogueEntry;
  /** How it differs from the specification. */
  readonly quirks: PtzQuirks & RelayQuirks;
  readonly host: string;
  /** Of the ONVIF device; 0 for any that is free, and kept from then on. */
  readonly onvifPort: number;
  /** Under which clients reach the simulator. */
  readonly publicHost: string;
  readonly rtspPort: number;
  readonly rtsp: RtspServer;
  readonly discovery: DiscoveryResponder | undefined;
  readonly credentials: Credentials;
  readonly pictures: (viewpoint: () => Viewpoint | undefined) => CameraPictures;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One camera on the network: an ONVIF device, two streams, and a motor if it is a dome. */
export class VirtualCamera {
  readonly entry: CatalogueEntry;
  /** Undefined for a camera that cannot turn. */
  readonly ptz: PtzModel | undefined;
  /** What hangs on its relay outputs. */
  readonly relays: RelayBank;
  readonly #options: VirtualCameraOptions;
  readonly #pictures: CameraPictures;
  #onvif: OnvifDevice | undefined;
  #onvifPort: number;
  #hasSignal = true;

  constructor(options: VirtualCameraOptions) {
    const { entry, clock, rtsp } = options;
    this.entry = entry;
    this.#options = options;
    this.#onvifPort = options.onvifPort;
    const { presets } = entry;
    const { quirks } = options;
    this.ptz = presets && new PtzModel({ clock, presets, quirks });
    this.relays = new RelayBank({ tokens: entry.relays, clock, quirks });
    this.#pictures = options.pictures(() =>
      this.#hasSignal ? (this.ptz?.viewpoint() ?? STRAIGHT_AHEAD) : undefined,
    );
    rtsp.mount(this.#path('main'), this.#pictures.main.feed);
    rtsp.mount(this.#path('sub'), this.#pictures.sub.feed);
  }

  get onvifUrl(): string {
    return this.#onvif?.url ?? '';
  }

  get rtspMain(): string {
    return this.#url('main');
  }

  get rtspSub(): string {
    return this.#url('sub');
  }

  /** The ONVIF side, while the camera is on: to trigger events and step its clock. */
  get onvif(): OnvifDevice | undefined {
    return this.#onvif;
  }

  /** Its input loses its signal, or has it again: it says so, and a painted picture is blue meanwhile. */
  setSignal(hasSignal: boolean): void {
    this.#hasSignal = hasSignal;
    this.#tellSignal();
  }

  #tellSignal(): void {
    this.#onvif?.trigger('VideoSource/SignalLoss', { State: !this.#hasSignal });
  }

  async start(): Promise<void> {
    if (this.#onvif) return;
    const { rtsp, discovery } = this.#options;
    const onvif = await this.#startOnvif();
    this.#onvif = onvif;
    if (!this.#hasSignal) this.#tellSignal();
    this.#onvifPort = onvif.port;
    for (const size of ['main', 'sub'] as const) rtsp.switchOn(this.#path(size));
    discovery?.add({ ...onvif.endpoint, xaddrs: [onvif.url] });
  }

  /** Dead for everybody, in an instant; what it pointed at it still points at afterwards. */
  async stop(): Promise<void> {
    const { rtsp, discovery } = this.#options;
    const onvif = this.#onvif;
    this.#onvif = undefined;
    this.relays.switchOff();
    for (const size of ['main', 'sub'] as const) rtsp.switchOff(this.#path(size));
    if (onvif) discovery?.remove(onvif.endpoint.uuid);
    await Promise.all([onvif?.stop(), this.#pictures.stop()]);
  }

  #startOnvif(): Promise<OnvifDevice> {
    const { host, credentials, clock, log, publicHost, entry } = this.#options;
    return startOnvifDevice({
      host,
      port: this.#onvifPort,
      advertisedHost: publicHost,
      identity: {
        manufacturer: 'LiveView',
        model: this.ptz ? 'Virtual Dome' : 'Virtual Camera',
        firmware: '1.10',
        serialNumber: entry.serialNumber,
        hardwareId: this.ptz ? 'VD-1' : 'VC-1',
        name: entry.name,
        location: entry.scene,
      },
      credentials,
      profiles: [this.#profile('main'), this.#profile('sub')],
      ...(this.ptz ? { ptz: this.ptz } : {}),
      relays: this.relays,
      snapshot: () => this.#snapshot(),
      clock,
      logger: log,
    });
  }

  #snapshot(): Promise<Buffer> {
    const { feed } = this.#pictures.main;
    return withDeadline(this.#options.clock, 'the scene', SNAPSHOT_MS, async (signal) => {
      const bytes = toAnnexB(await feed.keyFrame(signal));
      return stillOf({ format: 'h264', bytes }, { signal });
    });
  }

  #profile(size: 'main' | 'sub'): StreamProfile {
    const { width, height, fps, kbps } = this.#pictures[size].shape;
    return { token: size, name: size, rtspUri: this.#url(size), width, height, fps, kbps };
  }

  #path(size: 'main' | 'sub'): string {
    return `/${this.entry.id}/${size}`;
  }

  #url(size: 'main' | 'sub'): string {
    const { publicHost, rtspPort } = this.#options;
    const host = publicHost.includes(':') ? `[${publicHost}]` : publicHost;
    return `rtsp://${host}:${rtspPort}${this.#path(size)}`;
  }
}
