import type { AnyEntry } from '../journal/record.ts';
import { Journalled, type JournalledDisclosure, type JournalledViewing } from './journalled.ts';
import type { ReadFlow, ReadRecord, ReadRun } from './read.ts';

export type FaultCode =
  /** The record is not whole. */
  | 'record-damaged'
  /** Media left of which the journal knows no viewing, or a picture that it knows not to be disclosed. */
  | 'not-journalled'
  /** The viewing is of another camera, incident, person or control room. */
  | 'other-viewing'
  /** Media left before the viewing began, or after it ended. */
  | 'outside-viewing'
  /** Nothing was shared that covers it when it began. */
  | 'no-grant'
  /** Media left after it was withdrawn, had run out or was closed. */
  | 'after-grant'
  /** More or less left than is journalled. */
  | 'other-bytes'
  /** Journalled, and nothing of it was counted. */
  | 'not-counted'
  /** The viewer has gone and the journal does not say that its viewing ended. */
  | 'never-ended';

export interface EgressFault {
  readonly code: FaultCode;
  /** For whoever has to find out why. */
  readonly where: string;
}

export interface EgressVerdict {
  readonly ok: boolean;
  readonly faults: readonly EgressFault[];
  /** Flows that were held against the journal, and what left in them. */
  readonly flows: number;
  readonly bytes: number;
  /** Bytes of viewings that a crash ended, of which the journal has no count. */
  readonly uncountedBytes: number;
  /** Flows that cannot be judged: later than the journal, of another incident, or content was removed. */
  readonly skipped: number;
  /** Viewings and disclosures of times of which there is no record. */
  readonly unrecorded: number;
}

export interface ReconcileOptions {
  /** An extract has no others. */
  readonly incident?: string | undefined;
}

/**
 * Holds what was counted at the sockets against the journal. Everything goes by places in the journal, so
 * that clocks that are set do no harm; and by nothing but the two records.
 */
export function reconcile(
  entries: Iterable<AnyEntry>,
  record: ReadRecord,
  { incident }: ReconcileOptions = {},
): EgressVerdict {
  const reconciliation = new Reconciliation(new Journalled(entries), record, incident);
  return reconciliation.verdict();
}

class Reconciliation {
  readonly #journal: Journalled;
  readonly #record: ReadRecord;
  readonly #incident: string | undefined;
  readonly #faults: EgressFault[] = [];
  readonly #byViewing = new Map<string, ReadFlow[]>();
  readonly #claimed = new Set<JournalledDisclosure>();
  #judged: ReadFlow[] = [];
  #uncountedBytes = 0;
  #unrecorded = 0;

  constructor(journal: Journalled, record: ReadRecord, incident: string | undefined) {
    this.#journal = journal;
    this.#record = record;
    this.#incident = incident;
  }

