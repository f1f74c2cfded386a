import type { Clock } from '../core/clock.ts';
import { loginTooOften } from './too-often.ts';

export interface WaitingLineLimits {
  /** Served at a time, in all. */
  readonly atOnce: number;
  /** Of one place, served and waiting. */
  readonly ofOne: number;
  readonly waiting: number;
  /** Nobody waits for longer. */
  readonly waitMs: number;
}

/** Whoever is refused may come again after this long. */
const SHORTLY_MS = 1_000;

interface Waiting {
  readonly place: string;
  readonly network: string;
  go(): void;
  refuse(): void;
}

/**
 * Work that takes long, done for so many at a time. The others wait in a line, in which networks take turns, and the
 * places of a network among themselves: before whoever comes there is at most one of each other network, however
 * many of it wait. When the line is full, the network that has most in it loses its newest.
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #limits: WaitingLineLimits;
  /** By place: served and waiting. */
  readonly #here = new Map<string, number>();
  /** By network and place; the first has the next turn. */
  readonly #line = new Map<string, Map<string, Waiting[]>>();
  #served = 0;

  constructor(clock: Clock, limits: WaitingLineLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Waits for a turn; call the function returned when the work is done.
   *
   * @param gone whoever asks has gone: they leave the line.
   * @throws TooOftenError `login-too-often`.
   */
  async enter(place: string, network: string, gone?: AbortSignal): Promise<() => void> {
    const { atOnce, ofOne } = this.#limits;
    const here = this.#here.get(place) ?? 0;
    if (here >= ofOne) throw loginTooOften(SHORTLY_MS);
    this.#here.set(place, here + 1);
    if (this.#served < atOnce) this.#served += 1;
    else await this.#wait(place, network, gone);
    return () => {
      this.#served -= 1;
      this.#leave(place);
      this.#serveNext();
    };
  }

  #wait(place: string, network: string, gone?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const over = () => {
        timer.cancel();
        gone?.removeEventListener('abort', refuse);
        this.#remove(waiting);
      };
      const refuse = () => {
        over();
        this.#leave(place);
        reject(loginTooOften(SHORTLY_MS));
      };
      const go = () => {
        over();
        resolve();
      };
      const waiting = { place, network, go, refuse };
      const timer = this.#clock.setTimer(this.#limits.waitMs, refuse);
      gone?.addEventListener('abort', refuse);
      this.#add(waiting);
      if (gone?.aborted) refuse();
      else this.#makeRoom();
    });
  }

  #leave(place: string): void {
    const left = (this.#here.get(place) ?? 1) - 1;
    if (left > 0) this.#here.set(place, left);
    else this.#here.delete(place);
  }

  #serveNext(): void {
    const [network, places] = firstOf(this.#line) ?? [];
    const [place, own] = (places && firstOf(places)) ?? [];
    const next = own?.[0];
    if (network === undefined || !places || place === undefined || !own || !next) return;
    this.#served += 1;
    // Both go to the end, and out of the line if this was their last.
    this.#line.delete(network);
    this.#line.set(network, places);
    places.delete(place);
    places.set(place, own);
    next.go();
  }

  #add(waiting: Waiting): void {
    const { network, place } = waiting;
    const places = this.#line.get(network) ?? new Map<string, Waiting[]>();
    this.#line.set(network, places);
    places.set(place, [...(places.get(place) ?? []), waiting]);
  }

  #remove(waiting: Waiting): void {
    const { network, place } = waiting;
    const places = this.#line.get(network);
    const left = places?.get(place)?.filter((each) => each !== waiting) ?? [];
    if (left.length > 0) places?.set(place, left);
    else places?.delete(place);
    if (places?.size === 0) this.#line.delete(network);
  }

  /** Where all have as many, whoever came last goes. */
  #makeRoom(): void {
    const networks = [...this.#line.values()].map((places) => [...places.values()]);
    if (networks.flat(2).length <= this.#limits.waiting) return;
    const places = longestOf(networks, (each) => each.flat().length);
    longestOf(places ?? [], (each) => each.length)
      ?.at(-1)
      ?.refuse();
  }
}

function firstOf<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  const [first] = map;
  return first;
}

/** The last of those that are longest. */
function longestOf<T>(all: readonly T[], length: (each: T) => number): T | undefined {
  const most = Math.max(...all.map(length));
  return all.findLast((each) => length(each) === most);
}
