import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LiveViewError } from '../core/errors.ts';
import { type Credentials, rememberSecret, Secret } from '../core/secret.ts';
import type { SecretSource } from './fields.ts';

const MAX_SECRET_BYTES = 4096;

/** Variables that carried a secret. They are kept here, for a reload reads them again, and nowhere else. */
const TAKEN = new Map<string, string>();

/**
 * Reads a secret from where the configuration says it is. One line break at the end of a file is
 * not part of it, and it is taken out of errors and logs from then on. A variable is taken out of the process's own environment, so that nothing that it
 * starts has it.
 *
 * @throws LiveViewError `secret-missing`, saying which variable, file or credential.
 */
export function readSecret(source: SecretSource, env: NodeJS.ProcessEnv = process.env): Secret {
  const value = 'env' in source ? readVariable(source.env, env) : readSecretFile(source, env);
  if (value) {
    rememberSecret(value);
    return new Secret(value);
  }
  throw new LiveViewError(
    'secret-missing',
    `${nameOfSecret(source)} is empty or not set; put the secret there`,
  );
}

/** The credentials of a camera, or undefined when the configuration gives none. */
export function readCredentials(
  part: { username?: string | undefined; password?: SecretSource | undefined },
  env: NodeJS.ProcessEnv = process.env,
): Credentials | undefined {
  if (!part.username || !part.password) return undefined;
  const { username } = part;
  const password = readSecret(part.password, env);
  rememberSecret(password.reveal(), username);
  return { username, password };
}

/** For messages. */
export function nameOfSecret(source: SecretSource): string {
  if ('env' in source) return `environment variable ${source.env}`;
  return 'file' in source ? `file ${source.file}` : `credential ${source.credential}`;
}

/**
 * Where a file or a credential lies; undefined for a variable, and for a credential in a process that
 * was given none. systemd.exec(5), LoadCredential=.
 */
export function fileOfSecret(source: SecretSource, env: NodeJS.ProcessEnv): string | undefined {
  if ('file' in source) return source.file;
  const folder = env['CREDENTIALS_DIRECTORY'];
  return 'credential' in source && folder ? join(folder, source.credential) : undefined;
}

function readVariable(name: string, env: NodeJS.ProcessEnv): string | undefined {
  if (env !== process.env) return env[name];
  const value = env[name];
  if (value === undefined) return TAKEN.get(name);
  TAKEN.set(name, value);
  delete env[name];
  return value;
}

function readSecretFile(source: SecretSource, env: NodeJS.ProcessEnv): string {
  const file = fileOfSecret(source, env);
  const name = nameOfSecret(source);
  if (file === undefined) {
    throw new LiveViewError(
      'secret-missing',
      `${name} was not given to this process; write LoadCredential= with this name in the unit`,
    );
  }
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= MAX_SECRET_BYTES) return bytes.toString('utf8').replace(/\r?\n$/, '');
    throw new LiveViewError('secret-missing', `${name} is larger than a secret can be`);
  } catch (cause) {
    if (cause instanceof LiveViewError) throw cause;
    throw new LiveViewError(
      'secret-missing',
      `${name} cannot be read; check its path, owner and mode`,
      { cause },
    );
  }
}
