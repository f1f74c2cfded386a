import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import { replaceFile } from '../core/replace-file.ts';

const time = z.iso.datetime();
const serial = z.string().regex(/^[0-9a-f]{32}$/);

const issued = z.strictObject({
  serial,
  kind: z.enum(['server', 'client']),
  name: z.string().min(1),
  /** What a server is reached by, or a client is known by in a configuration. */
  hosts: z.array(z.string()),
  /** Of the certificate, within the folder. */
  file: z.string().regex(/^[a-z0-9][a-z0-9.-]*\.crt$/),
  /** SHA-256, as OpenSSL writes it. */
  fingerprint: z.string(),
  notBefore: time,
  notAfter: time,
  revokedAt: time.optional(),
});

const register = z.strictObject({
  version: z.literal(1),
  /** Of the authority. */
  name: z.string().min(1),
  list: z.strictObject({
    number: z.int().positive(),
    /** For how long each list holds. */
    days: z.int().positive(),
    nextUpdate: time,
  }),
  issued: z.array(issued),
});

export type Issued = z.output<typeof issued>;
/** What an authority has issued and revoked, and which of its revocation lists was the last. */
export type Register = z.output<typeof register>;

/** @throws LiveViewError `cert-register`: what was revoked would be forgotten by a list made without it. */
export function readRegister(file: string): Register {
  try {
    return register.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new LiveViewError(
      'cert-register',
      `${file} cannot be read or is damaged; put it back from a backup, or make another authority in a new folder: without it nobody knows what was revoked`,
      { cause },
    );
  }
}

export function writeRegister(file: string, value: Register): void {
  replaceFile(file, `${JSON.stringify(register.parse(value), undefined, 2)}\n`);
}
