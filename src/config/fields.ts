import { z } from 'zod';
import { parseAddress } from './address.ts';

/** A description is written once, next to the field that it describes; the documents repeat it. */
export const describe = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description }) as T;

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use 1–63 lower-case letters, digits and hyphens');

export const name = z.string().trim().min(1, 'write a name').max(120);

/** SHA-256, with or without colons. */
export const FINGERPRINT = /^[0-9a-f]{2}(:?[0-9a-f]{2}){31}$/i;

export const secretSource = z.union(
  [
    z.strictObject({
      env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'name an environment variable'),
    }),
    z.strictObject({ file: z.string().min(1, 'name a file') }),
    z.strictObject({
      credential: z.string().regex(/^(?!\.)[A-Za-z0-9_.-]{1,200}$/, 'name a systemd credential'),
    }),
  ],
  'write { file: /path/to/secret }, { credential: NAME } or { env: NAME }; a secret does not belong in this file',
);
export type SecretSource = z.output<typeof secretSource>;

export const address = z.string().refine((text) => parseAddress(text) !== undefined, {
  message: 'write address:port, for example 127.0.0.1:8080 or [::1]:8080',
});

/** Of a listener. */
export const tls = z.strictObject({
  cert: describe(z.string().min(1), 'Certificate chain, PEM file.'),
  key: describe(z.string().min(1), 'Private key, PEM file readable by the service alone.'),
  clientCa: describe(
    z.string().min(1).optional(),
    'CA that client certificates must come from, PEM file.',
  ),
  clientCrl: describe(
    z.array(z.string().min(1)).min(1, 'name a file, or leave this out').max(32).optional(),
    'Lists of client certificates that were revoked, PEM or DER files: one of each authority in clientCa.',
  ),
  clientCert: describe(
    z.enum(['required', 'optional', 'off']).default('off'),
    'Whether callers must show a client certificate; needs clientCa.',
  ),
});
