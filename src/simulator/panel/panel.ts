import type { Clock, Timer } from '../../core/clock.ts';
import { AbortedError, codeOf, LiveViewError, TimeoutError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { eventData, type PanelEvent, type PanelFormat } from './events.ts';
import { type LineOptions, openLine, type PanelLine } from './line.ts';
import { type PanelHabits, type PanelMessage, writeMessage } from './message.ts';
import { type PanelReply, readReply } from './reply.ts';

export interface VirtualPanelOptions extends LineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Hexadecimal digits, as the receiver knows it. */
  readonly account: string;
  /** 16, 24 or 32 bytes: everything is encrypted then. */
  readonly secret?: Buffer | undefined;
  readonly format?: PanelFormat;
  readonly receiver?: string | undefined;
  /** Digits behind the `L`; `0` unless given. */
  readonly prefix?: string;
  readonly habits?: PanelHabits;
  /** Written into messages or not; an encrypted one always has it. */
  readonly withTime?: boolean;
  /** How long a reply is waited for. */
  readonly replyMs?: number;
  /** Sequence number of the first message. */
  readonly firstSequence?: number;
  /** How far the panel's own clock is off, until a receiver tells the time. */
  readonly clockErrorMs?: number;
}

const REPLY_MS = 5_000;
const TRIES = 3;
/** One under way, and one that waits for it. */
const MAX_POLLS = 2;

/** What an event came to. */
export interface PanelOutcome {
  readonly reply: PanelReply;
  readonly sequence: number;
  /** How often it was sent, and whether the receiver set the clock of the panel. */
  readonly tries: number;
  readonly isClockSet: boolean;
}

/**
 * A panel that reports to a receiver: one message at a time, sent again with the same number until it is
 * answered, its clock set by a NAK, as the standard has it.
 */
export class VirtualPanel {
  readonly #options: VirtualPanelOptions;
  #line: PanelLine | undefined;
  #sequence: number;
  #clockErrorMs: number;
  #poll: Timer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  /** Ends the waiting for a reply. */
  #giveUp: (() => void) | undefined;

  constructor(options: VirtualPanelOptions) {
    this.#options = options;
    this.#sequence = options.firstSequence ?? 1;
    this.#clockErrorMs = options.clockErrorMs ?? 0;
  }

  /** @throws LiveViewError `panel-unreachable`, `panel-reply`, `timeout`, `aborted` once it is stopped. */
  report(event: PanelEvent): Promise<PanelOutcome> {
    const { format = 'sia', account } = this.#options;
    return this.send(eventData(format, account, event));
  }

  /** Says that it is there. @throws as `report`. */
  poll(): Promise<PanelOutcome> {
    return this.#inTurn(() => this.#deliver({ id: 'NULL', data: '' }, 0));
  }

  /** Any message. @throws as `report`. */
  send(message: Pick<PanelMessage, 'id' | 'data' | 'extended'>): Promise<PanelOutcome> {
    return this.#inTurn(() => {
      const sequence = this.#sequence;
      this.#sequence = sequence >= 9_999 ? 1 : sequence + 1;
      return this.#deliver(message, sequence);
    });
  }

  /** Says that it is there every so often, until it is stopped. */
  supervise(everyMs: number): void {
    const { clock, log, account } = this.#options;
    let polls = 0;
    const next = () => {
      this.#poll = clock.setTimer(everyMs, next);
      if (polls >= MAX_POLLS) return;
      polls += 1;
      this.poll()
        .catch((error: unknown) => {
          if (codeOf(error) !== 'aborted') log.warn('supervision failed', { account, error });
        })
        .finally(() => {
          polls -= 1;
        });
    };
    next();
  }

  /** The way is cut, as when a cable is; the next message opens another. */
  hangUp(): void {
    this.#line?.close();
    this.#line = undefined;
  }

  /** For good: what is under way is called off. */
  stop(): void {
    this.#isStopped = true;
    this.#poll?.cancel();
    this.#poll = undefined;
    this.hangUp();
    this.#giveUp?.();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #deliver(
    message: Pick<PanelMessage, 'id' | 'data' | 'extended'>,
    sequence: number,
  ): Promise<PanelOutcome> {
    let isClockSet = false;
    for (let tries = 1; ; tries += 1) {
      const reply = await this.#exchange(message, sequence);
      if (reply?.kind === 'NAK' && !isClockSet && tries < TRIES) {
        this.#setClock(reply);
        isClockSet = true;
      } else if (reply) {
        return { reply, sequence, tries, isClockSet };
      } else if (tries >= TRIES) {
        throw new TimeoutError('the receiver', this.#replyMs * TRIES);
      }
    }
  }

  /** Undefined when there is no answer in time. */
  async #exchange(
    message: Pick<PanelMessage, 'id' | 'data' | 'extended'>,
    sequence: number,
  ): Promise<PanelReply | undefined> {
    const line = await this.#openLine();
    const { secret, habits = {} } = this.#options;
    const bytes = writeMessage({ ...this.#envelope(), ...message, sequence }, secret, habits);
    return this.#replyOn(line, bytes, sequence);
  }

  async #openLine(): Promise<PanelLine> {
    if (!this.#isStopped && !this.#line?.isOpen) this.#line = await openLine(this.#options);
    if (this.#isStopped) this.hangUp();
    if (this.#line) return this.#line;
    throw new AbortedError('the panel');
  }

  #replyOn(line: PanelLine, bytes: Buffer, sequence: number): Promise<PanelReply | undefined> {
    const { clock, secret, habits = {} } = this.#options;
    let received = Buffer.alloc(0);
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(this.#replyMs, () => settle(() => resolve(undefined)));
      const settle = (act: () => void) => {
        timer.cancel();
        this.#giveUp = undefined;
        act();
      };
      this.#giveUp = () => settle(() => reject(new AbortedError('the panel')));
      line.listen((more) => {
        received = Buffer.concat([received, more]);
        try {
          const reply = readReply(received, secret, habits.binaryCrc);
          if (!reply) return;
          received = Buffer.alloc(0);
          if (isFor(reply, sequence)) settle(() => resolve(reply));
        } catch (error) {
          settle(() => reject(error));
        }
      });
      line.write(bytes);
    });
  }

  get #replyMs(): number {
    return this.#options.replyMs ?? REPLY_MS;
  }

  #envelope() {
    const { account, receiver, prefix = '0', secret, withTime = true } = this.#options;
    const timeUnixMs = this.#options.clock.unixUs() / 1_000 + this.#clockErrorMs;
    return { account, receiver, prefix, ...(secret || withTime ? { timeUnixMs } : {}) };
  }

  #setClock({ time }: PanelReply): void {
    const [clockTime = '', date = ''] = (time ?? '').split(',');
    const [month, day, year] = date.split('-');
    const unixMs = Date.parse(`${year}-${month}-${day}T${clockTime}Z`);
    if (Number.isNaN(unixMs)) {
      throw new LiveViewError('panel-reply', 'the receiver refuses the time and tells none');
    }
    this.#clockErrorMs = unixMs - this.#options.clock.unixUs() / 1_000;
  }
}

/** A NAK bears no number. */
function isFor(reply: PanelReply, sequence: number): boolean {
  return reply.kind === 'NAK' || Number(reply.sequence) === sequence;
}
