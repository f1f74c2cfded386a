import { z } from 'zod';
import { role } from '../role.ts';
import { siteIds } from '../site-limit.ts';

/** No local user or token has a name with a colon: neither is ever taken for the other. */
const PREFIX = 'openid:';
/** OpenID Connect Core §2: at most 255 ASCII characters. None of them blank or a control character. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;
const MAX_NAME_LENGTH = 64;

export const directoryUsername = z.string().regex(/^openid:[\x21-\x7e]{1,255}$/);

/** Somebody of the directory, as it was when they logged in. What is kept of a login holds it. */
export const directoryPerson = z.strictObject({
  username: directoryUsername,
  role,
  sites: siteIds.exactOptional(),
  /** For people to read; says nothing about who it is. */
  name: z.string().min(1).max(MAX_NAME_LENGTH).exactOptional(),
  /** Of the session at the directory, by which it can be ended from there. */
  sid: z.string().min(1).max(255).exactOptional(),
  /** Hash of the configuration by which they came in; with another one they come in anew. */
  terms: z.string(),
  /** When they had been logged out last, before they came in. */
  loggedOutAt: z.string().exactOptional(),
});
export type DirectoryPerson = z.output<typeof directoryPerson>;

export function isDirectoryUsername(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** The name of whoever the directory knows by this subject; undefined when it cannot be one. */
export function usernameOf(subject: unknown): string | undefined {
  return typeof subject === 'string' && SUBJECT.test(subject) ? `${PREFIX}${subject}` : undefined;
}

/** A name that the directory gave, as it can be shown: one line, without controls and turns of direction. */
export function shownName(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined;
  const plain = given
    .slice(0, 1_024)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  // Half of a character may be left at the end.
  const cut = plain
    .slice(0, MAX_NAME_LENGTH)
    .replace(/\p{C}$/u, '')
    .trim();
  return cut === '' ? undefined : cut;
}
