import { createSecretKey } from 'node:crypto';
import type { PanelAccount } from '../../../src/alarms/dc09/account.ts';
import { Answering } from '../../../src/alarms/dc09/answering.ts';
import { type Frame, framesOf } from '../../../src/alarms/dc09/framing.ts';
import type { PanelReport } from '../../../src/alarms/dc09/report.ts';
import type { Logger } from '../../../src/core/log.ts';
import {
  type PanelHabits,
  type PanelMessage,
  writeMessage,
} from '../../../src/simulator/panel/message.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** The moment of the message in the field notes. */
export const THEN_UNIX_MS = Date.UTC(2026, 7, 27, 20, 38, 7);

export const KEYS = {
  128: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
  192: Buffer.from('00112233445566778899aabbccddeeff0123456789abcdef', 'hex'),
  256: Buffer.from('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'hex'),
} as const;

export function panel(number: string, more: Partial<PanelAccount> = {}): PanelAccount {
  const byDefault = { takesPlain: false, timeCheck: 'encrypted', zones: new Map() } as const;
  return { number, site: 'jeweller', ...byDefault, ...more };
}

export function withKey(number: string, key: Buffer, more: Partial<PanelAccount> = {}) {
  return panel(number, { key: createSecretKey(key), ...more });
}

/** What a panel of this account would send now, unless told otherwise. */
export function message(more: Partial<PanelMessage> = {}): PanelMessage {
  const account = more.account ?? '1409';
  const byDefault = { id: 'SIA-DCS', sequence: 1, prefix: '0', data: `#${account}|Nri1/HA12` };
  return { ...byDefault, timeUnixMs: THEN_UNIX_MS, ...more, account };
}

export function frameOf(bytes: Buffer): Frame {
  const frames = framesOf(bytes);
  const [frame] = frames;
  if (!frame || frames.length > 1) throw new Error(`${frames.length} frames, not one`);
  return frame;
}

/** Warnings that were written, without what goes with them. */
export class WarningLog implements Logger {
  readonly warnings: string[] = [];
  error(): void {}
  info(): void {}
  debug(): void {}
  warn(text: string): void {
    this.warnings.push(text);
  }
  child(): Logger {
    return this;
  }
}

/** A receiver without sockets, and what it told. */
export class Centre {
  readonly clock = new ManualClock(THEN_UNIX_MS * 1_000);
  readonly log = new WarningLog();
  readonly reports: PanelReport[] = [];
  /** How many were told together. */
  readonly together: number[] = [];
  /** Called when something is told. */
  onTold = () => {};
  readonly answering: Answering;
  /** Thrown when something is told. */
  fault: Error | undefined;

  constructor(accounts: readonly PanelAccount[], silent: ReadonlySet<string> = new Set()) {
    this.answering = new Answering({
      clock: this.clock,
      log: this.log,
      onReports: (reports) => {
        if (this.fault) throw this.fault;
        this.reports.push(...reports);
        this.together.push(reports.length);
        this.onTold();
      },
      random: (bytes) => Buffer.alloc(bytes),
    });
    this.answering.start(asMap(accounts), silent);
  }

  update(accounts: readonly PanelAccount[]): void {
    this.answering.update(asMap(accounts));
  }

  /** The reply to bytes from the wire, as text; undefined for silence. */
  hear(bytes: Buffer | string): string | undefined {
    const frame = frameOf(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this.answering.answer(frame, { address: '192.0.2.7' })?.toString('latin1');
  }

  /** The same to a message that is written for it. */
  hearMessage(
    more: Partial<PanelMessage> = {},
    key?: Buffer,
    habits?: PanelHabits,
  ): string | undefined {
    return this.hear(writeMessage(message(more), key, habits));
  }

  /** English words of what was told. */
  get texts(): string[] {
    return this.reports.map(({ text }) => text.en);
  }
}

function asMap(accounts: readonly PanelAccount[]): Map<string, PanelAccount> {
  return new Map(accounts.map((account) => [account.number, account]));
}
