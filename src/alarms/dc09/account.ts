import type { KeyObject } from 'node:crypto';

/** Which messages have to tell the right time: those that are encrypted (as the standard has it), all, none. */
export type TimeCheck = 'encrypted' | 'all' | 'none';

/** What is known of one panel. */
export interface PanelAccount {
  /** Upper case hexadecimal digits. */
  readonly number: string;
  readonly site: string;
  /** AES, of 128, 192 or 256 bits. What comes in the clear is refused then, unless `takesPlain`. */
  readonly key?: KeyObject;
  readonly takesPlain: boolean;
  readonly timeCheck: TimeCheck;
  /** A panel that says nothing for longer is an alarm. */
  readonly supervisionMs?: number;
  /** Cameras that see what this panel guards; those of the site unless told. */
  readonly cameras?: readonly string[];
  /** By their number, without zeros in front. */
  readonly zones: ReadonlyMap<string, PanelZone>;
}

export interface PanelZone {
  readonly name?: string;
  readonly cameras?: readonly string[];
}

/** By their number. */
export type PanelAccounts = ReadonlyMap<string, PanelAccount>;
