import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { entryAnswer, headAnswer, journalQuery } from '../schemas.ts';

export function journalRoutes({ deps: { journal } }: Context): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/journal',
      action: 'journal.read',
      sides: CENTRE_ONLY,
      summary: 'What happened, oldest first; ask again with `after` the last `seq` for more.',
      query: journalQuery,
      answer: { status: 200, schema: z.array(entryAnswer) },
      handle: ({ query }) => [...journal.chain(query)],
    }),
    route({
      method: 'GET',
      path: '/v1/journal/head',
      action: 'journal.read',
      sides: CENTRE_ONLY,
      summary: 'Place and hash of the newest entry; note it down to detect a journal cut short.',
      answer: { status: 200, schema: headAnswer },
      handle: () => journal.head(),
    }),
  ];
}
