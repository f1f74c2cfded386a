import type { RequestListener, Server } from 'node:http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import { isAct } from '../access/act-limit.ts';
import { type Caller, sessionEnded } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { isPublic, PERMISSIONS } from '../access/permissions.ts';
import { asError, codeOf, LiveViewError } from '../core/errors.ts';
import { ClientErrors } from './client-errors.ts';
import type { Context } from './context.ts';
import { checkMay, identified, whoMay } from './guard.ts';
import { refusalOf } from './refusal.ts';
import type { Route } from './route.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { cameraRoutes } from './routes/cameras.ts';
import { consoleRoutes } from './routes/console.ts';
import { demonstrationRoutes } from './routes/demonstration.ts';
import { grantRoutes } from './routes/grants.ts';
import { handoverRoutes } from './routes/handovers.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { journalRoutes } from './routes/journal.ts';
import { logRoutes } from './routes/log.ts';
import { mediaRoutes } from './routes/media.ts';
import { offerRoutes } from './routes/offers.ts';
import { openIdRoutes } from './routes/openid.ts';
import { planRoutes } from './routes/plans.ts';
import { reportRoutes } from './routes/reports.ts';
import { requestRoutes } from './routes/requests.ts';
import { serviceRoutes } from './routes/service.ts';
import { sessionRoutes } from './routes/session.ts';
import { stepRoutes } from './routes/steps.ts';
import { commonHeaders } from './security-headers.ts';
import { Sight } from './sight.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to do; a route without one cannot be registered. */
    action?: Action;
  }
}

/** Larger than any body of the API. */
const MAX_BODY_BYTES = 64 * 1024;
/** Longer than any id; of each, the schema of the route says how long it may be. */
const MAX_PARAM_LENGTH = 128;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Every route that the listener of this side has. */
export function routesOf(context: Context): Route[] {
  const described = [
    ...sessionRoutes(context),
    ...openIdRoutes(context),
    ...cameraRoutes(context),
    ...alarmRoutes(context),
    ...incidentRoutes(context),
    ...grantRoutes(context),
    ...offerRoutes(context),
    ...logRoutes(context),
    ...handoverRoutes(context),
    ...stepRoutes(context),
    ...requestRoutes(context),
    ...journalRoutes(context),
    ...reportRoutes(context),
    ...mediaRoutes(context),
    ...demonstrationRoutes(context),
    ...planRoutes(context),
  ];
  const all = [...described, ...serviceRoutes(context, described), ...consoleRoutes(context)];
  return all.filter(({ sides }) => sides.includes(context.side));
}

/** The HTTP half of a listener. `createServer` makes the server that carries it. */
export async function createApp(
  context: Context,
  createServer: (handler: RequestListener) => Server,
): Promise<FastifyInstance> {
  const app = bareApp(context, createServer);
  app.removeContentTypeParser('text/plain');
  app.addHook('onRoute', ({ config, path, method }) => {
    const { action } = config ?? {};
    if (action === undefined || !Object.hasOwn(PERMISSIONS, action)) {
      throw new LiveViewError('no-action', `route ${path} is not in the table of permissions`);
    }
    context.served.push(...[method].flat().map((each) => ({ method: each, path, action })));
  });
  beforeEach(app, context);
  app.setErrorHandler((error, request, reply) => answerProblem(context, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const error = new LiveViewError('not-found', 'there is nothing here');
    answerProblem(context, error, request, reply);
  });
  await app.register(fastifyStatic, { serve: false, dotfiles: 'ignore', cacheControl: false });
  const routes = routesOf(context);
  const others = routes.filter(({ upload, form }) => !upload && !form);
  for (const route of others) register(app, context, route);
  await app.register(async (scope) => {
    // Whoever handles it reads it, by itself and with bounds.
    scope.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
    for (const route of routes.filter(({ upload }) => upload)) register(scope, context, route);
  });
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, text, done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
    );
    for (const route of routes.filter(({ form }) => form)) register(scope, context, route);
  });
  return app;
}

/** Without routes; whatever the framework refuses by itself is a problem of ours. */
function bareApp(
  context: Context,
  createServer: (handler: RequestListener) => Server,
): FastifyInstance {
  const clientErrors = new ClientErrors(context);
  return fastify({
    serverFactory(handler) {
      const server = createServer(handler);
      clientErrors.attach(server);
      return server;
    },
    clientErrorHandler: (error, socket) => clientErrors.answer(error, socket),
    frameworkErrors: (error, request, reply) => answerProblem(context, error, request, reply),
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  });
}

