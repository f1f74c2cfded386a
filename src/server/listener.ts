import type { SecureContextOptions } from 'node:tls';
import type { Side } from '../access/caller.ts';
import { LiveViewError } from '../core/errors.ts';
import type { ListenerDeps } from './deps.ts';

export interface ListenerOptions {
  readonly side: Side;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly tls?: Pick<SecureContextOptions, 'cert' | 'key' | 'ca'>;
  readonly deps: ListenerDeps;
}

export interface Listener {
  /** Resolves when connections are accepted. @throws LiveViewError `address-in-use`, `address-unavailable`, `port-not-permitted`. */
  start(): Promise<void>;
  /** Ends every socket and stream, then stops listening. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8080`; with the real port once started. */
  readonly url: string;
}

/** One of the two doors: the centre's own network, or that of the police. */
export function createListener(options: ListenerOptions): Listener {
  throw new LiveViewError('not-built', `the ${options.side} listener is not built yet`);
}
