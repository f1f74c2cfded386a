import type { Entry, JsonObject } from '../journal/record.ts';

/** From the entry that gave it to the one that took it. */
interface Span {
  readonly from: number;
  to: number;
}

/** Pictures that leave in the last moment of a share may be looked at on the clock a little later. */
const CLOCK_US = 2_000_000;

/** What one control room has of one incident. */
class Room {
  readonly cameras = new Map<string, Span[]>();
  /** From when to when it may watch what it has; and look at plans and images. */
  readonly view: Span[] = [];
  readonly plans: Span[] = [];
  /** Until when it lasts, by what each entry said. */
  readonly expiries: { readonly seq: number; readonly unixUs: number }[] = [];

  /** These cameras and no others. */
  give(seq: number, cameras: readonly string[], rights: readonly string[]): void {
    for (const [camera, spans] of this.cameras) if (!cameras.includes(camera)) end(spans, seq);
    for (const camera of cameras) this.#begin(seq, camera);
    (rights.includes('view') ? begin : end)(this.view, seq);
    (rights.includes('plan') ? begin : end)(this.plans, seq);
  }

  /** To what it has; to a share that is over nothing is added. */
  add(seq: number, camera: string): void {
    if (this.#hasAny()) this.#begin(seq, camera);
  }

  /** All of it unless cameras are named; a share of no camera is none. */
  take(seq: number, cameras: readonly string[] = [...this.cameras.keys()]): void {
    for (const camera of cameras) end(this.cameras.get(camera) ?? [], seq);
    if (this.#hasAny()) return;
    end(this.view, seq);
    end(this.plans, seq);
  }

  #hasAny(): boolean {
    return [...this.cameras.values()].some((spans) => isOpen(spans));
  }

  #begin(seq: number, camera: string): void {
    const spans = this.cameras.get(camera) ?? [];
    this.cameras.set(camera, spans);
    begin(spans, seq);
  }
}

/**
 * What was shared with whom from where to where in the journal, by the entries alone: neither the state
 * of a gateway nor its code has a say in it.
 */
export class Shared {
  /** By incident, then by control room. */
  readonly #rooms = new Map<string, Map<string, Room>>();
  /** By request: the control room that made it. */
  readonly #askers = new Map<string, string>();

  take(entry: Entry): void {
    const { seq, kind, incident, data, actor } = entry;
    if (incident === undefined) return;
    const room = typeof data['controlRoom'] === 'string' ? data['controlRoom'] : undefined;
    switch (kind) {
      case 'grant.given':
      case 'offer.accepted':
        if (room !== undefined) this.#given(seq, this.#room(incident, room), data);
        break;
      case 'grant.extended':
        if (room !== undefined) lastUntil(seq, this.#room(incident, room), data);
        break;
      case 'grant.withdrawn':
      case 'grant.expired':
        for (const each of this.#of(incident, room)) each.take(seq, names(data, 'cameras'));
        break;
      case 'incident.closed':
        for (const each of this.#of(incident, undefined)) each.take(seq);
        break;
      case 'images.granted':
        this.#granted(seq, incident, data);
        break;
      case 'request.made':
      case 'images.asked':
        if (actor.controlRoom !== undefined) {
          this.#askers.set(String(data['request']), actor.controlRoom);
        }
        break;
      case 'request.accepted':
        this.#accepted(seq, incident, data);
        break;
    }
  }

  /** Where the camera was lost that was shared after the entry `at`; undefined when it was not shared. */
  cameraUntil(incident: string, room: string, camera: string, at: number): number | undefined {
    const found = this.#rooms.get(incident)?.get(room);
    const [has, sees] = [until(found?.cameras.get(camera), at), until(found?.view, at)];
    return has === undefined || sees === undefined ? undefined : Math.min(has, sees);
  }

  /** The same of plans and images. */
  plansUntil(incident: string, room: string, at: number): number | undefined {
    return until(this.#rooms.get(incident)?.get(room)?.plans, at);
  }

  /** Whether by what had been said until the entry `at`, it was over at that time of the wall clock. */
  isOver(incident: string, room: string, at: number, unixUs: number): boolean {
    const expiries = this.#rooms.get(incident)?.get(room)?.expiries ?? [];
    const last = expiries.filter(({ seq }) => seq <= at).at(-1);
    return last !== undefined && unixUs > last.unixUs + CLOCK_US;
  }

  #given(seq: number, room: Room, data: JsonObject): void {
    room.give(seq, names(data, 'cameras') ?? [], names(data, 'rights') ?? []);
    lastUntil(seq, room, data);
  }

  /** The question of a control room for images: the share is of whoever asked. */
  #granted(seq: number, incident: string, data: JsonObject): void {
    const asker = this.#askers.get(String(data['request']));
    if (asker !== undefined) this.#given(seq, this.#room(incident, asker), data);
  }

  /** A switch to a camera that was not shared shares it, while there is a share. */
  #accepted(seq: number, incident: string, data: JsonObject): void {
    const asker = this.#askers.get(String(data['request']));
    if (asker === undefined || typeof data['shares'] !== 'string' || data['lapsed']) return;
    this.#room(incident, asker).add(seq, data['shares']);
  }

  #room(incident: string, room: string): Room {
    const rooms = this.#rooms.get(incident) ?? new Map<string, Room>();
    this.#rooms.set(incident, rooms);
    const found = rooms.get(room) ?? new Room();
    rooms.set(room, found);
    return found;
  }

  #of(incident: string, room: string | undefined): Room[] {
    const rooms = this.#rooms.get(incident);
    if (room === undefined) return [...(rooms?.values() ?? [])];
    const found = rooms?.get(room);
    return found ? [found] : [];
  }
}

function lastUntil(seq: number, { expiries }: Room, data: JsonObject): void {
  const unixMs = Date.parse(String(data['expiresAt']));
  if (!Number.isNaN(unixMs)) expiries.push({ seq, unixUs: unixMs * 1_000 });
}

function names(data: JsonObject, field: string): string[] | undefined {
  const list = data[field];
  return Array.isArray(list) ? list.map(String) : undefined;
}

/** What lasts goes on: a share that is renewed has no gap. */
function begin(spans: Span[], from: number): void {
  if (!isOpen(spans)) spans.push({ from, to: Number.POSITIVE_INFINITY });
}

function end(spans: Span[], to: number): void {
  const last = spans.at(-1);
  if (last && isOpen(spans)) last.to = to;
}

function isOpen(spans: readonly Span[]): boolean {
  return spans.at(-1)?.to === Number.POSITIVE_INFINITY;
}

function until(spans: readonly Span[] = [], at: number): number | undefined {
  return spans.find(({ from, to }) => from <= at && at < to)?.to;
}