/** What holds for every request, whether there is a route for it or not. */
function beforeEach(app: FastifyInstance, context: Context): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(commonHeaders(context.secure));
    checkHost(request);
    checkExpectation(request, reply);
    checkCoding(request);
    context.identify.connection(request);
    if (stopping) throw new LiveViewError('gateway-stopping', 'the gateway is stopping');
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (typeof payload === 'string') context.turns.made(reply.raw, payload);
  });
}

function register(
  app: FastifyInstance,
  { side, identify, acts, deps }: Context,
  route: Route,
): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  /** Requests to change something that are not whole yet. */
  const arriving = new WeakMap<FastifyRequest, () => void>();
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { action: route.action },
    // Before the body is read: strangers cannot make us parse anything.
    async onRequest(request, reply) {
      if (!SAFE_METHODS.has(request.method)) identify.checkOrigin(request.headers);
      if (isPublic(route.action, side)) {
        const caller = route.details && whoMay(identify, request.raw, route.details);
        if (caller) callers.set(request, caller);
        return;
      }
      const caller = identified(identify.caller(request.headers, identify.connection(request)));
      checkMay(caller, route.action);
      if (isAct(route.action, request.method, route.takesAway)) acts.take(caller);
      callers.set(request, caller);
      const forget = endWith(caller, request, reply);
      if (!SAFE_METHODS.has(request.method)) arriving.set(request, forget);
    },
    async handler(request, reply) {
      if (!route.upload) arriving.get(request)?.();
      reply.code(route.answer.status);
      const caller = callers.get(request);
      const who = caller && { caller, sight: new Sight(deps, caller) };
      return route.run(request, reply, who);
    },
  });
}

/**
 * Cuts a request, and the answer to it, when the login or token ends that it came by. Returns how to let it be: what
 * changes something is done once it is whole, and its answer says so.
 */
function endWith(caller: Caller, { raw }: FastifyRequest, { raw: response }: FastifyReply) {
  const forget = caller.onEnd(() => {
    // Whoever reads the body hears of it, too.
    raw.destroy(sessionEnded());
    raw.socket.destroy();
  });
  response.once('close', forget);
  return forget;
}

/** RFC 9112 §3.2. Node would answer this itself, without a word. */
function checkHost({ raw: { httpVersion, headers } }: FastifyRequest): void {
  if (httpVersion !== '1.1' || headers.host !== undefined) return;
  throw new LiveViewError('invalid-request', 'a request of HTTP/1.1 has a Host');
}

/** RFC 9110 §10.1.1. Whether a body follows nobody knows, so that the connection ends. */
function checkExpectation({ headers: { expect } }: FastifyRequest, reply: FastifyReply): void {
  if (expect === undefined || expect.toLowerCase() === '100-continue') return;
  reply.header('connection', 'close');
  throw new LiveViewError('expectation-failed', 'expect 100-continue or nothing');
}

/** RFC 9110 §8.4. Nothing is unpacked: a few bytes would become as many as the sender likes. */
function checkCoding({
  headers: { 'content-encoding': coding = 'identity' },
}: FastifyRequest): void {
  if (coding.toLowerCase() === 'identity') return;
  const what = 'send the body as it is, without Content-Encoding';
  throw new LiveViewError('unsupported-media-type', what);
}

function answerProblem(
  context: Context,
  thrown: unknown,
  { method, url }: FastifyRequest,
  reply: FastifyReply,
): void {
  const error = ours(thrown);
  const { problem, headers } = refusalOf(error, context);
  const { deps, metrics } = context;
  metrics.refusals.inc(1);
  if (problem.status === 500) deps.log.error('a request failed', { method, url, error });
  reply.code(problem.status).headers(headers).send(problem);
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
    case 'FST_ERR_BAD_URL':
      return new LiveViewError('invalid-request', 'the address is not encoded as it should be');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new LiveViewError('invalid-request', 'an id in the address is too long');
    default: {
      const error = asError(thrown);
      const status = 'statusCode' in error ? Number(error.statusCode) : 500;
      if (status >= 500) return error;
      return new LiveViewError('invalid-request', error.message);
    }
  }
}
