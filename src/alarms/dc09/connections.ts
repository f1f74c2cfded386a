import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/clock.ts';

/** Panels that stay connected send something every few minutes; those that do not connect anew. */
const IDLE_MS = 15 * 60_000;
/** Until the first message that is one. */
const MUTE_MS = 30_000;
const SWEEP_MS = 5_000;

interface Place {
  readonly socket: Socket;
  heardMs: number;
  hasSpoken: boolean;
}

/**
 * The open connections of one listener. When there are too many, the one that has been mute for longest
 * makes room: whoever only holds connections keeps no panel out.
 */
export class Connections {
  readonly #clock: Clock;
  readonly #max: () => number;
  /** The one that was heard longest ago first. */
  readonly #places = new Map<string, Place>();
  #timer: Timer | undefined;

  constructor(clock: Clock, max: () => number) {
    this.#clock = clock;
    this.#max = max;
  }

  admit(socket: Socket): void {
    const name = nameOf(socket);
    while (this.#places.size >= this.#max()) this.#makeRoom();
    this.#places.set(name, { socket, heardMs: this.#clock.nowMs(), hasSpoken: false });
    socket.once('close', () => this.#places.delete(name));
    this.#timer ??= this.#clock.setTimer(SWEEP_MS, () => this.#sweep());
  }

  /** A message came in, on this socket or on the one that decrypts it. */
  heard(socket: Socket): void {
    const name = nameOf(socket);
    const place = this.#places.get(name);
    if (!place) return;
    this.#places.delete(name);
    this.#places.set(name, { ...place, heardMs: this.#clock.nowMs(), hasSpoken: true });
  }

  closeAll(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const { socket } of this.#places.values()) socket.destroy();
    this.#places.clear();
  }

  #makeRoom(): void {
    const places = [...this.#places];
    const [name, place] = places.find(([, { hasSpoken }]) => !hasSpoken) ?? places[0] ?? [];
    if (name === undefined) return;
    this.#places.delete(name);
    place?.socket.destroy();
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [name, { socket, heardMs, hasSpoken }] of this.#places) {
      // One that was closed before it was admitted does not say so again.
      if (socket.destroyed) this.#places.delete(name);
      if (nowMs - heardMs >= (hasSpoken ? IDLE_MS : MUTE_MS)) socket.destroy();
    }
    this.#timer = undefined;
    if (this.#places.size > 0) this.#timer = this.#clock.setTimer(SWEEP_MS, () => this.#sweep());
  }
}

/** Of TCP and of the TLS within it alike. */
function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
