import type { CameraControl } from '../cameras/control.ts';
import type { CameraEvents } from '../cameras/events.ts';
import { OnvifCamera } from '../cameras/onvif/camera.ts';
import type { OnvifWorkerPool } from '../cameras/onvif/worker-pool.ts';
import type { CameraOutputs } from '../cameras/outputs.ts';
import type { CameraConfig } from '../config/schema.ts';
import { readCredentials } from '../config/secrets.ts';
import { type CameraTrust, readTrust } from '../config/trust.ts';
import type { Clock } from '../core/clock.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Credentials } from '../core/secret.ts';
import type { PictureCondition } from '../server/deps.ts';
import type { PictureState } from '../server/protocol.ts';
import type { AccessUnitSink } from '../video/access-unit.ts';
import type { Adapt } from '../video/rtp/adapt.ts';
import type { HostBudget } from '../video/source/host-budget.ts';
import { Source, type SourceOptions } from '../video/source/source.ts';
import type { TransportMemory } from '../video/source/transport-choice.ts';
import { type OwnSources, ownSources } from './own-sources.ts';
import { PictureConditions } from './picture-conditions.ts';
import type { QuirksFile } from './quirks-file.ts';
import { SharedSource } from './shared-source.ts';
import { SignalWatch } from './signal-watch.ts';

/** The streams of a camera that are pulled; everything else is made of one of them. */
export type Profile = 'main' | 'sub';

/** What was learnt of cameras, kept; see QuirksFile. */
export type QuirksBook = Pick<QuirksFile, 'of' | 'learnt' | 'transportOf'>;

export interface CameraDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly pool: OnvifWorkerPool;
  readonly quirks: QuirksBook;
  /** A stream of a camera is in another condition now; for figures. */
  readonly onPicture?: (camera: string, stream: string, state: PictureState) => void;
  /** What reads codecs that the gateway does not read itself, for a stream of that name. */
  readonly adapt?: (stream: string, log: Logger) => Adapt;
  /** Absent for whoever finds out how many sessions a camera serves. */
  readonly budget?: HostBudget;
}

/** What a source tells, and whom. */
export type SourceTaps = Pick<SourceOptions, 'sink' | 'onState' | 'observer' | 'requestKeyFrame'>;

/** One configured camera: where its streams are, how it is steered, and its one pull a profile. */
export class GatewayCamera {
  readonly id: string;
  readonly control: CameraControl | undefined;
  /** What hangs on it and can be switched. */
  readonly outputs: CameraOutputs | undefined;
  readonly pictures: PictureConditions;
  readonly #config: CameraConfig;
  readonly #deps: CameraDeps;
  readonly #log: Logger;
  readonly #onvif: OnvifCamera | undefined;
  readonly #rtspCredentials: Credentials | undefined;
  readonly #trust: CameraTrust | undefined;
  readonly #memory: TransportMemory;
  readonly #sources = new Map<Profile, SharedSource>();
  /** Whose pictures are made of what the camera sends. */
  readonly #madeAnew = new Set<Profile>();
  #hasSub: boolean | undefined;

  /** @throws LiveViewError `secret-missing` when a password or the CA file cannot be read. */
  constructor(config: CameraConfig, deps: CameraDeps) {
    this.id = config.id;
    this.#config = config;
    this.#deps = deps;
    this.#log = deps.log.child({ camera: config.id });
    const onvifCredentials = config.onvif && readCredentials(config.onvif);
    this.#hasSub = config.rtsp && config.rtsp.sub !== undefined;
    this.#rtspCredentials = (config.rtsp && readCredentials(config.rtsp)) ?? onvifCredentials;
    this.#trust = readTrust(config.stream.tls);
    this.#memory = deps.quirks.transportOf(config.id);
    this.#onvif = config.onvif && this.#openOnvif(config.onvif, onvifCredentials);
    this.control = this.#onvif?.control;
    this.outputs = this.#onvif?.outputs;
    this.pictures = this.#followPictures();
    if (this.#onvif) this.#watchSignal(this.#onvif);
  }

  /** What it shares with other channels of the same recorder. */
  get device(): string {
    const { host, port } = this.#config.onvif ?? {};
    return host === undefined ? this.id : `${host}:${port}`;
  }

  /** What it tells by itself; undefined for a camera that is known by its addresses alone. */
  get events(): CameraEvents | undefined {
    return this.#onvif?.events;
  }

  /** Which video sources of its device are its own; a recorder has others. */
  ownSources(): Promise<OwnSources> {
    const streams = async () => (await this.#onvif?.streams()) ?? [];
    return ownSources(streams, this.#config.rtsp !== undefined);
  }

  /** Whether its pictures are passed on as they are, where that will do, always, or never. */
  get deliver(): CameraConfig['stream']['deliver'] {
    return this.#config.stream.deliver;
  }

  /** Whether the camera is known to have a smaller picture; undefined while it has not been asked. */
  get hasSub(): boolean | undefined {
    return this.#hasSub;
  }

  /** Whether its pictures come from an encoder here, as the camera sends neither H.264 nor H.265. */
  isMadeAnew(profile: Profile): boolean {
    return this.#madeAnew.has(profile);
  }

  /** Asks an ONVIF camera for its streams, so that its first viewer need not wait for the answer. */
  async prepare(): Promise<void> {
    if (this.#config.rtsp) return;
    await this.#streams(false).catch((error: unknown) => {
      if (codeOf(error) === 'aborted') return;
      this.#log.warn(`its streams are not known yet: ${describe(error)}`, { error });
    });
  }

  source(profile: Profile): SharedSource {
    const existing = this.#sources.get(profile);
    if (existing) return existing;
    const source = new SharedSource(
      (sink) => this.#pull(profile, sink),
      () => this.requestKeyFrame(profile),
    );
    this.#sources.set(profile, source);
    return source;
  }

  /** Asks the camera for a key frame; rate limited there, never fatal. */
  requestKeyFrame(profile: Profile): void {
    this.#onvif?.requestKeyFrame(profile).catch((error: unknown) => {
      this.#log.debug('no key frame on request', { error });
    });
  }

