import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { DiscoveredDevice } from './device.ts';

export interface DiscoverOptions {
  /** All interfaces with an IPv4 address, loopback excepted, unless one is named. */
  readonly interfaceName?: string;
  /** How long to listen in all. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called once for each device, as soon as it answers. */
  readonly onFound?: (device: DiscoveredDevice) => void;
  /** Ends the search early; what was found so far is returned. */
  readonly signal?: AbortSignal;
  /** Port that probes are sent to and Hello is heard on; 3702 unless told. */
  readonly port?: number;
}

/**
 * Looks for ONVIF devices on the local networks.
 *
 * @throws LiveViewError `unknown-interface`, which names the interfaces that exist;
 *   `discovery-failed` when no socket could be opened.
 */
export async function discover(_options: DiscoverOptions): Promise<DiscoveredDevice[]> {
  throw new LiveViewError('not-supported', 'discovery');
}
