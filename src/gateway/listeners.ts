import { readFileSync } from 'node:fs';
import type { Side } from '../access/caller.ts';
import { parseAddress } from '../config/address.ts';
import type { ListenerConfig } from '../config/schema.ts';
import { LiveViewError } from '../core/errors.ts';
import type { ListenerDeps } from '../server/deps.ts';
import type { ListenerOptions } from '../server/listener.ts';

/** @throws LiveViewError `certificate-unreadable`, naming the file. */
export function listenerOptions(
  side: Side,
  config: ListenerConfig,
  shared: ListenerDeps,
): ListenerOptions {
  const address = parseAddress(config.listen);
  if (!address) throw new LiveViewError('bad-address', `${config.listen} is not address:port`);
  const { tls, allowedOrigins } = config;
  const deps = { ...shared, allowedOrigins };
  if (!tls) return { side, ...address, deps };
  return { side, ...address, tls: tlsMaterial(tls), deps };
}

/** @throws LiveViewError `certificate-unreadable`, naming the file. */
export function tlsMaterial(tls: NonNullable<ListenerConfig['tls']>) {
  return {
    cert: readPem(tls.cert),
    key: readPem(tls.key),
    ...(tls.clientCa === undefined ? {} : { ca: readPem(tls.clientCa) }),
    requestCert: tls.clientCert !== 'off',
    rejectUnauthorized: tls.clientCert === 'required',
  };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new LiveViewError(
      'certificate-unreadable',
      `${file} cannot be read; check the path, its owner and its mode`,
      { cause },
    );
  }
}
