import type { PanelAccount, PanelAccounts } from './account.ts';
import { decrypt } from './cipher.ts';
import { type Content, parseContent } from './content.ts';
import { accountNumber, type Envelope, parseEnvelope } from './envelope.ts';
import type { Frame } from './framing.ts';
import type { Text } from './meaning.ts';

/** Why a message of a known panel is not taken. The words end a sentence about that panel. */
export const REFUSALS = {
  'wrong-key': {
    nl: 'het stuurt berichten die niet te ontcijferen zijn (andere sleutel)',
    en: 'it sends messages that cannot be decrypted (another key)',
  },
  'no-key': {
    nl: 'het versleutelt, en er is geen sleutel ingesteld',
    en: 'it encrypts, and no key is configured',
  },
  'not-encrypted': {
    nl: 'het stuurt onversleutelde berichten',
    en: 'it sends messages that are not encrypted',
  },
  'wrong-time': {
    nl: 'de klok van het systeem staat verkeerd',
    en: 'the clock of the panel is wrong',
  },
  unreadable: {
    nl: 'het stuurt berichten die niet te lezen zijn',
    en: 'it sends messages that cannot be read',
  },
} as const satisfies Record<string, Text>;
export type Refusal = keyof typeof REFUSALS;

/** One message that is understood so far: who says what. */
export interface Message {
  readonly account: PanelAccount;
  readonly envelope: Envelope;
  readonly content: Content;
  /** Its timestamp is near ours, or it has none. */
  readonly isClockRight: boolean;
}

/** What a frame turns out to be. */
export type Reading =
  | { readonly is: 'nothing' }
  | { readonly is: 'stranger'; readonly envelope: Envelope; readonly number: string }
  | {
      readonly is: 'refused';
      readonly envelope: Envelope;
      readonly account: PanelAccount;
      readonly why: Refusal;
    }
  | ({ readonly is: 'message' } & Message);

/** What receivers send. Two that take each other for panels would never stop. */
const REPLIES: ReadonlySet<string> = new Set(['ACK', 'NAK', 'DUH', 'RSP']);

/** How far the timestamp may be from our time (DC-09 §5.5.1.9). */
const MAX_AHEAD_MS = 20_000;
const MAX_BEHIND_MS = 40_000;

/** Who says it, and what; no effects. */
export function readMessage(frame: Frame, accounts: PanelAccounts, unixMs: number): Reading {
  if (!frame.isIntact) return { is: 'nothing' };
  const envelope = parseEnvelope(frame.body);
  if (!envelope || REPLIES.has(envelope.token)) return { is: 'nothing' };
  const plain = envelope.isEncrypted ? undefined : parseContent(envelope.content);
  const number = accountNumber(envelope.account) || (plain?.account ?? '');
  const account = accounts.get(number);
  if (!account) return { is: 'stranger', envelope, number };
  const refused = (why: Refusal) => ({ is: 'refused', envelope, account, why }) as const;
  const content = envelope.isEncrypted ? decrypted(account, envelope) : plain;
  if (envelope.isEncrypted && !account.key) return refused('no-key');
  if (!envelope.isEncrypted && account.key && !account.takesPlain) return refused('not-encrypted');
  if (!content) return refused(envelope.isEncrypted ? 'wrong-key' : 'unreadable');
  const isClockRight = isNear(content, envelope.isEncrypted, unixMs);
  if (!isClockRight && mustBeRight(account, envelope)) return refused('wrong-time');
  return { is: 'message', account, envelope, content, isClockRight };
}

function decrypted({ key }: PanelAccount, { content }: Envelope): Content | undefined {
  const bytes = key && decrypt(key, content.toString('latin1'));
  return bytes && parseContent(bytes);
}

/** What is encrypted has to have a timestamp: without one, anything old could be sent again. */
function isNear({ timestamp }: Content, isEncrypted: boolean, unixMs: number): boolean {
  if (!timestamp) return !isEncrypted;
  if (timestamp.unixMs === undefined) return false;
  const aheadMs = timestamp.unixMs - unixMs;
  return aheadMs <= MAX_AHEAD_MS && aheadMs >= -MAX_BEHIND_MS;
}

function mustBeRight({ timeCheck }: PanelAccount, { isEncrypted }: Envelope): boolean {
  return timeCheck === 'all' || (timeCheck === 'encrypted' && isEncrypted);
}
