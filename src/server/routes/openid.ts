import { fastifyCookie } from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import type { Login } from '../../access/sessions.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Context } from '../context.ts';
import type { OpenId } from '../deps.ts';
import { whoMay } from '../guard.ts';
import { problemOf } from '../problem.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { departureAnswer, logoutTokenBody, openIdQuery, waysAnswer } from '../schemas.ts';
import { cookieOf, goneOf } from './session.ts';

/** As long as a login at the directory may take. */
const PENDING_SECONDS = 600;

/** Logging in at the centre's own directory. The police listener has none of these. */
export function openIdRoutes(context: Context): Route[] {
  return [waysRoute(context), beginRoute(context), callbackRoute(context), logoutRoute(context)];
}

const COMMON = { action: 'session.open', sides: CENTRE_ONLY } as const;

function waysRoute({ deps: { openid } }: Context): Route {
  return route({
    ...COMMON,
    method: 'GET',
    path: '/v1/session/ways',
    summary: 'How people log in here.',
    answer: { status: 200, schema: waysAnswer },
    handle() {
      if (!openid) return { password: true };
      const { name, localUsers } = openid;
      return {
        password: localUsers,
        openid: { name: typeof name === 'string' ? { nl: name, en: name } : name },
      };
    },
  });
}

function beginRoute(context: Context): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/v1/session/openid',
    summary: "Begin a login at the centre's directory: the browser goes to `url`.",
    answer: { status: 200, schema: departureAnswer },
    async handle({ request, reply }) {
      const before = whoMay(context.identify, request.raw, 'session.use');
      const { url, cookie } = await configured(context).login.begin(before);
      reply.header('set-cookie', pendingCookie(context, cookie.reveal(), PENDING_SECONDS));
      return { url };
    },
  });
}

/**
 * People come here, so that whatever happens they get to the console, which says what went wrong in their
 * language. The code alone is in the address, after `#`: no page of anybody else can put words there.
 */
function callbackRoute(context: Context): Route {
  return route({
    ...COMMON,
    method: 'GET',
    path: '/v1/session/openid/callback',
    summary: 'Where the directory sends the browser back to; goes on to the console.',
    query: openIdQuery,
    answer: { status: 303 },
    async handle({ query, request, reply }) {
      const over = pendingCookie(context, '', 0);
      try {
        const login = await finish(context, new URLSearchParams(query), request, goneOf(reply));
        reply.header('set-cookie', [over, cookieOf(context, login.cookie.reveal())]);
        return reply.redirect('/', 303);
      } catch (error) {
        const { code, status } = problemOf(error, context.side);
        if (status === 500) context.deps.log.error('a login at the directory failed', { error });
        context.metrics.refusals.inc(1);
        reply.header('set-cookie', over);
        return reply.redirect(`/#login=${code}`, 303);
      }
    },
  });
}

function logoutRoute(context: Context): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/v1/session/openid/logout',
    summary:
      'For the directory: ends the logins that a logout token names (OpenID Connect Back-Channel Logout 1.0).',
    form: true,
    body: logoutTokenBody,
    answer: { status: 200 },
    async handle({ body, request, reply }) {
      const address = context.identify.address(request);
      await configured(context).login.end(body.logout_token, address);
      return reply.send();
    },
  });
}

function finish(
  context: Context,
  answer: URLSearchParams,
  request: FastifyRequest,
  gone: AbortSignal,
): Promise<Login> {
  const { cookie: header } = request.headers;
  const cookies = header === undefined ? {} : fastifyCookie.parse(header);
  const cookie = cookies[pendingName(context)] ?? '';
  const address = context.identify.address(request);
  return configured(context).login.finish({ answer, cookie, address, gone });
}

/**
 * `Lax`, as the browser comes back from another site; the cookie of the login stays `Strict`.
 * It opens nothing: it says that this browser began what comes back.
 */
function pendingCookie(context: Context, value: string, maxAge: number): string {
  const { secure } = context;
  return fastifyCookie.serialize(pendingName(context), value, {
    ...{ path: '/', httpOnly: true, sameSite: 'lax' as const, secure, maxAge },
  });
}

const pendingName = ({ secure }: Context) => `${secure ? '__Host-' : ''}liveview-openid`;

function configured({ deps: { openid } }: Context): OpenId {
  if (openid) return openid;
  throw new LiveViewError('openid-not-configured', 'this centre logs in with a password here');
}
