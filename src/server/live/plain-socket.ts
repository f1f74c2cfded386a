import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Caller } from '../../access/caller.ts';
import type { ListenerDeps, MediaWish } from '../deps.ts';
import { toCaller } from '../egress/outlets.ts';
import type { Outlet } from '../egress/socket-outlet.ts';
import type { ServerMetrics } from '../metrics.ts';
import { Link } from './link.ts';
import type { WatchTarget } from './watch.ts';
import { Watch } from './watch.ts';

export interface PlainSocketOptions {
  readonly deps: ListenerDeps;
  readonly metrics: ServerMetrics;
  readonly caller: Caller;
  readonly target: WatchTarget;
  readonly codecs: MediaWish['codecs'];
}

/**
 * `live.ws`: the init segment and the fragments of one camera as plain binary messages, for tools
 * that know no protocol. It is opened before the upgrade is answered, so that a refusal is an HTTP
 * status. When the permit ends, the connection is cut.
 */
export class PlainSocket {
  readonly #options: PlainSocketOptions;
  readonly #watch: Watch;
  #link: Link | undefined;
  #cut: () => void = () => undefined;

  /** @throws LiveViewError as `Watch`. */
  constructor(options: PlainSocketOptions) {
    const { deps, caller, target, codecs } = options;
    this.#options = options;
    const wish = { quality: 'auto' as const, codecs, formats: ['fmp4' as const] };
    this.#watch = new Watch(deps, caller, target, wish, {
      readable: () => this.#pump(),
      ended: () => this.#cut(),
    });
  }

  /** The upgrade was answered. @param outlet where what it sends is counted. */
  attach(ws: WebSocket, socket: Duplex, outlet: Outlet): void {
    const { deps, metrics, caller } = this.#options;
    outlet.begin(0, { ...toCaller(caller), ...this.#watch.counted });
    this.#cut = () => ws.terminate();
    this.#link = new Link(ws, socket, deps.clock, () => this.#pump());
    metrics.viewers.inc(1);
    ws.on('error', (error) => deps.log.debug('live.ws failed', { error }));
    ws.on('close', () => {
      metrics.viewers.dec(1);
      this.close();
    });
    if (this.#watch.over) ws.terminate();
    else this.#pump();
  }

  close(): void {
    this.#watch.close('disconnected');
  }

  #pump(): void {
    while (this.#link?.askRoom()) {
      const delivery = this.#watch.next();
      if (!delivery) return;
      this.#options.metrics.dropped.inc(delivery.droppedBefore);
      if (this.#link.binary(delivery.fragment.bytes)) {
        this.#options.metrics.mediaBytes.inc(delivery.fragment.bytes.length);
      } else this.#watch.putBack(delivery);
      if (delivery.last) return;
    }
  }
}
