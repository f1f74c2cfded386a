import type { Entry, JsonObject } from '../journal/record.ts';
import { argsInWords, switched } from './args.ts';
import { type Phrasing, table, word } from './context.ts';
import { count, object, text, texts } from './fields.ts';
import { type Html, html } from './html.ts';
import type { Asked, IncidentRecord } from './incident-record.ts';

/** Every entry of the incident, in the order of the journal. */
export function timeline({ entries, asked }: IncidentRecord, say: Phrasing): Html {
  const { words } = say;
  const requests = new Map(asked.map((each) => [each.id, each]));
  const heads = [words.number, words.at, words.who, words.what];
  return table(
    heads,
    entries,
    words.none,
    (entry) => html`<tr><td class="number">${entry.seq}</td>
<td class="time">${say.time(entry.timeUnixUs)}</td>
<td>${say.person(entry.actor)}</td>
<td>${word(words.kinds, entry.kind)}${detail(entry, requestOf(entry, requests), say)}</td></tr>`,
  );
}

const SHARING = /^(grant|offer|images)\./;

/** What it was about, in a few words. */
function detail({ kind, data }: Entry, request: Asked | undefined, say: Phrasing): string {
  const what = request ? requested(request, say) : acted(kind, data, say);
  const said = [...what, ...changed(data, say), ...told(kind, data, say)].filter(
    (part) => part !== undefined && part !== '',
  );
  return said.length === 0 ? '' : `: ${said.join(', ')}`;
}

/** What a decision or an end is of; the request itself says it. */
function requestOf({ kind, data }: Entry, requests: ReadonlyMap<string, Asked>): Asked | undefined {
  const isLater = kind.startsWith('request.') && kind !== 'request.made';
  return isLater ? requests.get(text(data, 'request') ?? '') : undefined;
}

function requested({ action, args, camera }: Asked, say: Phrasing): Part[] {
  return [
    word(say.words.actions, action),
    argsInWords(args, say),
    camera === undefined ? undefined : say.camera(camera),
  ];
}

type Part = string | undefined;

/** Who or what it was done to or with. */
function acted(kind: string, data: JsonObject, say: Phrasing): Part[] {
  const { words } = say;
  const camera = text(data, 'camera');
  const room = text(data, 'controlRoom');
  const action = text(data, 'action');
  const cameras = texts(data, 'cameras');
  return [
    room === undefined ? undefined : say.room(room),
    action === undefined ? undefined : word(words.actions, action),
    argsInWords(object(data, 'args'), say),
    text(data, 'command'),
    camera === undefined ? undefined : say.camera(camera),
    kind.startsWith('output.') ? switching(data, say) : undefined,
    SHARING.test(kind) ? say.list(cameras, (id) => say.camera(id)) : undefined,
    SHARING.test(kind) ? endOf(data, say) : undefined,
    kind.startsWith('step.') ? text(object(data, 'text'), say.language) : undefined,
    text(data, 'to'),
  ];
}

/** What is said of the incident, its screen or an alarm. */
function changed(data: JsonObject, say: Phrasing): Part[] {
  const { words } = say;
  const [type, priority, method] = [
    text(data, 'type'),
    count(data, 'priority'),
    text(data, 'method'),
  ];
  const [cause, outcome] = [text(data, 'cause'), text(data, 'outcome')];
  const counts = Object.entries(object(data, 'counts'));
  return [
    type === undefined ? undefined : word(words.types, type),
    priority === undefined ? undefined : `${words.priority} ${priority}`,
    ...counts.map(([name, value]) => `${word(words.countNames, name)} ${String(value)}`),
    text(data, 'summary'),
    method === undefined ? undefined : word(words.methods, method),
    cause === undefined ? undefined : word(words.methods, cause),
    outcome === undefined ? undefined : word(words.outcomes, outcome),
    ...tilesOf(data, say),
  ];
}

/** What people and machines said themselves. */
function told(kind: string, data: JsonObject, say: Phrasing): Part[] {
  const disclosed = kind.endsWith('.disclosed') || kind.startsWith('image.');
  return [
    disclosed ? text(data, 'name') : undefined,
    text(data, 'note') ?? text(data, 'text'),
    kind === 'log.read' ? say.words.upTo(count(data, 'upTo') ?? 0) : undefined,
    kind === 'viewing.ended' ? sizeOf(data, say) : undefined,
    text(data, 'reason'),
    text(data, 'error'),
  ];
}

function tilesOf({ tiles, layout }: JsonObject, say: Phrasing): Part[] {
  if (!Array.isArray(tiles)) return [];
  const { words, names } = say;
  const shown = tiles.map((tile) => {
    const each = object({ tile }, 'tile');
    const [camera, plan] = [text(each, 'camera'), text(each, 'plan')];
    if (camera !== undefined) return say.camera(camera);
    return plan === undefined ? (text(each, 'image') ?? words.empty) : (names.plan?.(plan) ?? plan);
  });
  return [typeof layout === 'string' ? `${words.layout} ${layout}` : undefined, shown.join(', ')];
}

/** Until when it was agreed. */
function endOf(data: JsonObject, say: Phrasing): Part {
  const unixMs = Date.parse(text(data, 'expiresAt') ?? '');
  return Number.isNaN(unixMs) ? undefined : `${say.words.agreed} ${say.time(unixMs * 1_000)}`;
}

function switching(data: JsonObject, say: Phrasing): string {
  return `${text(data, 'output') ?? ''} ${switched(data['on'] === true, say)}`;
}

function sizeOf(data: JsonObject, say: Phrasing): string | undefined {
  const bytes = count(data, 'bytes');
  return bytes === undefined ? undefined : say.bytes(bytes);
}
