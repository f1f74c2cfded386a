import type { Entry } from '../journal/record.ts';
import { text, texts } from './fields.ts';

/** What one control room had, from one act to the next. Times are Unix µs, as in the journal. */
export interface Share {
  readonly controlRoom: string;
  readonly cameras: readonly string[];
  readonly rights: readonly string[];
  readonly fromUnixUs: number;
  readonly by: string;
  /** Until when it was agreed, as last extended. */
  readonly agreedUnixUs?: number | undefined;
  readonly untilUnixUs?: number;
  /** The kind of entry that ended it. */
  readonly endedBy?: string;
}

/** A share begins: given, accepted by the control room to which it was offered, or asked for by it. */
const BEGINNINGS = ['grant.given', 'offer.accepted', 'images.granted'];

/** The shares of one incident, as its entries tell them. */
export class ShareHistory {
  readonly shares: Share[] = [];
  /** Who asked, by request: a switch that is accepted may share a camera. */
  readonly #askers = new Map<string, string>();

  add(entry: Entry): void {
    const { kind, data } = entry;
    if (BEGINNINGS.includes(kind)) this.#begin(entry);
    if (kind === 'grant.extended') this.#extend(entry);
    if (kind === 'grant.withdrawn' || kind === 'grant.expired') this.#take(entry);
    if (kind === 'request.made' || kind === 'images.asked') {
      this.#askers.set(request(entry), entry.actor.controlRoom ?? '');
    }
    const shared = text(data, 'shares');
    if (kind === 'request.accepted' && shared !== undefined) this.#add(entry, shared);
    if (kind === 'incident.closed') this.#end(entry, () => true);
  }

  #begin(entry: Entry): void {
    const { data, actor, timeUnixUs: fromUnixUs } = entry;
    const controlRoom = text(data, 'controlRoom') ?? this.#askers.get(request(entry)) ?? '';
    this.#end(entry, (share) => share.controlRoom === controlRoom);
    const [cameras, rights] = [texts(data, 'cameras'), texts(data, 'rights')];
    const agreedUnixUs = agreed(entry);
    this.shares.push({ controlRoom, cameras, rights, fromUnixUs, by: actor.user, agreedUnixUs });
  }

  #extend(entry: Entry): void {
    const controlRoom = text(entry.data, 'controlRoom');
    const agreedUnixUs = agreed(entry);
    for (const [index, share] of this.shares.entries()) {
      if (share.untilUnixUs !== undefined || share.controlRoom !== controlRoom) continue;
      this.shares[index] = { ...share, agreedUnixUs };
    }
  }

  /** From every control room unless one is named, every camera unless some are named. */
  #take(entry: Entry): void {
    const controlRoom = text(entry.data, 'controlRoom');
    const taken = texts(entry.data, 'cameras');
    const ended = this.#end(
      entry,
      (share) =>
        (controlRoom === undefined || share.controlRoom === controlRoom) &&
        (taken.length === 0 || share.cameras.some((camera) => taken.includes(camera))),
    );
    if (taken.length === 0) return;
    for (const share of ended) {
      const cameras = share.cameras.filter((camera) => !taken.includes(camera));
      if (cameras.length > 0) this.#goOn(entry, { ...share, cameras });
    }
  }

  #add(entry: Entry, camera: string): void {
    const controlRoom = this.#askers.get(request(entry));
    const ended = this.#end(entry, (share) => share.controlRoom === controlRoom);
    for (const share of ended) {
      this.#goOn(entry, { ...share, cameras: [...share.cameras, camera] });
    }
  }

  #goOn({ timeUnixUs: fromUnixUs, actor }: Entry, { controlRoom, ...share }: Share): void {
    const { cameras, rights, agreedUnixUs } = share;
    this.shares.push({ controlRoom, cameras, rights, fromUnixUs, by: actor.user, agreedUnixUs });
  }

  /** @returns those that ended. */
  #end(
    { kind: endedBy, timeUnixUs: untilUnixUs }: Entry,
    ends: (share: Share) => boolean,
  ): Share[] {
    const ended: Share[] = [];
    for (const [index, share] of this.shares.entries()) {
      if (share.untilUnixUs !== undefined || !ends(share)) continue;
      this.shares[index] = { ...share, untilUnixUs, endedBy };
      ended.push(share);
    }
    return ended;
  }
}

function agreed({ data }: Entry): number | undefined {
  const unixMs = Date.parse(text(data, 'expiresAt') ?? '');
  return Number.isNaN(unixMs) ? undefined : unixMs * 1_000;
}

function request({ data }: Entry): string {
  return text(data, 'request') ?? '';
}