  /**
   * The JPEG that the camera makes of what it streams; undefined when it has none. Where the streams are
   * configured by address, what ONVIF offers may be another channel's picture, and is not asked for.
   */
  async snapshot(): Promise<Buffer | undefined> {
    return this.#config.rtsp ? undefined : this.#onvif?.snapshot();
  }

  /** Why streams that are wanted do not play, for administrators. */
  problems(): string[] {
    return this.pictures
      .all()
      .flatMap(({ stream, reason }) => (reason ? [`${this.id} (${stream}): ${reason}`] : []));
  }

  /** By which a stream is known where pictures are made. */
  streamName(profile: Profile): string {
    return `${this.id} ${profile}`;
  }

  /** A pull of its own, that shares nothing; for whoever examines the camera. */
  openSource(profile: Profile, taps: SourceTaps): Source {
    const { transport, httpPort, deliver } = this.#config.stream;
    const { clock, budget, adapt } = this.#deps;
    return new Source({
      camera: this.id,
      // Which cannot be passed on as it is.
      adapt: deliver === 'passthrough' ? undefined : adapt?.(this.streamName(profile), this.#log),
      streamUri: (refresh) => this.#streamUri(profile, refresh),
      ...(this.#rtspCredentials ? { credentials: this.#rtspCredentials } : {}),
      ...{ transport, httpPort, memory: this.#memory, trust: this.#trust, budget, clock },
      log: this.#log,
      ...taps,
    });
  }

  async close(): Promise<void> {
    await this.#onvif?.close();
  }

  #openOnvif(
    part: NonNullable<CameraConfig['onvif']>,
    credentials: Credentials | undefined,
  ): OnvifCamera {
    const { clock, pool, quirks } = this.#deps;
    const { host, port, https } = part;
    return new OnvifCamera({
      ...{ camera: this.id, host, port, https, pool, clock, log: this.#log },
      ...(credentials ? { credentials } : {}),
      quirks: quirks.of(this.id),
      onQuirks: (learnt) => quirks.learnt(this.id, learnt),
    });
  }

  #followPictures(): PictureConditions {
    const { clock, onPicture } = this.#deps;
    const { stalledSeconds } = this.#config.stream;
    const pictures = new PictureConditions({ clock, stalledMs: stalledSeconds * 1000 });
    pictures.subscribe((stream, condition) => {
      this.#logPicture(stream, condition);
      if (condition) onPicture?.(this.id, stream, condition.state);
    });
    return pictures;
  }

  #watchSignal({ events }: OnvifCamera): void {
    const { clock } = this.#deps;
    new SignalWatch({
      pictures: this.pictures,
      events,
      ownSources: () => this.ownSources(),
      clock,
    });
  }

  /** Why there is no connection the source says itself. */
  #logPicture(stream: string, condition: PictureCondition | undefined): void {
    if (!condition?.reason || condition.state === 'no-connection') return;
    const { state, reason } = condition;
    this.#log.warn(reason, { stream, picture: state });
  }

  #pull(profile: Profile, sink: AccessUnitSink): Source {
    const followed = this.pictures.follow(profile, sink);
    return this.openSource(profile, {
      sink: followed.sink,
      requestKeyFrame: async () => this.requestKeyFrame(profile),
      onState: (state) => {
        if (state.kind === 'playing') this.#notePlaying(profile, state.madeOf);
        followed.state(state);
      },
    });
  }

  #notePlaying(profile: Profile, madeOf: string | undefined): void {
    if (madeOf === undefined) this.#madeAnew.delete(profile);
    else if (!this.#madeAnew.has(profile)) {
      this.#madeAnew.add(profile);
      this.#log.warn('the camera sends neither H.264 nor H.265, which costs an encoder here', {
        ...{ stream: profile, codec: madeOf },
      });
    }
  }

  /** The configured address, else what the camera says; the full picture where there is no small one. */
  async #streamUri(profile: Profile, refresh: boolean): Promise<string> {
    const { rtsp } = this.#config;
    if (rtsp) return profile === 'sub' ? (rtsp.sub ?? rtsp.main) : rtsp.main;
    const streams = await this.#streams(refresh);
    const found =
      streams.find((stream) => stream.role === profile) ??
      streams.find((stream) => stream.role === 'main');
    if (found) return found.uri;
    throw new LiveViewError(
      'no-stream',
      `camera ${this.id} offers no video stream; look at it with \`liveview probe\``,
    );
  }

  async #streams(refresh: boolean) {
    const streams = (await this.#onvif?.streams(refresh)) ?? [];
    this.#hasSub = streams.some((stream) => stream.role === 'sub');
    return streams;
  }
}
