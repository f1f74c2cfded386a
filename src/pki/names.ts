import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { LiveViewError } from '../core/errors.ts';

/** X.520: the upper bound of a common name. */
export const MAX_NAME_CHARACTERS = 64;
/** Of a DNS name (RFC 1035 §2.3.4). */
const MAX_HOST_CHARACTERS = 253;
const MAX_FILE_NAME_CHARACTERS = 100;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** By what a certificate names a server (RFC 5280 §4.2.1.6). */
export interface Host {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

/**
 * A name that people read in a certificate, without the spaces around it.
 *
 * @throws LiveViewError `bad-name`.
 */
export function parseName(text: string): string {
  const name = text.trim();
  if (name === '') throw badName('a name is needed, for example --name "Meldkamer Rotterdam"');
  if (name.length > MAX_NAME_CHARACTERS) {
    throw badName(`a name in a certificate has at most ${MAX_NAME_CHARACTERS} characters`);
  }
  // Controls, marks that turn the direction of text, what is no character: they hide what a name is.
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) {
    throw badName('the name has characters that do not print; write it anew');
  }
  return name;
}

function badName(message: string): LiveViewError {
  return new LiveViewError('bad-name', message);
}

/**
 * A DNS name in lower case, or an IP address in its shortest form.
 *
 * @throws LiveViewError `bad-host`.
 */
export function parseHost(text: string): Host {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const version = isIP(bare);
  if (version === 4) return { type: 'ip', value: bare };
  if (version === 6 && !bare.includes('%')) {
    return { type: 'ip', value: new URL(`http://[${bare}]`).hostname.slice(1, -1) };
  }
  const value = text.toLowerCase();
  const labels = value.split('.');
  const isName =
    value.length <= MAX_HOST_CHARACTERS &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '');
  if (isName) return { type: 'dns', value };
  throw new LiveViewError(
    'bad-host',
    `${JSON.stringify(text)} is no host: write a name or an address alone, for example liveview.example, 192.0.2.10 or 2001:db8::1 (no port, no address of a web page; other letters as xn--…)`,
  );
}

/** For file names: letters and digits of a name, or a digest where it has none of them. */
export function fileNameOf(kind: string, name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, MAX_FILE_NAME_CHARACTERS);
  const digest = () => createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${kind}-${plain === '' ? digest() : plain}`;
}