  verdict(): EgressVerdict {
    for (const where of this.#record.damaged) this.#fault('record-damaged', where);
    this.#judged = this.#record.flows.filter((flow) => this.#isJudged(flow));
    for (const flow of this.#judged) this.#checkFlow(flow);
    const { viewings, disclosures } = this.#journal;
    for (const each of [...viewings.values()].filter(this.#isKept)) this.#checkBytes(each);
    for (const each of disclosures.filter(this.#isKept)) this.#checkGiven(each);
    const faults = this.#faults;
    return {
      ok: faults.length === 0,
      faults,
      flows: this.#judged.length,
      bytes: sum(this.#judged),
      uncountedBytes: this.#uncountedBytes,
      skipped: this.#record.flows.length - this.#judged.length,
      unrecorded: this.#unrecorded,
    };
  }

  #fault(code: FaultCode, where: string): void {
    this.#faults.push({ code, where });
  }

  /** Of an incident whose content is being removed, some may be left. */
  readonly #isKept = ({ incident }: { readonly incident: string | undefined }) =>
    incident === undefined || !this.#journal.removed.has(incident);

  #isJudged({ about, since }: ReadFlow): boolean {
    const { incident, viewing } = about;
    const { removed, removedViewing, viewings, head } = this.#journal;
    if (this.#incident !== undefined && incident !== this.#incident) return false;
    if (incident !== undefined && removed.has(incident)) return false;
    if (viewing !== undefined && viewings.has(viewing)) return true;
    const wasRemoved = incident === undefined && viewing !== undefined && since >= removedViewing;
    return since <= head && !wasRemoved;
  }

  #checkFlow(flow: ReadFlow): void {
    const { viewing: id, plan, image } = flow.about;
    const viewing = id === undefined ? undefined : this.#journal.viewings.get(id);
    if (viewing) this.#checkViewing(flow, viewing);
    else if (id === undefined && (plan ?? image) !== undefined) this.#checkPicture(flow);
    else this.#fault('not-journalled', inWords(flow));
  }

  #checkViewing(flow: ReadFlow, viewing: JournalledViewing): void {
    const { about, since, upTo, endedBy = Number.POSITIVE_INFINITY } = flow;
    const { ended, started, id, actor } = viewing;
    const flows = this.#byViewing.get(id) ?? [];
    this.#byViewing.set(id, [...flows, flow]);
    const where = `${inWords(flow)}; viewing ${id}, entry ${started}`;
    const isOf =
      about.camera === viewing.camera &&
      about.incident === viewing.incident &&
      about.user === actor.user &&
      about.controlRoom === actor.controlRoom;
    if (!isOf) this.#fault('other-viewing', where);
    if (since < started || (ended && upTo >= ended.seq)) this.#fault('outside-viewing', where);
    if (!ended && endedBy <= this.#journal.head) this.#fault('never-ended', where);
    this.#checkGrant(flow, viewing, where);
  }

  /** Within the centre no share is needed. */
  #checkGrant(flow: ReadFlow, viewing: JournalledViewing, where: string): void {
    const { actor, camera, incident, started } = viewing;
    if (flow.about.side === 'centre' && actor.controlRoom === undefined) return;
    const { shared } = this.#journal;
    const room = actor.controlRoom;
    const until =
      incident !== undefined && room !== undefined
        ? shared.cameraUntil(incident, room, camera, started)
        : undefined;
    if (incident === undefined || room === undefined || until === undefined) {
      this.#fault('no-grant', where);
      return;
    }
    const isLate = flow.upTo >= until || shared.isOver(incident, room, flow.upTo, flow.toUnixUs);
    if (isLate) this.#fault('after-grant', where);
  }

  /** A plan or an image. What the centre looks at itself is not journalled. */
  #checkPicture(flow: ReadFlow): void {
    const { side, incident, user, controlRoom, plan, image } = flow.about;
    if (side === 'centre' && controlRoom === undefined) return;
    const given = this.#journal.disclosures.find(
      (each) =>
        !this.#claimed.has(each) &&
        each.id === (each.kind === 'plan' ? plan : image) &&
        each.incident === incident &&
        each.actor.user === user &&
        each.actor.controlRoom === controlRoom &&
        each.bytes === flow.bytes &&
        each.seq <= flow.since,
    );
    if (!given) {
      this.#fault('not-journalled', inWords(flow));
      return;
    }
    this.#claimed.add(given);
    const where = `${inWords(flow)}; entry ${given.seq}`;
    const until =
      incident === undefined || controlRoom === undefined
        ? undefined
        : this.#journal.shared.plansUntil(incident, controlRoom, given.seq);
    if (until === undefined) this.#fault('no-grant', where);
    else if (flow.upTo >= until) this.#fault('after-grant', where);
  }

  /** In the other direction: all that is journalled was counted. */
  #checkBytes({ id, camera, actor, started, ended }: JournalledViewing): void {
    const flows = this.#byViewing.get(id) ?? [];
    const counted = sum(flows);
    if (ended?.bytes === undefined) {
      this.#uncountedBytes += counted;
      return;
    }
    // What is kept as an image of the incident leaves for nobody yet.
    const journalled = ended.reason === 'still' ? 0 : ended.bytes;
    const run = this.#runOf(started);
    if (flows.length === 0 && !isWithin(run, started)) this.#unrecorded += 1;
    const isComplete = run !== undefined && run.upTo >= ended.seq;
    if (counted <= journalled && (counted === journalled || !isComplete)) return;
    const where = `viewing ${id} of ${camera} by ${actor.user}, entry ${started}: journalled ${journalled} bytes, counted ${counted}`;
    this.#fault(flows.length === 0 ? 'not-counted' : 'other-bytes', where);
  }

  #checkGiven(disclosure: JournalledDisclosure): void {
    if (this.#claimed.has(disclosure)) return;
    const { seq, kind, id, actor } = disclosure;
    const run = this.#runOf(seq);
    if (!isWithin(run, seq)) this.#unrecorded += 1;
    else this.#fault('not-counted', `${kind} ${id} to ${actor.user}, entry ${seq}`);
  }

  /** The last process before this entry of which there is a record; the one that wrote it may have left none. */
  #runOf(seq: number): ReadRun | undefined {
    const before = this.#record.runs.filter(({ from }) => from < seq);
    return before.reduce<ReadRun | undefined>(
      (last, run) => (last && last.from >= run.from ? last : run),
      undefined,
    );
  }
}

function isWithin(run: ReadRun | undefined, seq: number): boolean {
  return run !== undefined && run.upTo >= seq;
}

function sum(flows: readonly ReadFlow[]): number {
  return flows.reduce((total, { bytes }) => total + bytes, 0);
}

function inWords({ name, about, bytes, since, upTo }: ReadFlow): string {
  const { user, controlRoom, via, side, path, channel } = about;
  const of = about.camera ?? about.plan ?? about.image ?? path ?? `channel ${channel}`;
  const whose = [user, controlRoom && `of ${controlRoom}`].filter(Boolean).join(' ');
  const who = whose === '' ? (about.address ?? 'somebody') : whose;
  const where = `${name}: ${bytes} bytes of ${of} to ${who} (${side}, ${via})`;
  return `${where}, between entries ${since} and ${upTo}`;
}
