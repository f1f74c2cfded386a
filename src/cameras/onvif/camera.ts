import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import type { Logger } from '../../core/log.ts';
import type { CameraControl } from '../control.ts';
import type { CameraEvents } from '../events.ts';
import type { CameraOutputs } from '../outputs.ts';
import { SnapshotFetcher } from '../snapshot.ts';
import { OnvifControl } from './control.ts';
import type { Identity, Stream } from './description.ts';
import { EventFeed } from './event-feed.ts';
import { OnvifOutputs } from './outputs.ts';
import { type CameraQuirks, QuirkBook } from './quirks.ts';
import type { CameraAddress, OnvifConnection, OnvifWorkerPool } from './worker-pool.ts';

export interface OnvifCameraOptions extends CameraAddress {
  readonly pool: OnvifWorkerPool;
  readonly clock: Clock;
  readonly log: Logger;
  /** What was learnt before, as `onQuirks` gave it. */
  readonly quirks?: CameraQuirks;
  /** Called whenever something is learnt; to be saved. */
  readonly onQuirks?: (quirks: CameraQuirks) => void;
}

const IDENTITY_MS = 10_000;
/** A dozen small requests to a slow camera. */
const STREAMS_MS = 20_000;
const KEY_FRAME_MS = 3_000;
const KEY_FRAME_EVERY_MS = 1_000;
const SNAPSHOT_MS = 4_000;
/** A camera that has no picture is not asked at each look; nor does a wrong password lock its account. */
const SNAPSHOT_AGAIN_MS = 60_000;

/**
 * One ONVIF camera. Nothing is asked of it before the first call; every call has a deadline and
 * rejects with a LiveViewError whose `code` is one of those of `CameraControl`.
 */
export class OnvifCamera {
  readonly control: CameraControl;
  readonly outputs: CameraOutputs;
  /** What it tells by itself; it is asked while somebody listens. */
  readonly events: CameraEvents;
  readonly #options: OnvifCameraOptions;
  readonly #connection: OnvifConnection;
  readonly #control: OnvifControl;
  readonly #events: EventFeed;
  readonly #keyFrameAtMs = new Map<string, number>();
  readonly #fetcher: SnapshotFetcher;
  #streams: Promise<readonly Stream[]> | undefined;
  #snapshotUri: string | undefined;
  #noSnapshotUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: OnvifCameraOptions) {
    this.#options = options;
    this.#connection = options.pool.connect(options);
    this.#fetcher = new SnapshotFetcher(options.credentials);
    const { clock } = options;
    const quirks = new QuirkBook(options.quirks, options.onQuirks);
    const log = options.log.child({ camera: options.camera });
    const { call } = this.#connection;
    this.#events = new EventFeed({ call, clock, log });
    this.events = this.#events;
    this.#control = new OnvifControl({ call, clock, log, quirks });
    this.control = this.#control;
    this.outputs = new OnvifOutputs({ call, quirks });
  }

  /** Whether ONVIF is spoken there at all; how far the camera's clock is ahead of ours, ms. */
  clockOffsetMs(): Promise<number> {
    return this.#connection.call('syncClock', {}, IDENTITY_MS);
  }

  /** Names of its services, such as `media2` and `ptz`. */
  services(): Promise<readonly string[]> {
    return this.#connection.call('services', {}, IDENTITY_MS);
  }

  /** Make, model and firmware; proves that the credentials are accepted. */
  identity(): Promise<Identity> {
    return this.#connection.call('identity', {}, IDENTITY_MS);
  }

  /** Its video streams; remembered until `refresh` (for when RTSP answers 404 or 454). */
  streams(refresh = false): Promise<readonly Stream[]> {
    if (refresh || !this.#streams) {
      const { host } = this.#options;
      const before = this.#streams;
      const asked = this.#connection.call('streams', { host }, STREAMS_MS);
      this.#streams = asked;
      asked.catch(() => {
        // what was known stays good while the camera cannot be asked
        if (this.#streams === asked) this.#streams = before;
      });
    }
    return this.#streams;
  }

  /** Asks for a key frame of `main` or `sub`, at most once a second each. Never rejects. */
  async requestKeyFrame(role: 'main' | 'sub'): Promise<void> {
    const { clock, log, camera } = this.#options;
    const nowMs = clock.nowMs();
    const lastMs = this.#keyFrameAtMs.get(role) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - lastMs < KEY_FRAME_EVERY_MS) return;
    this.#keyFrameAtMs.set(role, nowMs);
    try {
      const profile = (await this.#stream(role))?.profile;
      if (profile === undefined) return;
      await this.#connection.call('requestKeyFrame', { profile }, KEY_FRAME_MS);
    } catch (error) {
      log.debug('the camera gave no key frame on request', { camera, error });
    }
  }

  /** Where a JPEG of its picture can be had; undefined when it offers none. */
  async snapshotUri(): Promise<string | undefined> {
    const { host } = this.#options;
    const profile = (await this.#stream('main'))?.profile;
    if (profile === undefined) return undefined;
    return this.#connection.call('snapshotUri', { profile, host }, IDENTITY_MS);
  }

  /** The camera's own JPEG; undefined when it has none, or gave none a short while ago. Never rejects. */
  async snapshot(): Promise<Buffer | undefined> {
    const { clock, log, camera } = this.#options;
    if (clock.nowMs() < this.#noSnapshotUntilMs) return undefined;
    try {
      const what = `the snapshot of ${camera}`;
      const jpeg = await withDeadline(clock, what, SNAPSHOT_MS, async (signal) => {
        this.#snapshotUri ??= await this.snapshotUri();
        return this.#snapshotUri && (await this.#fetcher.fetch(this.#snapshotUri, signal));
      });
      if (jpeg) return jpeg;
    } catch (error) {
      log.debug('the camera gave no snapshot', { camera, error });
    }
    this.#snapshotUri = undefined;
    this.#noSnapshotUntilMs = clock.nowMs() + SNAPSHOT_AGAIN_MS;
    return undefined;
  }

  /** Ends what it was subscribed to and forgets the camera; other calls under way end as they may. */
  async close(): Promise<void> {
    this.#control.close();
    await this.#events.close();
    this.#connection.close();
  }

  async #stream(role: 'main' | 'sub'): Promise<Stream | undefined> {
    const streams = await this.streams();
    return (
      streams.find((stream) => stream.role === role) ??
      streams.find((stream) => stream.role === 'main')
    );
  }
}
