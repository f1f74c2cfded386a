import type { Entry } from '../journal/record.ts';
import { type Phrasing, table, word } from './context.ts';
import { count, object, text, texts } from './fields.ts';
import { type Html, html } from './html.ts';
import type { IncidentRecord } from './incident-record.ts';

/** Every entry of the incident, in the order of the journal. */
export function timeline({ entries }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const heads = [words.number, words.at, words.who, words.what];
  return table(
    heads,
    entries,
    words.none,
    (entry) => html`<tr><td class="number">${entry.seq}</td>
<td class="time">${say.time(entry.timeUnixUs)}</td>
<td>${say.person(entry.actor)}</td>
<td>${word(words.kinds, entry.kind)}${detail(entry, say)}</td></tr>`,
  );
}

const SHARING = /^(grant|offer|images)\./;
const PICTURE = /^(plan|image)\./;
/** What of its arguments says which one a request is about. */
const ASKED_FOR = ['preset', 'plan', 'output'];

/** What it was about, in a few words. */
function detail({ kind, data }: Entry, say: Phrasing): string {
  const { words } = say;
  const camera = text(data, 'camera');
  const room = text(data, 'controlRoom');
  const cameras = texts(data, 'cameras');
  const action = text(data, 'action');
  const command = text(data, 'command');
  const parts = [
    room === undefined ? undefined : say.room(room),
    action === undefined ? undefined : word(words.actions, action),
    command,
    ...ASKED_FOR.map((field) => text(object(data, 'args'), field)),
    PICTURE.test(kind) ? text(data, 'name') : undefined,
    camera === undefined ? undefined : say.camera(camera),
    kind.startsWith('output.') ? switching(data, say) : undefined,
    SHARING.test(kind) && cameras.length > 0
      ? say.list(cameras, (id) => say.camera(id))
      : undefined,
    kind.startsWith('step.') ? text(object(data, 'text'), say.language) : undefined,
    text(data, 'to'),
    text(data, 'note') ?? text(data, 'text'),
    kind === 'log.read' ? say.words.upTo(count(data, 'upTo') ?? 0) : undefined,
    kind === 'viewing.ended' ? sizeOf(data, say) : undefined,
    text(data, 'reason'),
    text(data, 'error'),
  ];
  const said = parts.filter((part) => part !== undefined && part !== '');
  return said.length === 0 ? '' : `: ${said.join(', ')}`;
}

function switching(data: Entry['data'], { words }: Phrasing): string {
  return `${text(data, 'output') ?? ''} ${data['on'] === true ? words.switchedOn : words.switchedOff}`;
}

function sizeOf(data: Entry['data'], say: Phrasing): string | undefined {
  const bytes = count(data, 'bytes');
  return bytes === undefined ? undefined : say.bytes(bytes);
}
