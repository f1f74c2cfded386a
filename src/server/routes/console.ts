import { join } from 'node:path';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { LiveViewError } from '../../core/errors.ts';
import type { Context } from '../context.ts';
import type { Route } from '../route.ts';
import { BOTH, route } from '../route.ts';

/** Which folder of the built consoles a side serves. */
const CONSOLE = { centre: 'operator', police: 'meldkamer' } as const;
const pathParams = z.object({ '*': z.string().max(200) });

/** The console of this side at `/`, and what both share at `/assets/`. Nothing without a web root. */
export function consoleRoutes({ deps, side }: Context): Route[] {
  const { webRoot } = deps;
  if (webRoot === undefined) return [];
  const page = (reply: FastifyReply, file: string) => send(reply, webRoot, CONSOLE[side], file);
  const shared = { method: 'GET', action: 'console.load', sides: BOTH } as const;
  const answer = { status: 200, contentType: 'text/html' } as const;
  return [
    route({
      ...{ ...shared, answer, path: '/', summary: 'The console.' },
      handle: ({ reply }) => page(reply, 'index.html'),
    }),
    route({
      ...{ ...shared, answer, path: '/assets/*', summary: 'What the consoles share.' },
      params: pathParams,
      handle: ({ reply, params }) => send(reply, webRoot, 'assets', params['*']),
    }),
    route({
      ...{ ...shared, answer, path: '/*', summary: 'Files of the console.' },
      params: pathParams,
      handle: ({ reply, params }) => page(reply, params['*']),
    }),
  ];
}

/** `@fastify/static` decides on type, caching and what lies outside of the folder. */
function send(reply: FastifyReply, root: string, folder: string, file: string): FastifyReply {
  if (file === '') throw new LiveViewError('not-found', 'there is no such page');
  return reply.sendFile(file, join(root, folder));
}
