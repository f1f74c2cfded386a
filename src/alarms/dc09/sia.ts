/**
 * The data of `SIA-DCS` (SIA DC-03, as DC-07 writes it): a block of events, and maybe one of words.
 *
 *   N ti10:23/ id12/ ri1/ BA012 ^Front door^ / TA3 | A words
 *   │ └─ modifiers, for what follows ┘ └─ code, number and label of an event
 *   └─ N new, O old
 *
 * Slashes are left out by some, the label is `*'…'NM` with others, and one puts a number in front.
 */
import { LiveViewError } from '../../core/errors.ts';
import { SIA_CODES } from './sia-codes.ts';
import { labelOf, plainNumber, type Signal, told } from './signal.ts';

/** More than any panel puts into one message. */
const MAX_EVENTS = 32;
/** What people call it. */
export const SIA = 'SIA';

const SPACE = /\s*/y;
const MODIFIER = /([a-z]{2})([0-9:.,-]*)\s*/y;
const EVENT = /([A-Z]{2})\s*([0-9]*)\s*/y;
const LABEL = /\^([^^]*)\^?|\*(?:"([^"]*)"?|'([^']*)'?|([^/]*))/y;
/** What else stands there up to the next slash: a label without marks, or nothing that we know. */
const REST = /([^/]*)\/?/y;

interface Reading {
  readonly text: string;
  at: number;
}

/**
 * Undefined for what is no SIA.
 *
 * @throws LiveViewError `dc09-too-many-events`
 */
export function parseSia(data: string): readonly Signal[] | undefined {
  const blocks = data.split('|');
  const block = blocks.findIndex((each) => /^[NO]/.test(each));
  const signals = readEvents({ text: blocks[block] ?? '', at: 1 });
  if (signals.length === 0) return undefined;
  const words = blocks.slice(block + 1).find((each) => each.startsWith('A'));
  const last = signals.at(-1);
  if (words === undefined || !last || last.label !== undefined) return signals;
  return [...signals.slice(0, -1), { ...last, label: labelOf(words.slice(1)) }];
}

function readEvents(reading: Reading): Signal[] {
  const modifiers = new Map<string, string>();
  const signals: Signal[] = [];
  while (reading.at < reading.text.length) {
    read(reading, SPACE);
    for (let found = read(reading, MODIFIER); found; found = read(reading, MODIFIER)) {
      modifiers.set(found[1] ?? '', found[2] ?? '');
    }
    const event = read(reading, EVENT);
    const [, ...marked] = (event && read(reading, LABEL)) ?? [];
    const [, rest] = read(reading, REST) ?? [];
    if (!event) continue;
    const words = marked.find((each) => each !== undefined) ?? rest;
    signals.push(signalOf(event, modifiers, labelOf(words)));
    if (signals.length > MAX_EVENTS) throw tooMany();
  }
  return signals;
}

/** One that stands here, and past it. */
function read(reading: Reading, form: RegExp): RegExpExecArray | undefined {
  form.lastIndex = reading.at;
  const match = form.exec(reading.text);
  if (!match) return undefined;
  reading.at = form.lastIndex;
  return match;
}

function signalOf(
  [, code = '', digits]: RegExpExecArray,
  modifiers: ReadonlyMap<string, string>,
  label: string | undefined,
): Signal {
  const facts = told(code, SIA_CODES.get(code), false, SIA);
  const number = plainNumber(digits);
  const user = plainNumber(modifiers.get('id'));
  const isUser = facts.subject === 'user';
  return {
    code,
    ...facts,
    area: plainNumber(modifiers.get('ri')),
    number: number ?? (isUser ? user : plainNumber(modifiers.get('pi'))),
    user: isUser ? undefined : user,
    label,
  };
}

function tooMany(): LiveViewError {
  return new LiveViewError(
    'dc09-too-many-events',
    `a message holds more than ${MAX_EVENTS} events`,
  );
}
