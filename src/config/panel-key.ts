import { createSecretKey, type KeyObject } from 'node:crypto';
import { LiveViewError } from '../core/errors.ts';
import type { SecretSource } from './fields.ts';
import { nameOfSecret, readSecret } from './secrets.ts';

/** AES of 128, 192 or 256 bits. */
const FORM = /^(?:[0-9A-F]{32}|[0-9A-F]{48}|[0-9A-F]{64})$/i;

/**
 * The key of an alarm panel, as the installer typed it there.
 *
 * @throws LiveViewError `secret-missing`, `secret-unusable`, saying which variable or file.
 */
export function readPanelKey(
  source: SecretSource,
  env: NodeJS.ProcessEnv = process.env,
): KeyObject {
  const digits = readSecret(source, env).reveal();
  if (FORM.test(digits)) return createSecretKey(Buffer.from(digits, 'hex'));
  throw new LiveViewError(
    'secret-unusable',
    `${nameOfSecret(source)} is not the key of a panel; put 32, 48 or 64 hexadecimal digits there`,
  );
}
