import { inspect } from 'node:util';
import { longestEscaped, replaceEscaped } from './escapes.ts';
import { Words } from './words.ts';

/**
 * A value that must not appear in a log, an error, a URL or a response. Printing it in any of the
 * usual ways gives `[secret]`; only `reveal()` gives the value, at the one place that needs it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** User name and password of a camera. */
export interface Credentials {
  username: string;
  password: Secret;
}

/**
 * What the configuration gives cameras and panels, in the forms in which whoever was given it might repeat it.
 * A camera that says its password in an error would have everybody read it.
 */
const REMEMBERED = new Words();
const MAX_REMEMBERED = 8_192;
/** Shorter ones are parts of words. */
const LEAST_LENGTH = 6;

/** From now on it is taken out of errors and logs. @param username with which it is sent. */
export function rememberSecret(value: string, username?: string): void {
  if (value.length < LEAST_LENGTH) return;
  if (username !== undefined) REMEMBERED.add(base64(`${username}:${value}`));
  for (const form of formsOf(value)) REMEMBERED.add(form);
  while (REMEMBERED.size > MAX_REMEMBERED) REMEMBERED.deleteOldest();
}

/** What encodes all of it; escapes of single characters are seen through when a text is cleaned. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  return [value, base64(value), bytes.toString('base64url'), hex, hex.toUpperCase()];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A text without what was remembered. */
export function withoutRemembered(text: string): string {
  return replaceEscaped(text, REMEMBERED, '[secret]');
}

/** A text without what was remembered, and without what its URLs carry. */
export function withoutSecrets(text: string): string {
  return withoutUrlSecrets(withoutRemembered(text));
}

/**
 * The first `max` characters of a text without secrets. None of them is left in half where the text is cut, which
 * whoever wrote it may have meant.
 */
export function startWithoutSecrets(text: string, max: number): string {
  if (text.length <= max) return withoutSecrets(text);
  const longest = longestEscaped(REMEMBERED.longest);
  const isWhole = text.length <= max + longest;
  const clean = withoutSecrets(text.slice(0, max + longest));
  // What was cut may end in the beginning of a secret, or of a URL with one.
  const sure = isWhole ? clean : clean.slice(0, -longest || undefined).replace(URL_AT_END, '://');
  return `${sure.slice(0, max)}…`;
}

const URL_AT_END = /:\/\/[^\s/?#]*$/;

/**
 * A text without the credentials that the URLs in it carry: `rtsp://a:b@host/` → `rtsp://host/`, and the
 * value of every `password=` and the like, a habit of video recorders.
 */
export function withoutUrlSecrets(text: string): string {
  return text.replace(/:\/\/[^\s/?#]*@/g, '://').replace(SECRET_PARAMETER, '$1[secret]');
}

const SECRET_PARAMETER =
  /\b((?:user|username|pass|passwd|password|pwd|token|auth)=)[^\s&;/?#"']+/gi;
