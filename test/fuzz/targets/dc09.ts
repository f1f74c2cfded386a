import { createSecretKey } from 'node:crypto';
import type { PanelAccount } from '../../../src/alarms/dc09/account.ts';
import { Answering } from '../../../src/alarms/dc09/answering.ts';
import { Dc09Framer, type Frame, framesOf } from '../../../src/alarms/dc09/framing.ts';
import type { PanelReport } from '../../../src/alarms/dc09/report.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { type PanelMessage, writeMessage } from '../../../src/simulator/panel/message.ts';
import { readReply } from '../../../src/simulator/panel/reply.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { texts } from '../bytes.ts';
import { mustHold, type Target } from '../target.ts';

const NOW_UNIX_MS = Date.UTC(2026, 7, 27, 20, 38, 7);
const KEY = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const PLAIN_ACCOUNT = '1409';
const ENCRYPTING_ACCOUNT = '14AF';

function written(more: Partial<PanelMessage> = {}, key?: Buffer): Buffer {
  const account = key ? ENCRYPTING_ACCOUNT : PLAIN_ACCOUNT;
  const byDefault = { id: 'SIA-DCS', sequence: 1, prefix: '0', account, timeUnixMs: NOW_UNIX_MS };
  return writeMessage({ ...byDefault, data: `#${account}|Nri1/HA12`, ...more }, key);
}

const MESSAGES = [
  written({ id: 'NULL', sequence: 0, data: '' }),
  written({ data: '#1409|Nti10:23/id12/ri1/BA012^Front door^/TA3|Awords', receiver: '1F' }),
  written({ data: "#1409|NRP000*'DECKERS'NM", extended: ['Vhttp://192.0.2.9/1.jpg', 'X004E28'] }),
  written({ id: 'ADM-CID', data: '#1409|1130 02 001', timeUnixMs: undefined }),
  written({ account: '', data: '#1409|0|NBA2', prefix: '' }),
];

const WORDS = texts(
  '\n',
  '\r',
  '"',
  '"SIA-DCS"',
  '"ADM-CID"',
  '"*NULL"',
  '"ACK"',
  '0001',
  'R1',
  'L',
  '#1409',
  '#14AF',
  '[',
  ']',
  '|',
  'N',
  'ri1',
  '/',
  'BA12',
  '^',
  '*',
  "'",
  '1130 02 001',
  '_20:38:07,08-27-2026',
  '0FFF',
);

const framing: Target = {
  name: 'DC-09 frames',
  shape: 'stream',
  seeds: [
    ...MESSAGES.map((message) => [message]),
    [Buffer.concat(MESSAGES)],
    [writeMessage(binaryMessage(), undefined, { binaryCrc: true, trailer: '\0' })],
    [writeMessage(binaryMessage(), undefined, { countsCr: true })],
  ],
  tokens: WORDS,
  growth: 20,
  // One frame, and the chunk behind it that was pushed with it.
  holdsBytes: 4_096 + 65_536,
  run(pieces, emit) {
    const framer = new Dc09Framer(({ body, crcForm, isIntact }) =>
      emit([Buffer.from(body), crcForm, isIntact]),
    );
    for (const piece of pieces) framer.push(piece);
  },
};

function binaryMessage(): PanelMessage {
  return { id: 'NULL', sequence: 0, prefix: '0', account: PLAIN_ACCOUNT, data: '' };
}

const bodyOf = (message: Buffer) => Buffer.from(framesOf(message)[0]?.body ?? []);

const messages: Target = {
  name: 'DC-09 messages, and what is answered and told',
  shape: 'whole',
  seeds: MESSAGES.map((message) => [bodyOf(message)]),
  tokens: WORDS,
  // An event of a few letters is a report with words in two languages.
  growth: 4_000,
  run([bytes = Buffer.alloc(0)], emit) {
    answer(bytes, emit);
  },
};

const contents: Target = {
  name: 'DC-09 contents of encrypted messages',
  shape: 'whole',
  seeds: ['#14AF|Nri1/HA12]_20:38:07,08-27-2026', ']_20:38:07,08-27-2026', 'x|#14AF|NBA]'].map(
    (text) => [Buffer.from(text)],
  ),
  tokens: WORDS,
  growth: 4_000,
  run([bytes = Buffer.alloc(0)], emit) {
    answer(bodyOf(written({ data: bytes.toString('latin1', 0, 1_024) }, KEY)), emit);
  },
};

function answer(body: Buffer, emit: (item: unknown) => void): void {
  const reports: PanelReport[] = [];
  const answering = new Answering({
    clock: new ManualClock(NOW_UNIX_MS * 1_000),
    log: silentLogger,
    onReports: (told) => reports.push(...told),
    random: (bytes) => Buffer.alloc(bytes),
  });
  const accounts = [account(PLAIN_ACCOUNT), { ...account(ENCRYPTING_ACCOUNT), key: secretKey() }];
  answering.start(new Map(accounts.map((each) => [each.number, each])), new Set());
  const frame: Frame = { body, crcForm: 'hex', isIntact: true };
  const reply = answering.answer(frame, { address: '192.0.2.7' });
  answering.stop();
  if (reply) mustHold(framesOf(reply)[0]?.isIntact === true, 'a reply is one whole frame');
  mustHold(reports.length === 0 || reply !== undefined, 'what is told is acknowledged');
  for (const report of reports) checkReport(report);
  emit([reply, reports]);
}

/** The bounds of what the domain takes. */
function checkReport({ text, key, details, once = '' }: PanelReport): void {
  const words = [text.nl, text.en, ...Object.values(details)];
  mustHold(
    words.every(({ length }) => length > 0 && length <= 500),
    'words are some, and few',
  );
  mustHold(key.length <= 200 && once.length <= 200, 'names are short');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: there are to be none
  mustHold(!words.some((each) => /[\u0000-\u001f\u007f-\u009f]/.test(each)), 'words can be shown');
}

function account(number: string): PanelAccount {
  return { number, site: 'shop', takesPlain: false, timeCheck: 'none', zones: new Map() };
}

function secretKey() {
  return createSecretKey(KEY);
}

const replies: Target = {
  name: 'DC-09 replies, as the virtual panel reads them',
  shape: 'whole',
  seeds: [
    ...texts(
      '\n59890012"ACK"0000L0#1409[]\r',
      '\n3C830025"NAK"0000R0L0A0[]_16:09:09,04-14-2015\r',
      '\nE34C0062"*ACK"0001R5678L1234#14AF[00\r',
    ).map((each) => [each]),
  ],
  tokens: WORDS,
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    emit(readReply(bytes, KEY));
  },
};

export const DC09_TARGETS: readonly Target[] = [framing, messages, contents, replies];
