import type { Side } from '../access/caller.ts';
import { parseAddress } from '../config/address.ts';
import type { ListenerConfig } from '../config/schema.ts';
import { LiveViewError } from '../core/errors.ts';
import type { ListenerDeps } from '../server/deps.ts';
import type { ListenerOptions } from '../server/listener.ts';
import type { Certificates } from './certificates.ts';

/** @throws TlsFileError as `readTlsMaterial`. */
export function listenerOptions(
  side: Side,
  config: ListenerConfig,
  shared: ListenerDeps,
  certificates: Pick<Certificates, 'source'>,
): ListenerOptions {
  const address = parseAddress(config.listen);
  if (!address) throw new LiveViewError('bad-address', `${config.listen} is not address:port`);
  const { tls, allowedOrigins, trustedProxies } = config;
  const deps = { ...shared, allowedOrigins, trustedProxies };
  if (!tls) return { side, ...address, deps };
  return { side, ...address, tls: certificates.source(side, tls), deps };
}
