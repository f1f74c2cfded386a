/**
 * What surrounds the content of a message (DC-09 §5.5.1.4 to §5.5.1.6):
 *
 *   "*SIA-DCS" 0042 R1A L3 #1409 [ …
 *     token    seq  rcvr pref acct  content, in the clear or encrypted
 *
 * Receiver and prefix go back in the reply as they came; both may be missing, and the prefix be a bare
 * `L`. Where the account is missing (panels without one to set), it stands in the content.
 */
export interface Envelope {
  /** `SIA-DCS`, `ADM-CID`, `NULL`, …; without the asterisk. */
  readonly token: string;
  readonly isEncrypted: boolean;
  readonly sequence: string;
  /** With its `R`; empty when it is missing. */
  readonly receiver: string;
  /** With its `L`. */
  readonly prefix: string;
  /** With its `#`, as written. */
  readonly account: string;
  /** What follows the bracket. */
  readonly content: Buffer;
}

const HEAD =
  /^"(\*?)([A-Z0-9-]{1,16})"([0-9A-F]{4})(R[0-9A-F]{0,6})?(L[0-9A-F]{0,6})?(#[0-9A-F]{3,16})?\[/i;
/** The longest that fits the form. */
const MAX_HEAD_BYTES = 64;

/** Undefined for what is no message, so that there is nobody to answer. */
export function parseEnvelope(body: Buffer): Envelope | undefined {
  const head = HEAD.exec(body.toString('latin1', 0, MAX_HEAD_BYTES));
  if (!head) return undefined;
  const [whole, asterisk, token = '', sequence = '', receiver = '', prefix = '', account = ''] =
    head;
  return {
    token: token.toUpperCase(),
    isEncrypted: asterisk !== '',
    ...{ sequence, receiver, prefix, account },
    content: body.subarray(whole.length),
  };
}

/** How accounts are compared: `#14af` is 14AF. */
export function accountNumber(account: string): string {
  return account.replace('#', '').toUpperCase();
}
