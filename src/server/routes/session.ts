import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { LogIn } from '../../access/log-in.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Context } from '../context.ts';
import { whoMay } from '../guard.ts';
import type { Route } from '../route.ts';
import { BOTH, route } from '../route.ts';
import { loginBody, sessionAnswer } from '../schemas.ts';
import { sessionView } from '../views.ts';

/** A header that sets the cookie of a login. */
export function cookieOf(
  { identify, secure }: Context,
  value: string,
  more: { maxAge?: number } = {},
): string {
  return fastifyCookie.serialize(identify.cookieName, value, {
    ...{ path: '/', httpOnly: true, sameSite: 'strict' as const, secure },
    ...more,
  });
}

/** Aborts when the connection closes before the answer. */
export function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

const LOCAL_LOGIN_OFF = new LiveViewError(
  'local-login-off',
  'people of this centre log in at its directory, not with a password here',
);

export function sessionRoutes(context: Context): Route[] {
  const logIn = new LogIn(context.deps);
  return [openingRoute(context, logIn), ...usingRoutes(context, logIn)];
}

function openingRoute(context: Context, logIn: LogIn): Route {
  const { side, deps, identify } = context;
  return route({
    method: 'POST',
    path: '/v1/session',
    action: 'session.open',
    sides: BOTH,
    summary:
      'Log in. The answer sets a cookie; user name and password belong to this side; `code` is of the second factor.',
    body: loginBody,
    answer: { status: 201, schema: sessionAnswer },
    async handle({ body, request, reply }) {
      if (side === 'centre' && deps.openid?.localUsers === false) throw LOCAL_LOGIN_OFF;
      const at = { side, ...identify.connection(request) };
      const before = whoMay(identify, request.raw, 'session.use');
      const login = await logIn.open({ ...body, ...at, before, gone: goneOf(reply) });
      reply.header('set-cookie', cookieOf(context, login.cookie.reveal()));
      return sessionView(deps, login.caller);
    },
  });
}

function usingRoutes(context: Context, logIn: LogIn): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/session',
      action: 'session.use',
      sides: BOTH,
      summary: 'Who am I.',
      answer: { status: 200, schema: sessionAnswer },
      handle: ({ caller }) => sessionView(context.deps, caller),
    }),
    route({
      method: 'DELETE',
      path: '/v1/session',
      action: 'session.use',
      sides: BOTH,
      summary: 'Log out: open sockets and streams of this login end at once.',
      answer: { status: 204 },
      handle({ caller, reply }) {
        reply.header('set-cookie', cookieOf(context, '', { maxAge: 0 }));
        logIn.close(caller);
      },
    }),
  ];
}
