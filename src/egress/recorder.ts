import { randomBytes } from 'node:crypto';
import { existsSync, fdatasync } from 'node:fs';
import type { Clock, Timer } from '../core/clock.ts';
import { describe } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Egress, Flow } from './egress.ts';
import {
  type BegunLine,
  type EgressLine,
  type FlowAbout,
  FORMAT,
  type MarkLine,
  WRITE_EVERY_MS,
} from './record.ts';
import { RecordFile, type RecordFileOptions, recordFiles, removeOlder } from './record-file.ts';

/** What ends together is written together. */
const ENDS_MS = 50;
const NEW_FILE_MS = 24 * 60 * 60_000;
/** Flows that have ended and wait for a file that can be written. */
const MAX_WAITING = 10_000;

export interface RecorderOptions {
  /** Its own; made when needed. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** The place of the newest entry in the journal; asked for every picture, so that it may cost nothing. */
  readonly newestEntry: () => number;
  /** `fdatasync` unless told. */
  readonly toDisk?: RecordFileOptions['toDisk'];
}

/**
 * Writes down what leaves, in files beside the journal: at the end of each flow, and every
 * `WRITE_EVERY_MS` of those that go on. For each picture it does no more than count. That it cannot write
 * holds up no picture: it says so, and writes the totals when it can again.
 */
export class EgressRecorder implements Egress {
  readonly #options: RecorderOptions;
  readonly #run = randomBytes(8).toString('hex');
  readonly #open = new Set<CountedFlow>();
  #ended: CountedFlow[] = [];
  #file: RecordFile | undefined;
  #fileSinceMs = 0;
  #flows = 0;
  #marked = -1;
  /** Flows that ended and did not wait. */
  #leftOut = 0;
  #stopped = false;
  #problem: string | undefined;
  #diskProblem: string | undefined;
  #timer: Timer | undefined;
  #endsTimer: Timer | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Why what leaves is not written down; undefined while it is. */
  get problem(): string | undefined {
    return this.#problem ?? this.#diskProblem;
  }

  start(): void {
    this.#writeAll();
    this.#timer = this.#options.clock.setTimer(WRITE_EVERY_MS, () => this.start());
  }

