import { ActLimit } from '../../src/access/act-limit.ts';
import type { Side } from '../../src/access/caller.ts';
import { routesOf } from '../../src/server/app.ts';
import type { Context } from '../../src/server/context.ts';
import { Outlets } from '../../src/server/egress/outlets.ts';
import { Identify } from '../../src/server/identify.ts';
import { Places } from '../../src/server/live/places.ts';
import { serverMetrics } from '../../src/server/metrics.ts';
import type { Route } from '../../src/server/route.ts';
import { Turns } from '../../src/server/turns.ts';
import type { Harness } from './harness.ts';

/** What the routes of a side are made of, without a listener. */
export function listedContext({ sessions, deps, clock }: Harness, side: Side): Context {
  const identify = new Identify({ side, tls: false, secure: false, sessions, allowedOrigins: [] });
  return {
    ...{ side, secure: false, deps, identify, served: [] },
    ...{ acts: new ActLimit(clock), places: new Places() },
    turns: new Turns(clock, { callerOf: () => undefined, addressOf: () => '' }),
    metrics: serverMetrics(undefined, side),
    outlets: new Outlets(undefined, side),
  };
}

/** The routes of a side as they are written, before a framework has them. */
export function listedRoutes(harness: Harness, side: Side): Route[] {
  return routesOf(listedContext(harness, side));
}
