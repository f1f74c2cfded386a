import {
  type AnyEntry,
  type Entry,
  isBare,
  type Json,
  type JsonObject,
} from '../journal/record.ts';
import type { Sight, SightDeps } from './sight.ts';

/** In place of what somebody limited to sites is not told of. */
const ELSEWHERE = 'elsewhere';

/** What of the journal is seen by somebody who is limited to sites. */
export class EntrySight {
  readonly #deps: SightDeps;
  readonly #sight: Sight;
  #elsewhere: ReadonlySet<string> | undefined;

  constructor(deps: SightDeps, sight: Sight) {
    this.#deps = deps;
    this.#sight = sight;
  }

  /** One that is of what is seen, and names nothing that is not: an entry cannot be shown in part. */
  sees(entry: AnyEntry): boolean {
    if (!this.#sight.isLimited) return true;
    const of = entry.incident;
    if (of !== undefined && this.#sight.incident(of) === undefined) return false;
    if (isBare(entry)) return of !== undefined;
    const seen = stringsIn(entry.data).flatMap((text) => this.#seen(text) ?? []);
    return seen.every(Boolean) && (of !== undefined || seen.length > 0);
  }

  /** For a page that is made of entries, on which what is elsewhere has its place and no name. */
  masked(entry: Entry): Entry {
    if (!this.#sight.isLimited) return entry;
    const { ground, ...data } = this.#mask(entry.data) as JsonObject;
    // What was known of an alarm that is not seen is not seen either.
    const isSeen = ground !== undefined && data['alarm'] !== ELSEWHERE;
    return { ...entry, data: isSeen ? { ...data, ground } : data };
  }

  #mask(json: Json): Json {
    if (typeof json === 'string') return this.#seen(json) === false ? ELSEWHERE : json;
    if (typeof json !== 'object' || json === null) return json;
    if (Array.isArray(json)) return json.map((each: Json) => this.#mask(each));
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [name, this.#mask(value)]),
    );
  }

  /** Whether what goes by this id or name is seen; undefined when nothing does. */
  #seen(text: string): boolean | undefined {
    const { directory, liveview } = this.#deps;
    if (directory.sites.has(text)) return this.#sight.seesSite(text);
    if (directory.cameras.has(text)) return this.#sight.seesCamera(text);
    if (liveview.alarm(text)) return this.#sight.alarm(text) !== undefined;
    if (liveview.incident(text)) return this.#sight.incident(text) !== undefined;
    return this.#namesElsewhere().has(text) ? false : undefined;
  }

  /** As sites and cameras are called that are not seen, and none that is. */
  #namesElsewhere(): ReadonlySet<string> {
    if (this.#elsewhere) return this.#elsewhere;
    const { directory } = this.#deps;
    const all = [...directory.sites.values(), ...directory.cameras.values()];
    const seen = new Set(
      [...this.#sight.sites(), ...this.#sight.cameras()].map(({ name }) => name),
    );
    this.#elsewhere = new Set(all.map(({ name }) => name).filter((name) => !seen.has(name)));
    return this.#elsewhere;
  }
}

function stringsIn(json: Json): string[] {
  if (typeof json === 'string') return [json];
  if (typeof json !== 'object' || json === null) return [];
  return Object.values(json).flatMap(stringsIn);
}
