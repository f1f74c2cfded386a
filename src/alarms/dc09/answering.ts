import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { asError, LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { TokenBucket } from '../../core/token-bucket.ts';
import type { PanelAccount, PanelAccounts } from './account.ts';
import { Complaints } from './complaints.ts';
import { CONTACT_ID, parseContactId } from './contact-id.ts';
import { Duplicates, nameOf } from './duplicates.ts';
import type { Frame } from './framing.ts';
import { type Message, REFUSALS, type Reading, type Refusal, readMessage } from './reading.ts';
import { ack, duh, encryptedAck, framed, nak } from './reply.ts';
import { type PanelReport, reportOf, silenceReport } from './report.ts';
import { parseSia, SIA } from './sia.ts';
import type { Signal } from './signal.ts';
import { type Silence, Supervision } from './supervision.ts';

/** Where a message came from, for the record. */
export interface Origin {
  readonly address: string;
}

/**
 * What a panel told, or without an origin what there is to tell of several panels. Returns when it is recorded; throws when it cannot be: the panel is not answered
 * then, and sends it again.
 */
export type ReportHandler = (reports: readonly PanelReport[], origin: Origin | undefined) => void;

export interface AnsweringOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly onReports: ReportHandler;
  readonly random?: (bytes: number) => Buffer;
}

/** A panel in full alarm sends one after the other; each is a line in the journal. */
const OF_A_PANEL = { atOnce: 60, perSecond: 5 };
/** Whoever is not known, all together. */
const OF_STRANGERS = { atOnce: 50, perSecond: 10 };

interface Format {
  readonly name: string;
  /** Undefined for what is no event. */
  readonly read: (data: string) => readonly Signal[] | undefined;
}

/** By the token of a message. */
const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['SIA-DCS', { name: SIA, read: parseSia }],
  ['ADM-CID', { name: CONTACT_ID, read: readContactId }],
]);

function readContactId(data: string): readonly Signal[] | undefined {
  const signal = parseContactId(data);
  return signal && [signal];
}

interface PanelState {
  readonly duplicates: Duplicates;
  readonly bucket: TokenBucket;
  /** Of its newest message; undefined when that was taken. */
  refusal: Refusal | undefined;
}

/** How many of each, since the start. */
export interface AnsweringCounts {
  acknowledged: number;
  repeated: number;
  refused: number;
  /** Bad CRC, no message, too many, or nothing could be recorded. */
  unanswered: number;
  /** Openings, closings, tests: acknowledged and not told. */
  activities: number;
}

/** Decides what a frame is answered with, and tells what it says. Knows no sockets. */
export class Answering {
  readonly counts: AnsweringCounts = {
    acknowledged: 0,
    repeated: 0,
    refused: 0,
    unanswered: 0,
    activities: 0,
  };
  readonly #options: AnsweringOptions;
  readonly #random: (bytes: number) => Buffer;
  readonly #complaints: Complaints;
  readonly #supervision: Supervision;
  readonly #strangers: TokenBucket;
  /** As many as there are accounts. */
  readonly #panels = new Map<string, PanelState>();
  #accounts: PanelAccounts = new Map();

