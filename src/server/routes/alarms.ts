import { z } from 'zod';
import { actorOf, type Caller } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Alarm } from '../../liveview/alarm-model.ts';
import {
  alarmAnswer,
  alarmReceipt,
  alarmsQuery,
  endAlarmBody,
  judgeAlarmBody,
  linkAlarmBody,
  raiseAlarmBody,
} from '../alarm-schemas.ts';
import type { Context } from '../context.ts';
import { paged } from '../paging.ts';
import { reportOf, withHeader } from '../reports-in.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { idParams } from '../schemas.ts';
import { Sight } from '../sight.ts';
import { type AlarmView, alarmView } from '../views.ts';

const ONE = { status: 200, schema: alarmAnswer } as const;
const READ = { action: 'alarm.read', sides: CENTRE_ONLY } as const;
const ALARM = ({ params: { id: alarm } }: { params: { id: string } }) => ({ alarm });
const hasEnded = ({ state }: Alarm) => state === 'ended';
const HANDLE = { action: 'alarm.handle', sides: CENTRE_ONLY } as const;

export function alarmRoutes(context: Context): Route[] {
  return [...readingRoutes(context), raisingRoute(context), ...handlingRoutes(context)];
}

function readingRoutes({ deps: { liveview } }: Context): Route[] {
  const view = (alarm: Alarm) => alarmView(liveview, alarm);
  return [
    route({
      ...READ,
      method: 'GET',
      path: '/v1/alarms',
      summary: 'Open alarms, and those that ended lately, in the order in which they came.',
      query: alarmsQuery,
      answer: { status: 200, schema: z.array(alarmAnswer) },
      handle({ query: { state, site, kind, incident, ...page }, sight }) {
        const meant = (alarm: Alarm) =>
          (state === undefined || alarm.state === state) &&
          (site === undefined || alarm.site === site) &&
          (kind === undefined || alarm.kind === kind) &&
          (incident === undefined || alarm.incident === incident);
        return paged(sight.alarms().filter(meant), hasEnded, page).map(view);
      },
    }),
    route({
      ...READ,
      method: 'GET',
      path: '/v1/alarms/{id}',
      summary: 'One alarm.',
      params: idParams,
      names: ALARM,
      answer: ONE,
      handle({ params: { id }, sight }) {
        const alarm = sight.alarm(id);
        if (alarm) return view(alarm);
        throw new LiveViewError('unknown-alarm', 'there is no such alarm (any more)');
      },
    }),
  ];
}

function raisingRoute({ deps }: Context): Route {
  const { liveview } = deps;
  return route({
    method: 'POST',
    path: '/v1/alarms',
    action: 'alarm.raise',
    sides: CENTRE_ONLY,
    summary:
      'Tell of an alarm: a program with a token of the role `source`, or an operator. 201 for a new alarm, 200 for one that is open already or was told of before.',
    body: raiseAlarmBody,
    names: ({ body: { site, cameras } }) => ({ site, cameras }),
    answer: { status: 201, schema: z.union([alarmAnswer, alarmReceipt]) },
    handle({ body, caller, sight, request, reply }) {
      const told = withHeader(body, request.headers['idempotency-key']);
      const known = liveview.alarms();
      const report = reportOf(deps, caller, told);
      sight.check({ site: report.site, cameras: report.cameras });
      const alarm = liveview.raise(actorOf(caller), report);
      if (known.some(({ id }) => id === alarm.id)) reply.code(200);
      if (caller.role !== 'source') return seenAlarm(deps, caller, alarm);
      const { id, state, at, repeats } = alarm;
      return { id, state, at, repeats };
    },
  });
}

function handlingRoutes({ deps }: Context): Route[] {
  const { judging } = deps.liveview;
  const view = (caller: Caller, alarm: Alarm) => seenAlarm(deps, caller, alarm);
  return [
    route({
      ...HANDLE,
      method: 'POST',
      path: '/v1/alarms/{id}/look',
      summary: 'I am looking at this; whoever looked before no longer is.',
      params: idParams,
      names: ALARM,
      answer: ONE,
      handle: ({ params: { id }, caller }) => view(caller, judging.look(actorOf(caller), id)),
    }),
    route({
      ...HANDLE,
      method: 'DELETE',
      path: '/v1/alarms/{id}/look',
      summary: 'I am no longer looking at this.',
      params: idParams,
      names: ALARM,
      answer: ONE,
      handle: ({ params: { id }, caller }) => view(caller, judging.letGo(actorOf(caller), id)),
    }),
    route({
      ...HANDLE,
      method: 'POST',
      path: '/v1/alarms/{id}/verification',
      summary: 'It is true, and how that is known; or it is false, and why. With false it ends.',
      params: idParams,
      body: judgeAlarmBody,
      names: ALARM,
      answer: ONE,
      handle: ({ params: { id }, body, caller }) =>
        view(caller, judging.judge(actorOf(caller), id, body)),
    }),
    route({
      ...HANDLE,
      method: 'PUT',
      path: '/v1/alarms/{id}/incident',
      summary: 'Add it to an incident that is open; it ends with that.',
      params: idParams,
      body: linkAlarmBody,
      names: ({ params: { id: alarm }, body: { incident } }) => ({ alarm, incident }),
      answer: ONE,
      handle: ({ params: { id }, body: { incident }, caller }) =>
        view(caller, judging.link(actorOf(caller), id, incident)),
    }),
    route({
      ...HANDLE,
      method: 'POST',
      path: '/v1/alarms/{id}/end',
      summary: 'It is handled.',
      params: idParams,
      body: endAlarmBody,
      names: ALARM,
      answer: ONE,
      handle: ({ params: { id }, body: { note }, caller }) =>
        view(caller, judging.end(actorOf(caller), id, note)),
    }),
  ];
}

/** What somebody did, as they see it afterwards. */
function seenAlarm(deps: Context['deps'], caller: Caller, alarm: Alarm): AlarmView {
  return alarmView(deps.liveview, new Sight(deps, caller).ofAlarm(alarm) ?? alarm);
}
