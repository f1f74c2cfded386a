import { argsInWords } from './args.ts';
import { definitions, Phrasing, type ReportOptions, table, word } from './context.ts';
import { alarmsOf, alarmTable, course } from './course.ts';
import type { StepTold } from './duty.ts';
import { type Html, html, page } from './html.ts';
import type { Asked, Disclosed, IncidentRecord, Watched } from './incident-record.ts';
import type { Share } from './share-history.ts';
import { timeline } from './timeline.ts';

/**
 * All that the journal says of an incident, for the centre, the police and whoever examines it: a page
 * of HTML that prints on A4.
 */
export function fullReport(record: IncidentRecord, options: ReportOptions): Iterable<string> {
  const say = new Phrasing(options);
  const { words } = say;
  const alarms = alarmsOf(record, options.alarms);
  const body = html`<header><h1>${words.title}</h1><p class="lead">${options.centreName}</p></header>
${facts(record, say)}
<h2>${words.alarms}</h2>${alarmTable(alarms, say, true)}
<h2>${words.course}</h2>${course(record, alarms, say)}
<h2>${words.shares}</h2>${shares(record, say)}
<h2>${words.watched}</h2>${watched(record, say)}
<h2>${words.disclosed}</h2>${disclosed(record, say)}
<h2>${words.asked}</h2>${asked(record, say)}
<h2>${words.notes}</h2>${notes(record, say)}
<h2>${words.steps}</h2>${steps(record, say)}
<h2>${words.timeline}</h2>${timeline(record, say)}
${footer(record, say, options)}`;
  return page({ lang: options.language, title: `${words.title} ${record.id}`, body });
}

function facts(record: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const site = record.site === undefined ? undefined : say.names.site(record.site);
  const { opened, closed } = record;
  const counts = Object.entries(record.counts)
    .map(([name, value]) => `${word(words.countNames, name)} ${String(value)}`)
    .join(', ');
  return definitions([
    [words.incident, record.id],
    [words.site, site?.name ?? record.site],
    [words.address, site?.address],
    [words.type, record.type === undefined ? undefined : word(words.types, record.type)],
    [words.priority, record.priority?.toString()],
    [words.summary, record.summary],
    [words.counts, counts],
    [words.opened, opened && `${say.moment(opened.atUnixUs)} ${words.by(opened.by)}`],
    [
      words.closed,
      closed ? `${say.moment(closed.atUnixUs)} ${words.by(closed.by)}` : words.stillOpen,
    ],
    [words.inCharge, inCharge(record, say)],
    [words.duration, opened && closed && say.span(closed.atUnixUs - opened.atUnixUs)],
    [words.outcome, closed?.outcome && word(words.outcomes, closed.outcome)],
    [words.closingNote, closed?.note],
  ]);
}

/** One after another, each with the time from which on. */
function inCharge({ inCharge: all }: IncidentRecord, say: Phrasing): string {
  return all.map(({ user, fromUnixUs }) => `${user} (${say.time(fromUnixUs)})`).join(', ');
}

function shares({ shares: all }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const heads = [
    words.controlRoom,
    words.cameras,
    words.rights,
    words.from,
    words.agreed,
    words.until,
    words.end,
  ];
  const row = (share: Share) => html`<tr><td>${say.room(share.controlRoom)}</td>
<td>${say.list(share.cameras, (id) => say.camera(id))}</td>
<td>${say.list(share.rights, (right) => word(words.rightNames, right))}</td>
<td class="time">${say.time(share.fromUnixUs)} ${words.by(share.by)}</td>
<td class="time">${share.agreedUnixUs === undefined ? '' : say.timeSince(share.agreedUnixUs, share.fromUnixUs)}</td>
<td class="time">${share.untilUnixUs === undefined ? '' : say.timeSince(share.untilUnixUs, share.fromUnixUs)}</td>
<td>${share.endedBy === undefined ? words.goesOn : word(words.shareEnds, share.endedBy)}</td></tr>`;
  return table(heads, all, words.none, row);
}