  constructor(options: AnsweringOptions) {
    const { clock, log, random = randomBytes } = options;
    this.#options = options;
    this.#random = random;
    this.#complaints = new Complaints(clock, log);
    this.#strangers = new TokenBucket(clock, OF_STRANGERS);
    this.#supervision = new Supervision({
      clock,
      tell: (all) => this.#tellSilences(all),
      onFailure: ({ number }, error) =>
        this.#complain('nobody can be told whether a panel is silent', number, error),
    });
  }

  /** How many supervised panels are silent now. */
  get silent(): number {
    return this.#supervision.silent;
  }

  /** @param silent accounts of which an earlier run has told that they are. */
  start(accounts: PanelAccounts, silent: ReadonlySet<string>): void {
    this.#accounts = accounts;
    this.#supervision.start(accounts, silent);
  }

  update(accounts: PanelAccounts): void {
    this.#accounts = accounts;
    for (const number of this.#panels.keys()) {
      if (!accounts.has(number)) this.#panels.delete(number);
    }
    this.#supervision.update(accounts);
  }

  stop(): void {
    this.#supervision.stop();
  }

  /** The bytes to send back; undefined for silence. Never throws. */
  answer(frame: Frame, origin: Origin): Buffer | undefined {
    const reading = readMessage(frame, this.#accounts, this.#unixMs());
    const reply = this.#replyTo(reading, origin);
    if (reply === undefined) this.counts.unanswered += 1;
    return reply === undefined ? undefined : framed(reply, frame.crcForm);
  }

  #replyTo(reading: Reading, origin: Origin): string | undefined {
    switch (reading.is) {
      case 'nothing':
        return undefined;
      case 'stranger': {
        const { envelope, number } = reading;
        if (this.#strangers.take() > 0) return undefined;
        this.counts.refused += 1;
        const fields = { account: number, address: origin.address };
        this.#complaints.warn('a panel that is not configured', origin.address, fields);
        return duh(envelope);
      }
      case 'refused': {
        const { account, envelope, why } = reading;
        this.#refuse(account, why, origin);
        return why === 'wrong-time' ? nak(this.#unixMs()) : duh(envelope);
      }
      case 'message':
        return this.#replyToMessage(reading, origin);
    }
  }

  #replyToMessage(message: Message, origin: Origin): string | undefined {
    const { account, envelope, content } = message;
    if (envelope.token === 'NULL') return this.#acknowledge(message);
    const panel = this.#panelOf(account);
    if (panel.duplicates.has(envelope.sequence, content)) {
      this.counts.repeated += 1;
      return this.#acknowledge(message);
    }
    if (panel.bucket.take() > 0) {
      this.#complain('a panel sends more than is taken of it', account.number);
      return undefined;
    }
    const signals = this.#signalsOf(message);
    if (!signals) {
      this.#refuse(account, 'unreadable', origin);
      return duh(envelope);
    }
    if (!this.#tell(message, signals, origin)) return undefined;
    panel.duplicates.remember(envelope.sequence, content);
    return this.#acknowledge(message);
  }

  /** Undefined for what is no event in a format that we know. */
  #signalsOf({ envelope, content, account }: Message): readonly Signal[] | undefined {
    try {
      return FORMATS.get(envelope.token)?.read(content.data);
    } catch (error) {
      if (!(error instanceof LiveViewError)) throw error;
      this.#complain('a message of a panel cannot be read', account.number, error);
      return undefined;
    }
  }

  /** Whether it is recorded, or there is nothing to record. */
  #tell(message: Message, signals: readonly Signal[], origin: Origin): boolean {
    const { account } = message;
    const reports = signals.flatMap((signal, index) => this.#reportOf(message, signal, index));
    try {
      if (reports.length > 0) this.#options.onReports(reports, origin);
    } catch (error) {
      this.#complain('an alarm cannot be recorded; it is not acknowledged', account.number, error);
      return false;
    }
    const { number } = account;
    for (const { code, kind, text } of signals) {
      if (kind !== 'activity') continue;
      this.counts.activities += 1;
      this.#options.log.info('panel activity', { account: number, code, text: text.en });
    }
    return true;
  }

  #reportOf(message: Message, signal: Signal, index: number): readonly PanelReport[] {
    const { account, envelope, content, isClockRight } = message;
    const { sequence, isEncrypted, token } = envelope;
    const format = FORMATS.get(token)?.name ?? token;
    const facts = { format, sequence, content, isClockRight, isEncrypted };
    const report = reportOf(account, signal, facts);
    if (!report) return [];
    const { timestamp } = content;
    if (!timestamp) return [report];
    return [{ ...report, once: `${nameOf(sequence, content)} ${timestamp.text} ${index}` }];
  }

  #acknowledge({ account, envelope }: Message): string {
    this.counts.acknowledged += 1;
    this.#panelOf(account).refusal = undefined;
    this.#supervision.heard(account);
    if (!envelope.isEncrypted || !account.key) return ack(envelope);
    return encryptedAck(envelope, account.key, this.#unixMs(), this.#random);
  }

  #refuse(account: PanelAccount, why: Refusal, { address }: Origin): void {
    this.counts.refused += 1;
    this.#panelOf(account).refusal = why;
    const message = `a message of a panel is refused: ${REFUSALS[why].en}`;
    this.#complaints.warn(message, account.number, { account: account.number, address });
  }

  #tellSilences(all: readonly Silence[]): void {
    const reports = all.map(({ account, isSilent }) => {
      const refusal = this.#panels.get(account.number)?.refusal;
      const why = isSilent && refusal !== undefined ? REFUSALS[refusal] : undefined;
      return silenceReport(account, !isSilent, why);
    });
    this.#options.onReports(reports, undefined);
  }

  #complain(message: string, account: string, error?: unknown): void {
    const cause = error === undefined ? {} : { error: asError(error) };
    this.#complaints.warn(message, account, { account, ...cause });
  }

  #panelOf({ number }: PanelAccount): PanelState {
    const known = this.#panels.get(number);
    if (known) return known;
    const { clock } = this.#options;
    const panel: PanelState = {
      duplicates: new Duplicates(clock),
      bucket: new TokenBucket(clock, OF_A_PANEL),
      refusal: undefined,
    };
    this.#panels.set(number, panel);
    return panel;
  }

  #unixMs(): number {
    return this.#options.clock.unixUs() / 1_000;
  }
}
