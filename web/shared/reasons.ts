import { ClientError } from '../../src/client/index.ts';
import type { Texts } from './texts-nl.ts';

/** Why something did not happen: a stable code where the gateway gives one, and words. */
export interface Reason {
  readonly code?: string | undefined;
  readonly message: string;
}

export function reasonOf(error: unknown): Reason {
  if (error instanceof ClientError) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? error.message : String(error) };
}

/** In the language of the page when the code is known, else as given: operators type their own. */
export function inWords({ code, message }: Reason, { reasons }: Pick<Texts, 'reasons'>): string {
  if (code === undefined || !Object.hasOwn(reasons, code)) return message;
  return reasons[code] ?? message;
}