function watched({ watched: all }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const heads = [words.who, words.camera, words.from, words.until, words.data, words.delay];
  const row = (viewing: Watched) => html`<tr><td>${say.person(viewing.actor)}</td>
<td>${say.camera(viewing.camera)}</td>
<td class="time">${say.time(viewing.fromUnixUs)}</td>
<td class="time">${viewing.untilUnixUs === undefined ? words.goesOn : say.timeSince(viewing.untilUnixUs, viewing.fromUnixUs)}</td>
<td>${received(viewing, say)}</td>
<td class="number">${delayOf(viewing, say)}</td></tr>`;
  const hint = all.some((viewing) => viewing.delayP50Ms !== undefined);
  return html`${table(heads, all, words.none, row)}${hint ? html`<p class="lead">${words.delayHint}</p>` : ''}`;
}

function received({ bytes, pictures, dropped }: Watched, say: Phrasing): string {
  const { words } = say;
  const parts = [
    bytes === undefined ? undefined : say.bytes(bytes),
    pictures === undefined ? undefined : words.pictures(say.number(pictures)),
    dropped === undefined || dropped === 0 ? undefined : words.missed(say.number(dropped)),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function delayOf({ delayP50Ms, delayP95Ms, delayMaxMs }: Watched, say: Phrasing): string {
  if (delayP50Ms === undefined) return '';
  const all = [delayP50Ms, delayP95Ms ?? delayP50Ms, delayMaxMs ?? delayP50Ms];
  return `${all.map((ms) => say.number(ms)).join(' / ')} ms`;
}

function asked({ asked: all }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const heads = [
    words.at,
    words.who,
    words.action,
    words.camera,
    words.decision,
    words.decidedAfter,
    words.reason,
  ];
  const row = (each: Asked) => html`<tr><td class="time">${say.time(each.atUnixUs)}</td>
<td>${say.person(each.actor)}</td>
<td>${actionOf(each, say)}</td>
<td>${each.camera === undefined ? '' : say.camera(each.camera)}</td>
<td>${word(words.states, each.state)}${each.by === undefined ? '' : ` ${words.by(each.by)}`}</td>
<td class="number">${each.decidedUnixUs === undefined ? '' : say.span(each.decidedUnixUs - each.atUnixUs)}</td>
<td>${each.reason}</td></tr>`;
  return table(heads, all, words.none, row);
}

function actionOf({ action, args }: Asked, say: Phrasing): string {
  const what = argsInWords(args, say);
  const name = word(say.words.actions, action);
  return what === '' ? name : `${name}: ${what}`;
}

/** Plans and images that went to control rooms. */
function disclosed({ disclosed: all }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const heads = [words.at, words.who, words.what, words.data];
  const row = (each: Disclosed) => html`<tr><td class="time">${say.time(each.atUnixUs)}</td>
<td>${say.person(each.actor)}</td><td>${each.name}</td>
<td>${each.bytes === undefined ? '' : say.bytes(each.bytes)}</td></tr>`;
  return table(heads, all, words.none, row);
}

function notes({ notes: all }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const heads = [words.at, words.who, words.what, words.readBy];
  return table(
    heads,
    all,
    words.none,
    (note) => html`<tr><td class="time">${say.time(note.atUnixUs)}</td>
<td>${say.person(note.actor)}</td><td>${note.text}</td>
<td>${note.reads.map((read) => `${say.person(read.actor)} ${say.time(read.atUnixUs)}`).join(', ')}</td></tr>`,
  );
}

function steps({ steps: all }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const heads = [words.what, words.state, words.at, words.who, words.closingNote];
  const row = (each: StepTold) => html`<tr><td>${each.text[say.language] ?? each.step}</td>
<td>${word(words.stepStates, each.state)}</td>
<td class="time">${say.time(each.atUnixUs)}</td>
<td>${each.by}</td><td>${each.note}</td></tr>`;
  return table(heads, all, words.none, row);
}

/** Where this comes from, so that it can be checked. */
function footer({ entries }: IncidentRecord, say: Phrasing, options: ReportOptions): Html {
  const { words } = say;
  const [first, last] = [entries[0], entries.at(-1)];
  const seqs = `${first?.seq ?? 0}–${last?.seq ?? 0}`;
  return html`<footer><p>${words.proof(seqs, last?.hash ?? '')}</p>
<p>${words.made(say.moment(options.madeUnixUs))} ${words.zone(options.timeZone)}</p></footer>`;
}
