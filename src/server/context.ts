import type { ActLimit } from '../access/act-limit.ts';
import type { Side } from '../access/caller.ts';
import type { ListenerDeps } from './deps.ts';
import type { Outlets } from './egress/outlets.ts';
import type { Identify } from './identify.ts';
import type { Places } from './live/places.ts';
import type { ServerMetrics } from './metrics.ts';

/** What the routes of one listener are made of. */
export interface Context {
  readonly side: Side;
  /** Whether the listener speaks TLS. */
  readonly secure: boolean;
  readonly deps: ListenerDeps;
  readonly identify: Identify;
  readonly metrics: ServerMetrics;
  readonly acts: ActLimit;
  readonly places: Places;
  readonly outlets: Outlets;
}
