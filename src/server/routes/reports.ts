import { setImmediate } from 'node:timers/promises';
import { LiveViewError } from '../../core/errors.ts';
import { type Entry, isBare, type Journal } from '../../journal/record.ts';
import { happenedUnixUs } from '../../liveview/events.ts';
import type { LiveView } from '../../liveview/liveview.ts';
import type { Incident } from '../../liveview/model.ts';
import type { Language, Names, ReportedAlarm } from '../../report/context.ts';
import { fullReport } from '../../report/full-report.ts';
import { PAGE_POLICY } from '../../report/html.ts';
import { Gathering, type IncidentRecord } from '../../report/incident-record.ts';
import { shortReport } from '../../report/short-report.ts';
import type { Context } from '../context.ts';
import type { ListenerDeps } from '../deps.ts';
import { EntrySight } from '../entry-sight.ts';
import { CENTRE_ONLY, type Route, route } from '../route.ts';
import { INCIDENT, idParams, reportQuery } from '../schemas.ts';

/** Entries read before others have their turn. */
const PAGE = 200;
/** Pieces of text made before others have their turn: some thirty rows of a table. */
const PIECES = 500;
/** Where the centres are that this is made for. */
const TIME_ZONE = 'Europe/Amsterdam';

export function reportRoutes({ deps }: Context): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/incidents/{id}/report',
      action: 'report.read',
      sides: CENTRE_ONLY,
      summary:
        'What the journal says of an incident, as a page that prints: in full, or short for the owner of the site.',
      params: idParams,
      query: reportQuery,
      names: INCIDENT,
      answer: { status: 200, contentType: 'text/html' },
      async handle({ params: { id }, query: { form, language }, sight, reply }) {
        const incident = sight.incident(id);
        if (!incident) throw unknown(deps.journal, id);
        const entries = new EntrySight(deps, sight);
        const record = await recordOf(deps.journal, id, (entry) => entries.masked(entry));
        const render = form === 'short' ? shortReport : fullReport;
        reply.header('content-security-policy', PAGE_POLICY);
        reply.type('text/html; charset=utf-8');
        return reply.send(await whole(render(record, optionsOf(deps, incident, language))));
      },
    }),
  ];
}

/** One that was, and of which the term is over, is not the same as one that never was. */
function unknown(journal: Journal, id: string): LiveViewError {
  for (const entry of journal.chain({ incident: id, limit: 1 })) {
    if (!isBare(entry)) continue;
    return new LiveViewError(
      'incident-removed',
      `what the journal held of ${id} was removed after its term; that it was, and when, is there from entry ${entry.seq}`,
    );
  }
  return new LiveViewError('unknown-incident', `there is no incident ${id}`);
}

/** Page by page: a long incident holds up no picture. */
async function recordOf(
  journal: Journal,
  incident: string,
  seen: (entry: Entry) => Entry,
): Promise<IncidentRecord> {
  const gathering = new Gathering(incident);
  for (let after = 0; ; ) {
    const page = [...journal.read({ incident, after, limit: PAGE })];
    for (const entry of page.map(seen)) {
      gathering.add({ ...entry, timeUnixUs: happenedUnixUs(entry) });
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return gathering.record();
    after = last.seq;
    await setImmediate();
  }
}

/** The same of what is made of it. */
async function whole(pieces: Iterable<string>): Promise<string> {
  const text: string[] = [];
  for (const piece of pieces) {
    text.push(piece);
    if (text.length % PIECES === 0) await setImmediate();
  }
  return text.join('');
}

function optionsOf(deps: ListenerDeps, incident: Incident, language: Language) {
  return {
    language,
    names: namesOf(deps),
    centreName: deps.gatewayName ?? '',
    timeZone: TIME_ZONE,
    alarms: alarmsOf(deps.liveview, incident),
    madeUnixUs: deps.clock.unixUs(),
  };
}

/** As far as they are known still; of those that ended long ago, what the incident itself has. */
export function alarmsOf(
  liveview: Pick<LiveView, 'alarm'>,
  { alarms = [] }: Pick<Incident, 'alarms'>,
): ReportedAlarm[] {
  return alarms.map(
    (each) => liveview.alarm(each.id) ?? { ...each, source: { type: each.source } },
  );
}

function namesOf({ liveview, directory: { cameras, sites, controlRooms } }: ListenerDeps): Names {
  const plans = new Map(liveview.pictures.plans.all().map(({ id, name }) => [id, name]));
  return {
    camera: (id) => cameras.get(id)?.name,
    site: (id) => sites.get(id),
    controlRoom: (id) => controlRooms.get(id)?.name,
    plan: (id) => plans.get(id),
  };
}
