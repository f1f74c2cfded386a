import type { ServerResponse } from 'node:http';
import type { Caller } from '../../access/caller.ts';
import type { Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Delivery } from '../../video/fragment.ts';
import type { ListenerDeps, MediaWish } from '../deps.ts';
import { type Told, toCaller } from '../egress/outlets.ts';
import type { ServerMetrics } from '../metrics.ts';
import { MEDIA_BOUND } from './link.ts';
import type { WatchTarget } from './watch.ts';
import { Watch } from './watch.ts';

/** A camera that has shown nothing for this long will not do so soon: the answer is a status. */
const FIRST_PICTURE_MS = 15_000;

export interface Mp4StreamOptions {
  readonly deps: ListenerDeps;
  readonly metrics: ServerMetrics;
  readonly caller: Caller;
  readonly target: WatchTarget;
  readonly codecs: MediaWish['codecs'];
}

/**
 * `live.mp4`: one endless fragmented MP4 (ISO/IEC 14496-12). It waits for the init segment before
 * it answers, so that a camera without a picture is a status and not an empty film. A player that
 * falls behind goes on at a key frame. A new generation needs a new file: the answer ends, and the
 * player asks again. When the permit ends, the connection is cut.
 */
export class Mp4Stream {
  readonly #options: Mp4StreamOptions;
  readonly #watch: Watch;
  #response: ServerResponse | undefined;
  #onFirst: (() => void) | undefined;
  #first: Delivery | undefined;
  #refused: LiveViewError | undefined;

  /** @throws LiveViewError as `Watch`. */
  constructor(options: Mp4StreamOptions) {
    const { deps, caller, target, codecs } = options;
    this.#options = options;
    const wish = { quality: 'auto' as const, codecs, formats: ['fmp4' as const] };
    this.#watch = new Watch(deps, caller, target, wish, {
      readable: () => (this.#response ? this.#pump() : this.#lookForInit()),
      ended: ({ code, reason }) => {
        this.#refused = new LiveViewError(code, reason);
        this.#response?.destroy();
        this.#onFirst?.();
      },
    });
  }

  /** Resolves when there is something to send. @throws LiveViewError `no-picture`, or why it ended. */
  async ready(gone: AbortSignal): Promise<void> {
    const timeout = new LiveViewError('no-picture', 'the camera shows no picture; try again later');
    await new Promise<void>((resolve) => {
      const timer: Timer = this.#options.deps.clock.setTimer(FIRST_PICTURE_MS, () => {
        this.#refused = timeout;
        resolve();
      });
      this.#onFirst = () => {
        timer.cancel();
        resolve();
      };
      gone.addEventListener('abort', this.#onFirst, { once: true });
      this.#lookForInit();
      if (this.#refused || gone.aborted) this.#onFirst();
    });
    this.#onFirst = undefined;
    if (this.#first && !this.#refused) return;
    this.#putBackFirst();
    this.close(gone.aborted ? 'disconnected' : 'no-picture');
    throw this.#refused ?? timeout;
  }

  /** Sends from now on; `response` has its headers. */
  pour(response: ServerResponse): void {
    const { metrics } = this.#options;
    this.#response = response;
    metrics.viewers.inc(1);
    response.on('close', () => {
      metrics.viewers.dec(1);
      this.close('disconnected');
    });
    response.on('error', () => this.close('disconnected'));
    if (this.#watch.over) {
      this.#putBackFirst();
      response.destroy();
    } else this.#begin(response);
  }

  /** How it is called where what leaves is counted. */
  get counted(): Told {
    return { ...toCaller(this.#options.caller), ...this.#watch.counted };
  }

  close(reason: string): void {
    this.#watch.close(reason);
  }

  #begin(response: ServerResponse): void {
    const first = this.#first;
    if (first) this.#write(response, first);
    this.#pump();
  }

  #putBackFirst(): void {
    if (this.#first) this.#watch.putBack(this.#first);
    this.#first = undefined;
  }

  #lookForInit(): void {
    this.#first ??= this.#watch.next();
    if (this.#first) this.#onFirst?.();
  }

  #pump(): void {
    const response = this.#response;
    while (response && !response.destroyed && response.writableLength < MEDIA_BOUND) {
      const delivery = this.#watch.next();
      if (!delivery) return;
      if (delivery.fragment.kind === 'init') {
        this.#watch.putBack(delivery);
        this.close('new-generation');
        response.end();
        return;
      }
      this.#write(response, delivery);
    }
  }

  /** Each fragment that has left makes room for another. */
  #write(response: ServerResponse, { fragment, droppedBefore }: Delivery): void {
    const { metrics } = this.#options;
    metrics.dropped.inc(droppedBefore);
    metrics.mediaBytes.inc(fragment.bytes.length);
    response.write(fragment.bytes, this.#sent);
  }

  readonly #sent = () => this.#pump();
}
