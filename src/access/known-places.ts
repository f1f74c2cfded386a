import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { StateFile } from './state-file.ts';

const DAY_MS = 24 * 3_600_000;
/** Remembered for this long after the last time. */
const KNOWN_MS = 30 * DAY_MS;
/** Of one name: whoever has a password makes nobody else unknown by it. There are as many names as users. */
const MAX_OF_ONE = 50;

const placesFile = z.strictObject({
  version: z.literal(1),
  places: z.array(
    z.strictObject({ name: z.string(), place: z.string(), lastUnixMs: z.int().min(0) }),
  ),
});
type PlacesFile = z.output<typeof placesFile>;
const EMPTY: PlacesFile = { version: 1, places: [] };

export interface KnownPlacesOptions {
  /** Where they are kept over a restart; without it they are in memory alone. */
  readonly dataDir?: string;
  readonly log?: Logger;
}

/**
 * From where each name got in of late, in `known-places.json` of the data directory, so that a restart makes nobody a
 * newcomer: names, addresses and times, nothing that opens anything. The gateway alone writes it.
 */
export class KnownPlaces {
  readonly #clock: Clock;
  readonly #log: Logger | undefined;
  readonly #file: StateFile<PlacesFile> | undefined;
  /** By name and place, when it was last; the last one is at the end. */
  readonly #lastMs = new Map<string, Map<string, number>>();
  /** When the file was written; before that it has to be. */
  #savedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, { dataDir, log }: KnownPlacesOptions = {}) {
    this.#clock = clock;
    this.#log = log;
    if (dataDir === undefined) return;
    this.#file = new StateFile(join(dataDir, 'known-places.json'), placesFile, EMPTY);
    this.#read();
  }

  has(name: string, place: string): boolean {
    const lastMs = this.#lastMs.get(name)?.get(place);
    return lastMs !== undefined && this.#isFresh(lastMs);
  }

  /** Somebody got in. The file learns of a new place at once, and of the last time within a day. */
  note(name: string, place: string): void {
    const isNew = !this.has(name, place);
    this.#set(name, place, this.#clock.nowMs());
    if (isNew) this.#savedMs = Number.NEGATIVE_INFINITY;
    if (this.#clock.nowMs() - this.#savedMs >= DAY_MS) this.#save();
  }

  #isFresh(lastMs: number): boolean {
    return this.#clock.nowMs() - lastMs < KNOWN_MS;
  }

  #set(name: string, place: string, atMs: number): void {
    const places = this.#lastMs.get(name) ?? new Map<string, number>();
    this.#lastMs.set(name, places);
    places.delete(place);
    places.set(place, atMs);
    const [oldest] = places.keys();
    if (places.size > MAX_OF_ONE && oldest !== undefined) places.delete(oldest);
  }

  /** A clock that was set back makes nothing younger than now. */
  #read(): void {
    try {
      for (const { name, place, lastUnixMs } of this.#file?.read().places ?? []) {
        const agoMs = Math.max(0, this.#clock.unixUs() / 1000 - lastUnixMs);
        this.#set(name, place, this.#clock.nowMs() - agoMs);
      }
    } catch (error) {
      this.#log?.warn('known-places.json cannot be read: everybody is new everywhere', { error });
    }
  }

  /** What cannot be written now is with the next login: nobody is kept out for it. */
  #save(): void {
    const unixMs = (ms: number) =>
      Math.round(this.#clock.unixUs() / 1000 - (this.#clock.nowMs() - ms));
    const places = [...this.#lastMs].flatMap(([name, own]) =>
      [...own]
        .filter(([, lastMs]) => this.#isFresh(lastMs))
        .map(([place, lastMs]) => ({ name, place, lastUnixMs: unixMs(lastMs) })),
    );
    try {
      this.#file?.replace({ version: 1, places });
      this.#savedMs = this.#clock.nowMs();
    } catch (error) {
      this.#log?.warn('known-places.json cannot be written', { error });
    }
  }
}
