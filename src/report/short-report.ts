import { definitions, Phrasing, type ReportOptions, table, word } from './context.ts';
import { alarmTable } from './course.ts';
import { type Html, html, page } from './html.ts';
import type { IncidentRecord } from './incident-record.ts';
import type { Share } from './share-history.ts';

/**
 * What a shopkeeper or a council may know: what happened at their cameras and when, without data of the
 * police, without names, and without anything that a person wrote.
 */
export function shortReport(record: IncidentRecord, options: ReportOptions): string {
  const say = new Phrasing(options);
  const { words } = say;
  const body = html`<header><h1>${words.shortTitle}</h1><p class="lead">${options.centreName}</p></header>
<p class="lead">${words.shortLead}</p>
<h2>${words.whatHappened}</h2>${facts(record, say)}
<h2>${words.alarms}</h2>${alarmTable(options.alarms, say, false)}
<h2>${words.sharedWithPolice}</h2>${shared(record, say)}
<h2>${words.camerasWatched}</h2>${cameras(record, say)}
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
  if (shares.length === 0) return html`<p>${words.notShared}</p>`;
  const rooms = new Set(shares.map((share) => share.controlRoom)).size;
  const from = Math.min(...shares.map((share) => share.fromUnixUs));
  return html`<p>${words.services(rooms)}, ${words.sharedDuring(say.moment(from), lastMoment(shares, from, say))}.</p>`;
}

function lastMoment(shares: readonly Share[], from: number, say: Phrasing): string {
  const ends = shares.map((share) => share.untilUnixUs ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? say.timeSince(last, from) : say.words.goesOn;
}

function cameras({ watched, moved }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const ids = [...new Set(watched.map((viewing) => viewing.camera))].sort();
  const rows = ids.map((id) => {
    const own = watched.filter((viewing) => viewing.camera === id);
    const from = Math.min(...own.map((viewing) => viewing.fromUnixUs));
    const us = own.reduce(
      (sum, { fromUnixUs, untilUnixUs }) => sum + (untilUnixUs ?? fromUnixUs) - fromUnixUs,
      0,
    );
    const movedUs = moved.get(id);
    return html`<tr><td>${say.camera(id)}</td><td class="time">${say.time(from)}</td>
<td class="number">${say.span(us)}</td>
<td>${movedUs === undefined ? words.notMoved : say.time(movedUs)}</td></tr>`;
  });
  return table([words.camera, words.from, words.watchedFor, words.movedAt], rows, words.none);
}
