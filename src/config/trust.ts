import { readFileSync } from 'node:fs';
import { LiveViewError } from '../core/errors.ts';
import type { CameraConfig } from './schema.ts';

/** A bundle of some hundred authorities; more is another file. */
const MAX_CA_BYTES = 1024 * 1024;

/** What a camera's certificate is judged by: the text of the authorities, not the name of their file. */
export interface CameraTrust {
  readonly ca?: string | undefined;
  readonly fingerprint?: string | undefined;
}

/** @throws LiveViewError `secret-missing`, naming the file. */
export function readTrust(tls: CameraConfig['stream']['tls']): CameraTrust | undefined {
  if (!tls) return undefined;
  const { ca, fingerprint } = tls;
  return { fingerprint, ca: ca === undefined ? undefined : readAuthorities(ca) };
}

/** @throws LiveViewError `secret-missing`, naming the file. */
export function readAuthorities(file: string, whose = 'the camera'): string {
  const refuse = (why: string, cause?: unknown) =>
    new LiveViewError('secret-missing', `file ${file} ${why}`, { cause });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw refuse('cannot be read; check its path, owner and mode', cause);
  }
  if (text.length <= MAX_CA_BYTES && text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw refuse(`holds no certificates in PEM; put the authority of ${whose} there`);
}
