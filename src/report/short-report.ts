import { definitions, Phrasing, type ReportOptions, table, word } from './context.ts';
import { alarmsOf, alarmTable, earliest } from './course.ts';
import { type Html, html, page } from './html.ts';
import type { IncidentRecord, Watched } from './incident-record.ts';
import type { Share } from './share-history.ts';
import { togetherUs } from './viewed.ts';

/**
 * What a shopkeeper or a council may know: what happened at their cameras and when, without data of the
 * police, without names, and without anything that a person wrote.
 */
export function shortReport(record: IncidentRecord, options: ReportOptions): Iterable<string> {
  const say = new Phrasing(options);
  const { words } = say;
  const body = html`<header><h1>${words.shortTitle}</h1><p class="lead">${options.centreName}</p></header>
<p class="lead">${words.shortLead}</p>
<h2>${words.whatHappened}</h2>${facts(record, say)}
<h2>${words.alarms}</h2>${alarmTable(alarmsOf(record, options.alarms), say, false)}
<h2>${words.sharedWithPolice}</h2>${shared(record, say)}
<h2>${words.camerasWatched}</h2>${cameras(record, options.madeUnixUs, say)}
<footer><p>${words.made(say.moment(options.madeUnixUs))} ${words.zone(options.timeZone)}</p></footer>`;
  return page({ lang: options.language, title: `${words.shortTitle} ${record.id}`, body });
}

function facts(record: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const { opened, closed, type } = record;
  const site = record.site === undefined ? undefined : say.names.site(record.site);
  return definitions([
    [words.site, site?.name ?? record.site],
    [words.address, site?.address],
    [words.type, type === undefined ? undefined : word(words.types, type)],
    [words.opened, opened && say.moment(opened.atUnixUs)],
    [words.closed, closed ? say.moment(closed.atUnixUs) : words.stillOpen],
    [words.outcome, closed?.outcome && word(words.outcomes, closed.outcome)],
  ]);
}

function shared({ shares }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const from = earliest(shares.map((share) => share.fromUnixUs));
  if (from === undefined) return html`<p>${words.notShared}</p>`;
  const rooms = new Set(shares.map((share) => share.controlRoom)).size;
  return html`<p>${words.services(rooms)}, ${words.sharedDuring(say.moment(from), lastMoment(shares, from, say))}.</p>`;
}

function lastMoment(shares: readonly Share[], from: number, say: Phrasing): string {
  const last = shares.reduce(
    (latest, { untilUnixUs }) => Math.max(latest, untilUnixUs ?? Number.POSITIVE_INFINITY),
    from,
  );
  return Number.isFinite(last) ? say.timeSince(last, from) : say.words.goesOn;
}

function cameras(
  { watched, moved, closed }: IncidentRecord,
  madeUnixUs: number,
  say: Phrasing,
): Html {
  const { words } = say;
  const byCamera = new Map<string, Watched[]>();
  for (const viewing of watched) {
    byCamera.set(viewing.camera, [...(byCamera.get(viewing.camera) ?? []), viewing]);
  }
  const all = [...byCamera].sort(([a], [b]) => a.localeCompare(b));
  const heads = [words.camera, words.from, words.watchedFor, words.movedAt];
  const nowUnixUs = closed?.atUnixUs ?? madeUnixUs;
  return table(heads, all, words.none, ([id, viewings]) => {
    const movedUs = moved.get(id);
    const from = earliest(viewings.map(({ fromUnixUs }) => fromUnixUs)) ?? nowUnixUs;
    return html`<tr><td>${say.camera(id)}</td><td class="time">${say.time(from)}</td>
<td class="number">${say.span(togetherUs(viewings, nowUnixUs))}</td>
<td>${movedUs === undefined ? words.notMoved : say.time(movedUs)}</td></tr>`;
  });
}
