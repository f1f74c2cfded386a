import {
  type BegunLine,
  type EgressLine,
  type FlowAbout,
  type FlowLine,
  lineSchema,
  type MarkLine,
  type MoreLine,
} from './record.ts';

/** What left to one viewer, as far as it is written down. */
export interface ReadFlow {
  /** For whoever has to find it: `flow 3 of run 00112233445566aa`. */
  readonly name: string;
  readonly about: FlowAbout;
  readonly since: number;
  readonly fromUnixUs: number;
  bytes: number;
  upTo: number;
  toUnixUs: number;
  ended: boolean;
  /** The journal was here, at most, when it had ended: the first mark after that. */
  endedBy?: number;
}

/** One process of the gateway. */
export interface ReadRun {
  /** Whatever left after this entry is counted … */
  from: number;
  /** … up to this one. A process that was killed may have sent more. */
  upTo: number;
  readonly flows: Map<number, ReadFlow>;
  /** Ended, with no mark behind it yet. */
  readonly unmarked: ReadFlow[];
}

export interface ReadRecord {
  readonly runs: readonly ReadRun[];
  readonly flows: readonly ReadFlow[];
  /** Lines that are not of the record. */
  readonly damaged: readonly string[];
}

export interface RecordSource {
  readonly name: string;
  readonly lines: Iterable<string>;
}

/** Reads the files of a record, in the order in which they were begun. Never throws for what is in them. */
export function readRecord(sources: Iterable<RecordSource>): ReadRecord {
  const runs = new Map<string, ReadRun>();
  const damaged: string[] = [];
  for (const source of sources) {
    for (const where of new FileReading(runs).read(source)) damaged.push(where);
  }
  const all = [...runs.values()];
  return { runs: all, flows: all.flatMap(({ flows }) => [...flows.values()]), damaged };
}

class FileReading {
  readonly #runs: Map<string, ReadRun>;
  #run: ReadRun | undefined;
  #name = '';

  constructor(runs: Map<string, ReadRun>) {
    this.#runs = runs;
  }

  /**
   * @returns what is damaged. A line that is cut off at the end of the file, or before an empty one, is
   *   where a process was killed or the disk was full: no damage. So is a file of which there is no more.
   */
  *read({ name, lines }: RecordSource): Iterable<string> {
    let unread: number | undefined;
    let number = 0;
    for (const text of lines) {
      number += 1;
      if (unread !== undefined && text !== '') yield `${name}, line ${unread}`;
      unread = undefined;
      if (text === '') continue;
      const line = parsed(text);
      const taken = line !== undefined && this.#take(line);
      if (!taken) unread = number;
    }
    if (!this.#run && number > 1) yield `${name}: this is no record of what left`;
  }

  /** @returns false for what cannot stand there. */
  #take(line: EgressLine): boolean {
    if ('format' in line) return this.#begin(line);
    const run = this.#run;
    if (!run) return false;
    if ('about' in line) this.#flow(run, line);
    else if ('flow' in line) return more(run, line);
    else mark(run, line);
    return true;
  }

  #begin({ run: id, entry }: BegunLine): boolean {
    if (this.#run) return false;
    const known = this.#runs.get(id);
    this.#run = known ?? { from: entry, upTo: entry, flows: new Map(), unmarked: [] };
    this.#run.from = Math.min(this.#run.from, entry);
    this.#runs.set(id, this.#run);
    this.#name = id;
    return true;
  }

  /** What a flow is, once in every file. */
  #flow(run: ReadRun, line: FlowLine): void {
    const { flow, about, since, fromUnixUs, ...totals } = line;
    if (!run.flows.has(flow)) {
      const name = `flow ${flow} of run ${this.#name}`;
      const nothing = { bytes: 0, upTo: since, toUnixUs: fromUnixUs, ended: false };
      run.flows.set(flow, { name, about, since, fromUnixUs, ...nothing });
    }
    more(run, { flow, ...totals });
  }
}

function parsed(text: string): EgressLine | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Totals only grow; files of a gateway whose clock was set may come in another order. */
function more(run: ReadRun, line: MoreLine): boolean {
  const flow = run.flows.get(line.flow);
  if (!flow) return false;
  const { bytes, upTo, toUnixUs, ended } = line;
  if (bytes >= flow.bytes) Object.assign(flow, { bytes, upTo, toUnixUs });
  if (ended && !flow.ended) run.unmarked.push(flow);
  flow.ended ||= ended === true;
  return true;
}

function mark(run: ReadRun, { entry }: MarkLine): void {
  run.upTo = Math.max(run.upTo, entry);
  for (const flow of run.unmarked.splice(0)) flow.endedBy ??= entry;
}
