import { Registry } from 'prom-client';
import type { Context } from '../context.ts';
import { describeApi } from '../openapi.ts';
import type { Route } from '../route.ts';
import { BOTH, CENTRE_ONLY, route } from '../route.ts';
import { healthAnswer, readinessAnswer } from '../schemas.ts';

/** @param routes those that are described. */
export function serviceRoutes(context: Context, routes: readonly Route[]): Route[] {
  const own = [...probeRoutes(context), metricsRoute(context)];
  const description = route({
    method: 'GET',
    path: '/openapi.json',
    action: 'console.load',
    sides: BOTH,
    summary: 'This description: OpenAPI 3.1.',
    answer: { status: 200, contentType: 'application/json' },
    handle: () => document,
  });
  const { side } = context;
  const described = [...routes, ...own, description].filter(({ sides }) => sides.includes(side));
  const document = describeApi(described, side);
  return [...own, description];
}

function probeRoutes({ deps }: Context): Route[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      action: 'health.read',
      sides: CENTRE_ONLY,
      summary: 'The process is alive.',
      answer: { status: 200, schema: healthAnswer },
      handle: () => ({ status: 'ok' }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      action: 'health.read',
      details: 'diagnostics.read',
      sides: CENTRE_ONLY,
      summary:
        'Whether the gateway serves; 503 when not. What is not well is told to whoever may read it.',
      answer: { status: 200, schema: readinessAnswer },
      handle({ reply, detailed }) {
        const readiness = deps.status?.() ?? { ready: true };
        if (!readiness.ready) reply.code(503);
        return detailed ? readiness : { ready: readiness.ready };
      },
    }),
  ];
}

function metricsRoute({ deps }: Context): Route {
  const registry = deps.metrics ?? new Registry();
  return route({
    method: 'GET',
    path: '/metrics',
    action: 'metrics.read',
    sides: CENTRE_ONLY,
    summary: 'Figures for Prometheus.',
    answer: { status: 200, contentType: 'text/plain' },
    handle({ reply }) {
      reply.type(registry.contentType);
      return registry.metrics();
    },
  });
}
