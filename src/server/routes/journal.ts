import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { AnyEntry } from '../../journal/record.ts';
import type { Context } from '../context.ts';
import type { ListenerDeps } from '../deps.ts';
import { EntrySight } from '../entry-sight.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { entryAnswer, headAnswer, journalQuery } from '../schemas.ts';
import type { Sight } from '../sight.ts';

/** Entries read before others have their turn. */
const PAGE = 200;

export function journalRoutes({ deps }: Context): Route[] {
  const { journal } = deps;
  return [
    route({
      method: 'GET',
      path: '/v1/journal',
      action: 'journal.read',
      sides: CENTRE_ONLY,
      summary: 'What happened, oldest first; ask again with `after` the last `seq` for more.',
      query: journalQuery,
      answer: { status: 200, schema: z.array(entryAnswer) },
      names: ({ query: { incident } }) => ({ incident }),
      handle: ({ query, sight, reply }) => seenOf(deps, sight, query, () => reply.raw.destroyed),
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

/** Page by page: whoever is limited to sites may have to be read far for. */
async function seenOf(
  deps: ListenerDeps,
  sight: Sight,
  query: z.output<typeof journalQuery>,
  gone: () => boolean,
): Promise<AnyEntry[]> {
  const { journal } = deps;
  if (!sight.isLimited) return [...journal.chain(query)];
  const entries = new EntrySight(deps, sight);
  const found: AnyEntry[] = [];
  for (let after = query.after; found.length < query.limit && !gone(); ) {
    const page = [...journal.chain({ ...query, after, limit: PAGE })];
    found.push(...page.filter((entry) => entries.sees(entry)));
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    after = last.seq;
    await setImmediate();
  }
  return found.slice(0, query.limit);
}
