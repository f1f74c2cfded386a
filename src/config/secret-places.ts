import { statSync } from 'node:fs';
import { type SecretSource, secretSource } from './fields.ts';
import type { Config } from './schema.ts';
import { fileOfSecret } from './secrets.ts';

/** Where the configuration names something that nobody else may read. */
export interface SecretPlace {
  readonly path: readonly (string | number)[];
  readonly source: SecretSource;
}

/** Readable or writable for everybody on the machine. */
const OTHERS = 0o006;

/** Every secret that a configuration names, the private keys of TLS among them, whatever section it is in. */
export function secretPlaces(config: Config): SecretPlace[] {
  return placesIn(config, []);
}

/** A secret that others on this machine can read, and what to do. */
export interface LooseSecret {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What cannot be looked at is not loose; that it is missing is said elsewhere. */
export function looseSecrets(config: Config, env: NodeJS.ProcessEnv = process.env): LooseSecret[] {
  return secretPlaces(config).flatMap(({ path, source }) => {
    const file = fileOfSecret(source, env);
    const mode = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.mode;
    if (file === undefined || mode === undefined || (mode & OTHERS) === 0) return [];
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    const message = `file ${file} can be read by others on this machine (mode ${octal}); write: chmod o-rwx ${file}`;
    return [{ path, message }];
  });
}

function placesIn(value: unknown, path: readonly (string | number)[]): SecretPlace[] {
  if (Array.isArray(value)) return value.flatMap((each, at) => placesIn(each, [...path, at]));
  if (typeof value !== 'object' || value === null) return [];
  const { success, data } = secretSource.safeParse(value);
  if (success) return [{ path, source: data }];
  return Object.entries(value).flatMap(([name, each]) =>
    path.at(-1) === 'tls' && name === 'key' && typeof each === 'string'
      ? [{ path: [...path, name], source: { file: each } }]
      : placesIn(each, [...path, name]),
  );
}
