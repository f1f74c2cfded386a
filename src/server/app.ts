import type { RequestListener, Server } from 'node:http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import { ACTS } from '../access/act-limit.ts';
import type { Caller } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { isPublic, PERMISSIONS } from '../access/permissions.ts';
import { asError, codeOf, LiveViewError } from '../core/errors.ts';
import type { Context } from './context.ts';
import { checkMay, identified } from './guard.ts';
import { addressOf } from './identify.ts';
import { problemOf, retryAfterOf } from './problem.ts';
import type { Route } from './route.ts';
import { cameraRoutes } from './routes/cameras.ts';
import { consoleRoutes } from './routes/console.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { journalRoutes } from './routes/journal.ts';
import { mediaRoutes } from './routes/media.ts';
import { requestRoutes } from './routes/requests.ts';
import { serviceRoutes } from './routes/service.ts';
import { sessionRoutes } from './routes/session.ts';
import { HSTS, SECURITY_HEADERS } from './security-headers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to do; a route without one cannot be registered. */
    action?: Action;
  }
}

/** Larger than any body of the API. */
const MAX_BODY_BYTES = 64 * 1024;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Every route that the listener of this side has. */
export function routesOf(context: Context): Route[] {
  const described = [
    ...sessionRoutes(context),
    ...cameraRoutes(context),
    ...incidentRoutes(context),
    ...requestRoutes(context),
    ...journalRoutes(context),
    ...mediaRoutes(context),
  ];
  const all = [...described, ...serviceRoutes(context, described), ...consoleRoutes(context)];
  return all.filter(({ sides }) => sides.includes(context.side));
}

/** The HTTP half of a listener. `createServer` makes the server that carries it. */
export async function createApp(
  context: Context,
  createServer: (handler: RequestListener) => Server,
): Promise<FastifyInstance> {
  const app = fastify({
    serverFactory: (handler) => createServer(handler),
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRoute', ({ config, path }) => {
    if (config?.action && config.action in PERMISSIONS) return;
    throw new LiveViewError('no-action', `route ${path} is not in the table of permissions`);
  });
  app.addHook('onRequest', async (_request, reply) => addHeaders(context, reply));
  app.setErrorHandler((error, request, reply) => answerProblem(context, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const error = new LiveViewError('not-found', 'there is nothing here');
    answerProblem(context, error, request, reply);
  });
  await app.register(fastifyStatic, { serve: false, dotfiles: 'ignore', cacheControl: false });
  for (const route of routesOf(context)) register(app, context, route);
  return app;
}

function register(app: FastifyInstance, { side, identify, acts }: Context, route: Route): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { action: route.action },
    // Before the body is read: strangers cannot make us parse anything.
    async onRequest(request) {
      if (!SAFE_METHODS.has(request.method)) identify.checkOrigin(request.headers);
      if (isPublic(route.action, side)) return;
      const caller = identified(identify.caller(request.headers, addressOf(request.socket)));
      checkMay(caller, route.action);
      if (ACTS.has(route.action)) acts.take(caller);
      callers.set(request, caller);
    },
    async handler(request, reply) {
      reply.code(route.answer.status);
      return route.run(request, reply, callers.get(request));
    },
  });
}

function addHeaders({ secure }: Context, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS);
  reply.header('cache-control', 'no-store');
  if (secure) reply.header('strict-transport-security', HSTS);
}

function answerProblem(
  { side, deps, metrics }: Context,
  thrown: unknown,
  { method, url }: FastifyRequest,
  reply: FastifyReply,
): void {
  const error = ours(thrown);
  const problem = problemOf(error, side);
  metrics.refusals.inc(1);
  if (problem.status === 500) deps.log.error('a request failed', { method, url, error });
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  const seconds = retryAfterOf(error);
  if (seconds !== undefined) reply.header('retry-after', seconds);
  reply.code(problem.status).type('application/problem+json').send(problem);
}

/** What the framework refuses, with a code of ours. */
function ours(thrown: unknown): Error {
  if (thrown instanceof LiveViewError) return thrown;
  switch (codeOf(thrown)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new LiveViewError('body-too-large', `a body has at most ${MAX_BODY_BYTES} bytes`);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new LiveViewError('unsupported-media-type', 'send application/json');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new LiveViewError('invalid-json', 'the body is not JSON');
    default: {
      const error = asError(thrown);
      const status = 'statusCode' in error ? Number(error.statusCode) : 500;
      if (status >= 500) return error;
      return new LiveViewError('invalid-request', error.message);
    }
  }
}
