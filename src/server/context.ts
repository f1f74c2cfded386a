import type { ActLimit } from '../access/act-limit.ts';
import type { Side } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import type { ListenerDeps } from './deps.ts';
import type { Outlets } from './egress/outlets.ts';
import type { Identify } from './identify.ts';
import type { Places } from './live/places.ts';
import type { ServerMetrics } from './metrics.ts';
import type { Turns } from './turns.ts';

/** A route as the framework has it, with what a caller must be allowed to do. */
export interface Served {
  readonly method: string;
  readonly path: string;
  readonly action: Action;
}

/** What the routes of one listener are made of. */
export interface Context {
  readonly side: Side;
  /** Browsers come by TLS: that of the listener, or of a proxy before it. */
  readonly secure: boolean;
  readonly deps: ListenerDeps;
  readonly identify: Identify;
  readonly metrics: ServerMetrics;
  readonly acts: ActLimit;
  readonly turns: Turns;
  readonly places: Places;
  readonly outlets: Outlets;
  /** All that is served, what the framework adds by itself included; filled when the routes are made. */
  readonly served: Served[];
}
