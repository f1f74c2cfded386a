import { LiveViewError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';

export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 256;
/** A name shorter than this is in too many words to say anything. */
const MIN_NAME_LENGTH = 4;

/** What the lists of leaked passwords are full of, once digits, signs and repeats are taken off. */
const COMMON = new Set([
  ...['password', 'passwort', 'wachtwoord', 'passw', 'letmein', 'welcome', 'welkom', 'changeme'],
  ...['administrator', 'admin', 'adminadmin', 'secret', 'geheim', 'iloveyou', 'ikhouvanjou'],
  ...['qwerty', 'qwertyuiop', 'qwertyuiopasdfghjkl', 'qwertyuiopasdfghjklzxcvbnm', 'asdfghjkl'],
  ...['azerty', 'azertyuiop', 'qwertz', 'zxcvbnm', 'qazwsx', 'qazwsxedc', 'qazwsxedcrfv', 'qwe'],
  ...['liveview', 'camera', 'toezicht', 'toezichtcentrale', 'meldkamer', 'politie', 'centrale'],
  ...['alarm', 'alarmcentrale', 'beveiliging', 'security', 'operator', 'centralist', 'nederland'],
  ...['football', 'voetbal', 'feyenoord', 'ajax', 'monkey', 'dragon', 'sunshine', 'princess', ''],
  ...['superman', 'trustno', 'welcometo', 'default', 'test', 'testtest', 'passwordpassword', 'abc'],
]);
const SEQUENCES = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];

/**
 * Length, and nothing that is guessed first; no rules on what kinds of signs it has, which make
 * passwords alike (NIST SP 800-63B §3.1.1.2).
 *
 * @throws LiveViewError `password-too-short`, `password-too-long`, `password-too-common`.
 */
export function checkPassword(password: Secret, username: string): void {
  const text = password.reveal();
  if (text.length < MIN_PASSWORD_LENGTH) {
    throw new LiveViewError(
      'password-too-short',
      `a password has at least ${MIN_PASSWORD_LENGTH} characters; a few words in a row are easy to remember`,
    );
  }
  if (text.length > MAX_PASSWORD_LENGTH) {
    throw new LiveViewError(
      'password-too-long',
      `a password has at most ${MAX_PASSWORD_LENGTH} characters`,
    );
  }
  if (!isGuessedFirst(text.toLowerCase(), username.toLowerCase())) return;
  throw new LiveViewError(
    'password-too-common',
    'this password is among those that are guessed first, or has the name of the user in it; take a few words in a row that do not belong together',
  );
}

function isGuessedFirst(text: string, username: string): boolean {
  if (username.length >= MIN_NAME_LENGTH && text.includes(username)) return true;
  if (isSequence(text)) return true;
  const unit = repeatedUnit(text);
  if (unit.length < MIN_PASSWORD_LENGTH / 2) return true;
  return COMMON.has(repeatedUnit(lettersOf(text)));
}

/** The shortest text of which `text` is repeats, the last perhaps cut off. */
function repeatedUnit(text: string): string {
  for (let length = 1; length < text.length; length += 1) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return text;
}

/** One run of a keyboard or of the alphabet, forwards or backwards, over its end too. */
function isSequence(text: string): boolean {
  const backwards = [...text].reverse().join('');
  return SEQUENCES.some((run) => {
    const round = run.repeat(Math.ceil(text.length / run.length) + 1);
    return round.includes(text) || round.includes(backwards);
  });
}

/** Its letters alone, with the signs that are written for them: `P@ssw0rd!2026` is `password`. */
function lettersOf(text: string): string {
  const words = text
    .replace(/[^\p{L}]+$/u, '')
    .replace(/^[^\p{L}]+/u, '')
    .replaceAll('@', 'a')
    .replaceAll('0', 'o')
    .replaceAll('1', 'i')
    .replaceAll('3', 'e')
    .replaceAll('$', 's');
  return words.replace(/[^\p{L}]/gu, '');
}
