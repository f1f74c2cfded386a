import type { Entry } from '../../../src/journal/record.ts';

/** What one control room could see of one camera in one incident, in journal positions. */
export interface Covered {
  readonly controlRoom: string;
  readonly incident: string;
  readonly camera: string;
  /** The entry that gave it. */
  readonly from: number;
  /** The entry that took it; absent while it lasts. */
  to?: number;
}

export type What = Pick<Covered, 'controlRoom' | 'incident' | 'camera'>;

/**
 * From when to when each camera was shared, by nothing but the entries of the journal and their order:
 * the rule written a second time, without the code that it is held against.
 */
export class Coverage {
  readonly all: Covered[] = [];
  /** RFC 3339, by control room and incident: until when what is open lasts. */
  readonly #expiresAt = new Map<string, string>();
  readonly #rooms = new Map<string, string | undefined>();
  #seq = 0;

  constructor(entries: Iterable<Entry> = []) {
    this.take(entries);
  }

  /** The newest entry that counted. */
  get seq(): number {
    return this.#seq;
  }

  take(entries: Iterable<Entry>): void {
    for (const entry of entries) {
      this.#seq = entry.seq;
      if (entry.incident !== undefined) this.#take(entry, entry.incident);
    }
  }

  /** Whether it was covered after the entry `from`, after `to`, or after one between. */
  between(what: What, from: number, to: number): boolean {
    return this.all.some(
      (each) => isOf(each, what) && each.from <= to && (each.to ?? Infinity) > from,
    );
  }

  now(what: What): boolean {
    return this.between(what, this.#seq, this.#seq);
  }

  /** Whether this control room has anything of the incident now. */
  anyOf(incident: string, controlRoom: string): boolean {
    return this.all.some(
      (each) =>
        each.to === undefined && each.incident === incident && each.controlRoom === controlRoom,
    );
  }

  /** The entry by which it was lost, for what was covered after `seq`. */
  lostAfter(what: What, seq: number): number | undefined {
    const at = this.all.find(
      (each) => isOf(each, what) && each.from <= seq && (each.to ?? Infinity) > seq,
    );
    return at?.to;
  }

  /** Shares that last and should not at this moment of the gateway's wall clock. */
  overdue(unixMs: number): Covered[] {
    const isOver = ({ controlRoom, incident }: Covered) =>
      Date.parse(this.#expiresAt.get(`${controlRoom} ${incident}`) ?? '') <= unixMs;
    return this.all.filter((each) => each.to === undefined && isOver(each));
  }

  #take({ seq, kind, data, actor }: Entry, incident: string): void {
    const room = data['controlRoom'];
    const cameras = data['cameras'] as string[] | undefined;
    const every = (each: Covered) =>
      each.incident === incident && (room === undefined || each.controlRoom === room);
    if (kind === 'grant.given') {
      this.#end(seq, (each) => every(each) && !cameras?.includes(each.camera));
      for (const camera of cameras ?? []) this.#begin(seq, incident, String(room), camera);
    }
    if (kind === 'grant.given' || kind === 'grant.extended') {
      this.#expiresAt.set(`${room} ${incident}`, String(data['expiresAt']));
    }
    if (kind === 'request.made') this.#rooms.set(String(data['request']), actor.controlRoom);
    if (kind === 'request.accepted' && typeof data['shares'] === 'string') {
      const asker = this.#rooms.get(String(data['request']));
      if (asker !== undefined) this.#begin(seq, incident, asker, data['shares']);
    }
    if (kind === 'grant.withdrawn') {
      this.#end(seq, (each) => every(each) && (cameras?.includes(each.camera) ?? true));
    }
    if (kind === 'grant.expired') this.#end(seq, every);
    if (kind === 'incident.closed') this.#end(seq, (each) => each.incident === incident);
  }

  /** What lasts already goes on: a share that is renewed has no gap. */
  #begin(from: number, incident: string, controlRoom: string, camera: string): void {
    const what = { controlRoom, incident, camera };
    const lasts = this.all.some((each) => isOf(each, what) && each.to === undefined);
    if (!lasts) this.all.push({ ...what, from });
  }

  #end(seq: number, which: (each: Covered) => boolean): void {
    for (const each of this.all) if (each.to === undefined && which(each)) each.to = seq;
  }
}

function isOf(each: Covered, { controlRoom, incident, camera }: What): boolean {
  return each.controlRoom === controlRoom && each.incident === incident && each.camera === camera;
}
