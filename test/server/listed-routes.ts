import { ActLimit } from '../../src/access/act-limit.ts';
import type { Side } from '../../src/access/caller.ts';
import { routesOf } from '../../src/server/app.ts';
import { Outlets } from '../../src/server/egress/outlets.ts';
import { Identify } from '../../src/server/identify.ts';
import { Places } from '../../src/server/live/places.ts';
import { serverMetrics } from '../../src/server/metrics.ts';
import type { Route } from '../../src/server/route.ts';
import type { Harness } from './harness.ts';

/** The routes of a side as they are written, before a framework has them. */
export function listedRoutes({ sessions, deps, clock }: Harness, side: Side): Route[] {
  const identify = new Identify({ side, secure: false, sessions, allowedOrigins: [] });
  const outlets = new Outlets(undefined, side);
  const bounds = { outlets, acts: new ActLimit(clock), places: new Places() };
  const context = { side, secure: false, deps, identify };
  return routesOf({ ...context, ...bounds, metrics: serverMetrics(undefined, side) });
}