  /** Nothing leaves any more: what is counted after this is not written down. */
  stop(): void {
    if (this.#stopped) return;
    for (const flow of this.#open) flow.end();
    this.#stopped = true;
    this.#timer?.cancel();
    this.#endsTimer?.cancel();
    this.#writeAll(true);
    this.#file?.close();
    this.#file = undefined;
  }

  /** Removes the files that nobody has written to since, but never the one that is written. */
  forgetBefore(unixUs: number): void {
    const { folder, log } = this.#options;
    if (!existsSync(folder)) return;
    for (const path of recordFiles(folder)) {
      try {
        if (path !== this.#file?.path) removeOlder(path, unixUs);
      } catch (error) {
        log.error('a file of the record of what left could not be removed', { error });
      }
    }
  }

  open(about: FlowAbout): Flow {
    this.#flows += 1;
    const { clock, newestEntry } = this.#options;
    const flow = new CountedFlow({
      ...{ number: this.#flows, about, clock, newestEntry },
      onEnd: () => this.#hasEnded(flow),
    });
    this.#open.add(flow);
    return flow;
  }

  #hasEnded(flow: CountedFlow): void {
    this.#open.delete(flow);
    if (flow.bytes === 0 || this.#stopped) return;
    if (this.#ended.push(flow) > MAX_WAITING) this.#leaveOut();
    if (this.#ended.length > 1) return;
    this.#endsTimer = this.#options.clock.setTimer(ENDS_MS, () => this.#write([]));
  }

  #leaveOut(): void {
    this.#ended.shift();
    this.#leftOut += 1;
    if (this.#leftOut > 1) return;
    this.#options.log.error(
      'more flows have ended than can wait to be written down; the oldest are left out',
    );
  }

  /** Everything that was counted, and that this is everything. */
  #writeAll(stopped = false): void {
    const changed = [...this.#open].filter((flow) => flow.isChanged);
    const entry = this.#options.newestEntry();
    const isNew = changed.length + this.#ended.length > 0 || entry !== this.#marked;
    if (isNew || stopped || !this.#file) {
      const atUnixUs = this.#options.clock.unixUs();
      const mark: MarkLine = { entry, atUnixUs, ...(stopped ? { stopped } : {}) };
      if (this.#write(changed, mark)) this.#marked = entry;
    }
    this.#file?.sync();
  }

  /** @returns whether it is written; what is not will be with the next. */
  #write(changed: readonly CountedFlow[], mark?: MarkLine): boolean {
    const ended = this.#ended;
    try {
      const file = this.#current();
      const lines = [...changed, ...ended].map((flow) => flow.line(file));
      file.append([...lines, ...(mark ? [mark] : [])]);
      for (const flow of changed) flow.written(file);
      this.#ended = this.#ended.slice(ended.length);
      this.#problem = undefined;
      this.#sayLeftOut();
      return true;
    } catch (error) {
      if (this.#problem === undefined) {
        this.#options.log.error('what leaves cannot be written down', { error });
      }
      this.#problem = `what leaves cannot be written down (${describe(error)})`;
      return false;
    }
  }

  #sayLeftOut(): void {
    const flows = this.#leftOut;
    this.#leftOut = 0;
    if (flows > 0) {
      this.#options.log.error('flows that ended are not in the record of what left', { flows });
    }
  }

  readonly #onDisk = (error: Error | null) => {
    const { log } = this.#options;
    if (error && this.#diskProblem === undefined) {
      log.error('what leaves is perhaps not on the disk', { error });
    }
    this.#diskProblem = error
      ? `what leaves is perhaps not on the disk (${describe(error)})`
      : undefined;
  };

  #current(): RecordFile {
    const { clock, folder, toDisk = fdatasync } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#file && nowMs - this.#fileSinceMs < NEW_FILE_MS) return this.#file;
    const begun: BegunLine = {
      ...{ format: FORMAT, run: this.#run },
      ...{ entry: this.#options.newestEntry(), atUnixUs: clock.unixUs() },
    };
    const next = RecordFile.create({ folder, toDisk, onDisk: this.#onDisk }, begun);
    this.#file?.close();
    next.sync();
    this.#file = next;
    this.#fileSinceMs = nowMs;
    return next;
  }
}

interface CountedFlowOptions {
  readonly number: number;
  readonly about: FlowAbout;
  readonly clock: Clock;
  readonly newestEntry: () => number;
  readonly onEnd: () => void;
}

class CountedFlow implements Flow {
  readonly #options: CountedFlowOptions;
  bytes = 0;
  #since = 0;
  #fromUnixUs = 0;
  #upTo = 0;
  #toUnixUs = 0;
  #ended = false;
  #writtenBytes = 0;
  /** Where it was said what this is. */
  #toldIn: RecordFile | undefined;

  constructor(options: CountedFlowOptions) {
    this.#options = options;
  }

  add(bytes: number): void {
    const { newestEntry, clock } = this.#options;
    this.#upTo = newestEntry();
    this.#toUnixUs = clock.unixUs();
    if (this.bytes === 0) {
      this.#since = this.#upTo;
      this.#fromUnixUs = this.#toUnixUs;
    }
    this.bytes += bytes;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd();
  }

  get isChanged(): boolean {
    return this.bytes !== this.#writtenBytes;
  }

  line(file: RecordFile): EgressLine {
    const { number: flow, about } = this.#options;
    const totals = {
      ...{ bytes: this.bytes, upTo: this.#upTo, toUnixUs: this.#toUnixUs },
      ...(this.#ended ? { ended: true as const } : {}),
    };
    if (this.#toldIn === file) return { flow, ...totals };
    return { flow, about, since: this.#since, fromUnixUs: this.#fromUnixUs, ...totals };
  }

  written(file: RecordFile): void {
    this.#writtenBytes = this.bytes;
    this.#toldIn = file;
  }
}
