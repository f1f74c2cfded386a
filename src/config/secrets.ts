import { readFileSync } from 'node:fs';
import { LiveViewError } from '../core/errors.ts';
import { type Credentials, Secret } from '../core/secret.ts';
import type { SecretSource } from './fields.ts';

const MAX_SECRET_BYTES = 4096;

/**
 * Reads a secret from where the configuration says it is. One line break at the end of a file is
 * not part of it.
 *
 * @throws LiveViewError `secret-missing`, saying which variable or file.
 */
export function readSecret(source: SecretSource, env: NodeJS.ProcessEnv = process.env): Secret {
  const value = 'env' in source ? env[source.env] : readSecretFile(source.file);
  if (value) return new Secret(value);
  const where = 'env' in source ? `environment variable ${source.env}` : `file ${source.file}`;
  throw new LiveViewError('secret-missing', `${where} is empty or not set; put the secret there`);
}

/** The credentials of a camera, or undefined when the configuration gives none. */
export function readCredentials(
  part: { username?: string | undefined; password?: SecretSource | undefined },
  env: NodeJS.ProcessEnv = process.env,
): Credentials | undefined {
  if (!part.username || !part.password) return undefined;
  return { username: part.username, password: readSecret(part.password, env) };
}

function readSecretFile(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= MAX_SECRET_BYTES) return bytes.toString('utf8').replace(/\r?\n$/, '');
    throw new LiveViewError('secret-missing', `file ${file} is larger than a secret can be`);
  } catch (cause) {
    if (cause instanceof LiveViewError) throw cause;
    throw new LiveViewError(
      'secret-missing',
      `file ${file} cannot be read; check its path, owner and mode`,
      {
        cause,
      },
    );
  }
}
