import { rfc3339 } from '../../core/clock.ts';
import type { Context } from '../context.ts';
import type { Demonstration } from '../deps.ts';
import { CENTRE_ONLY, type Route, route } from '../route.ts';
import { demonstrationAnswer, demonstrationBody } from '../schemas.ts';

/** Where incidents are played for a workshop; a gateway that works has none of these routes. */
export function demonstrationRoutes({ deps: { demonstration } }: Context): Route[] {
  if (!demonstration) return [];
  const common = {
    path: '/v1/demonstration',
    action: 'demonstration.play',
    sides: CENTRE_ONLY,
    answer: { status: 200, schema: demonstrationAnswer },
  } as const;
  return [
    route({
      ...common,
      method: 'GET',
      summary: 'The incidents that can be played, and which one is.',
      handle: () => viewOf(demonstration),
    }),
    route({
      ...common,
      method: 'POST',
      summary: 'Play an incident: virtual cameras, panel and control room begin.',
      body: demonstrationBody,
      handle({ body }) {
        demonstration.start(body.script);
        return viewOf(demonstration);
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      summary: 'Nothing more of the incident that is played; what has happened stays.',
      handle() {
        demonstration.stop();
        return viewOf(demonstration);
      },
    }),
  ];
}

function viewOf({ scripts, running }: Demonstration) {
  return {
    scripts: scripts.map(({ id, title, steps, seconds }) => ({
      ...{ id, title, seconds },
      steps: steps.map(({ afterSeconds, text }) => ({ afterSeconds, text })),
    })),
    running: running
      ? {
          script: running.script,
          since: rfc3339(running.sinceUnixUs),
          failedSeconds: [...running.failedSeconds],
        }
      : null,
  };
}
