import type { Actor, AnyEntry, Entry, JsonObject } from '../journal/record.ts';
import { isBare } from '../journal/record.ts';
import { Shared } from './shared.ts';

/** Somebody watching a camera, as the journal has it. Places are those of entries. */
export interface JournalledViewing {
  readonly id: string;
  readonly camera: string;
  readonly incident: string | undefined;
  readonly actor: Actor;
  readonly started: number;
  ended?: { readonly seq: number; readonly reason: string; readonly bytes: number | undefined };
}

/** A plan or an image that was given to a control room. */
export interface JournalledDisclosure {
  readonly kind: 'plan' | 'image';
  readonly id: string;
  readonly incident: string | undefined;
  readonly actor: Actor;
  readonly seq: number;
  readonly bytes: number;
}

/** What the journal says of who saw what, on what ground; read once, by nothing but the entries. */
export class Journalled {
  readonly viewings = new Map<string, JournalledViewing>();
  readonly disclosures: JournalledDisclosure[] = [];
  readonly shared = new Shared();
  /** Incidents of which content was removed after its term. */
  readonly removed = new Set<string>();
  /** The first such viewing of no incident. */
  removedViewing = Number.POSITIVE_INFINITY;
  /** The newest entry. */
  head = 0;

  constructor(entries: Iterable<AnyEntry>) {
    for (const entry of entries) {
      this.head = Math.max(this.head, entry.seq);
      if (isBare(entry)) this.#bare(entry);
      else this.#take(entry);
    }
  }

  #bare({ kind, incident, seq }: AnyEntry): void {
    if (incident !== undefined) this.removed.add(incident);
    else if (kind === 'viewing.started') this.removedViewing = Math.min(this.removedViewing, seq);
  }

  #take(entry: Entry): void {
    const { seq, kind, incident, actor, data } = entry;
    this.shared.take(entry);
    if (kind === 'viewing.started') {
      const [id, camera] = [String(data['viewing']), String(data['camera'])];
      this.viewings.set(id, { id, camera, incident, actor, started: seq });
    }
    if (kind === 'viewing.ended') this.#ended(seq, data);
    if (kind === 'plan.disclosed' || kind === 'image.disclosed') {
      const which = kind === 'plan.disclosed' ? 'plan' : 'image';
      const [id, bytes] = [String(data[which]), Number(data['bytes'])];
      this.disclosures.push({ kind: which, id, incident, actor, seq, bytes });
    }
  }

  #ended(seq: number, data: JsonObject): void {
    const viewing = this.viewings.get(String(data['viewing']));
    if (!viewing || viewing.ended) return;
    const { bytes, reason } = data;
    const counted = typeof bytes === 'number' ? bytes : undefined;
    viewing.ended = { seq, reason: String(reason), bytes: counted };
  }
}
