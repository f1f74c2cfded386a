import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { StateFile } from './state-file.ts';
import type { UserStore } from './users.ts';

const DAY_MS = 24 * 3_600_000;
/** Remembered for this long after the last time. */
const KNOWN_MS = 30 * DAY_MS;
/** Of one name: whoever has a password makes nobody else unknown by it. There are as many names as users. */
const MAX_OF_ONE = 50;

const placesFile = z.strictObject({
  version: z.literal(1),
  places: z.array(
    z.strictObject({
      name: z.string(),
      since: z.string(),
      place: z.string(),
      lastUnixMs: z.int().min(0),
    }),
  ),
});
type PlacesFile = z.output<typeof placesFile>;
const EMPTY: PlacesFile = { version: 1, places: [] };

/** Where somebody logs in, as it was when they began. */
export interface Place {
  /** The name got in from there, and is the same account since. */
  readonly isKnown: boolean;
  /** Somebody got in. The file learns of a new place at once, and of the last time within a day. */
  note(): void;
  /** @returns false when it was not known (any more). */
  forget(): boolean;
}

/** Of one name. */
interface Own {
  /** Since when it is the same account, with the same password and second factor. */
  readonly since: string;
  /** By place, when it was last; the last one is at the end. */
  readonly lastMs: Map<string, number>;
}

export interface KnownPlacesOptions {
  /** Whose names they are; without it each name stays the same account for ever. */
  readonly users?: Pick<UserStore, 'find'>;
  /** Where they are kept over a restart; without it they are in memory alone. */
  readonly dataDir?: string;
  readonly log?: Logger;
}

/**
 * From where each name got in of late, in `known-places.json` of the data directory, so that a restart makes nobody a
 * newcomer: names, addresses and times, nothing that opens anything. The gateway alone writes it. What ends the
 * logins of an account makes it unknown everywhere, too.
 */
export class KnownPlaces {
  readonly #clock: Clock;
  readonly #users: Pick<UserStore, 'find'> | undefined;
  readonly #log: Logger | undefined;
  readonly #file: StateFile<PlacesFile> | undefined;
  readonly #own = new Map<string, Own>();
  /** When the file was written; before that it has to be. */
  #savedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, { users, dataDir, log }: KnownPlacesOptions = {}) {
    this.#clock = clock;
    this.#users = users;
    this.#log = log;
    if (dataDir === undefined) return;
    this.#file = new StateFile(join(dataDir, 'known-places.json'), placesFile, EMPTY);
    this.#read();
  }

  /** @throws LiveViewError `state-file-unreadable` of the users. */
  at(name: string, place: string): Place {
    // As it is before the password is looked at: that may be changed meanwhile.
    const since = this.#since(name);
    return {
      isKnown: this.#isKnown(name, place, since),
      note: () => {
        if (since !== undefined) this.#note(name, place, since);
      },
      forget: () => {
        const wasKnown = this.#own.get(name)?.lastMs.delete(place) ?? false;
        if (wasKnown) this.#save();
        return wasKnown;
      },
    };
  }

  /** Undefined for nobody. */
  #since(name: string): string | undefined {
    if (!this.#users) return '';
    const user = this.#users.find(name);
    return user && `${user.createdAt} ${user.changedAt}`;
  }

  #isKnown(name: string, place: string, since: string | undefined): boolean {
    const own = this.#own.get(name);
    const lastMs = own?.since === since ? own?.lastMs.get(place) : undefined;
    return lastMs !== undefined && this.#isFresh(lastMs);
  }

  #note(name: string, place: string, since: string): void {
    const isNew = !this.#isKnown(name, place, since);
    this.#set({ name, since, place }, this.#clock.nowMs());
    if (isNew) this.#savedMs = Number.NEGATIVE_INFINITY;
    if (this.#clock.nowMs() - this.#savedMs >= DAY_MS) this.#save();
  }

  #isFresh(lastMs: number): boolean {
    return this.#clock.nowMs() - lastMs < KNOWN_MS;
  }

  /** Places of another account of that name go. */
  #set(
    { name, since, place }: Omit<PlacesFile['places'][number], 'lastUnixMs'>,
    atMs: number,
  ): void {
    const known = this.#own.get(name);
    const own = known?.since === since ? known : { since, lastMs: new Map<string, number>() };
    this.#own.set(name, own);
    own.lastMs.delete(place);
    own.lastMs.set(place, atMs);
    const [oldest] = own.lastMs.keys();
    if (own.lastMs.size > MAX_OF_ONE && oldest !== undefined) own.lastMs.delete(oldest);
  }

  /** A clock that was set back makes nothing younger than now. */
  #read(): void {
    try {
      for (const { lastUnixMs, ...where } of this.#file?.read().places ?? []) {
        const agoMs = Math.max(0, this.#clock.unixUs() / 1000 - lastUnixMs);
        this.#set(where, this.#clock.nowMs() - agoMs);
      }
    } catch (error) {
      this.#log?.warn('known-places.json cannot be read: everybody is new everywhere', { error });
    }
  }

  /** What cannot be written now is with the next login: nobody is kept out for it. */
  #save(): void {
    const unixMs = (ms: number) =>
      Math.round(this.#clock.unixUs() / 1000 - (this.#clock.nowMs() - ms));
    const placesOf = (name: string, { since, lastMs }: Own) =>
      [...lastMs]
        .filter(([, atMs]) => this.#isFresh(atMs))
        .map(([place, atMs]) => ({ name, since, place, lastUnixMs: unixMs(atMs) }));
    try {
      const current = [...this.#own].filter(([name, { since }]) => this.#since(name) === since);
      const places = current.flatMap(([name, own]) => placesOf(name, own));
      this.#file?.replace({ version: 1, places });
      this.#savedMs = this.#clock.nowMs();
    } catch (error) {
      this.#log?.warn('known-places.json cannot be written', { error });
    }
  }
}
