import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { AlarmView } from '../../../src/server/views.ts';
import { runCli } from '../../support/cli.ts';
import { type Attack, CANARY, type Target } from './target.ts';

const ESC = '\u001b';
/** What a panel, a program or a control room may call things. */
export const NAMES: Record<string, string> = {
  'a script': '<script>window.lost="script"</script>',
  'a picture that fails': '<img src=x onerror="window.lost=1">',
  'a picture as SVG': '<svg onload="window.lost=1">',
  'a frame': '<iframe srcdoc="<script>parent.lost=1</script>"></iframe>',
  'an end of an attribute': '"><b onmouseover="window.lost=1" class="',
  'an end of a text': "';window.lost=1;//",
  'a template': `\${window.lost=1}{{constructor.constructor('window.lost=1')()}}`,
  'a link': 'javascript:window.lost=1',
  'a style': '<style>*{display:none}</style>',
  'a colour of a terminal': `${ESC}[31mred${ESC}[0m`,
  'a title of a terminal': `${ESC}]0;lost\u0007`,
  'a clipboard of a terminal': `${ESC}]52;c;bG9zdA==\u0007`,
  'an answer of a terminal': `${ESC}[6n${ESC}P+q\u0007`,
  'eight-bit controls': '\u009b31m\u0090lost\u009c',
  'a line of the log': `x\n{"level":"error","message":"lost"}`,
  'a line of the log, with a return': 'x\r\n{"level":"error","message":"lost"}\r\n',
  'a zero byte': 'before\u0000after',
  'text from right to left': '\u202egnp.exe\u202c',
  'text from right to left that does not end': 'x\u202ednalreven',
  'an isolate that does not end': 'x\u2067\u2066',
  'an end of isolates that were not begun': '\u2069\u2069\u202egnp.exe',
  'a line of Unicode': 'x\u2028{"level":"error","message":"lost"}\u2029x',
  'a formula': '=HYPERLINK("http://evil.example","x")',
  'a format': '%s%n%d%x {0} $(id) `id`',
  'half a character': '\ud800',
};

/** What cannot be written in UTF-8; all else is taken as it is told. */
const REFUSED = NAMES['half a character'];

/** The pages of an operator and of the control room with which the incident is shared. */
export interface Consoles {
  readonly operator: Page;
  readonly dispatcher: Page;
}

/** Told by a program as an alarm, and by a control room as a note. */
export function namesOf(consoles: Consoles): Attack[] {
  return Object.entries(NAMES).map(([what, name], index) => ({
    name: `a name that is ${what}`,
    run: (target: Target) => named(target, consoles, { name, mark: markOf(index) }),
  }));
}

const markOf = (index: number) => `${CANARY}-${index}.`;

async function named(
  target: Target,
  { operator, dispatcher }: Consoles,
  { name, mark }: { name: string; mark: string },
): Promise<string[]> {
  const source = await sourceOf(target);
  const text = `${name} ${mark}`;
  const report = { site: 'site', kind: 'burglary', text, key: what(name) };
  const raised = await source.fetch('/v1/alarms', asJson(report));
  const note = await target.rotterdam.fetch(
    `/v1/incidents/${target.incident}/notes`,
    asJson({ text }),
  );
  const wanted = name === REFUSED ? [400, 400] : [201, 200];
  const lost = [raised.status, note.status].flatMap((status, index) =>
    status === wanted[index] ? [] : [`it was answered ${status}, and not ${wanted[index]}`],
  );
  if (!raised.ok || !note.ok) return lost;

  const alarm = (await raised.json()) as AlarmView;
  await operator.getByTestId(`alarm-${alarm.id}`).click();
  await operator.locator(`[data-alarm="${alarm.id}"]`, { hasText: mark }).waitFor();
  const inAlarm = await misreadOn(operator);
  await operator.getByTestId(`incident-${target.incident}`).click();
  for (const page of [operator, dispatcher]) {
    await page.getByTestId('notes').locator('li', { hasText: mark }).waitFor();
  }
  return [...lost, ...inAlarm, ...(await misreadOn(operator)), ...(await misreadOn(dispatcher))];
}

const asJson = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** In the page: texts that turn round more than themselves, for what stands beside them is in the same line. */
const TURNED = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const turned = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!/\\p{Bidi_Control}/u.test(node.data)) continue;
    const { display, unicodeBidi } = getComputedStyle(node.parentElement);
    const isApart = display !== 'inline' || /isolate|plaintext/.test(unicodeBidi);
    const isAlone = node.parentElement.textContent.trim() === node.data.trim();
    if (!isApart || !isAlone) turned.push(node.data);
  }
  return turned;
})()`;

/** What a page made of names: what it ran, what it made an element of, what they turn round. */
async function misreadOn(page: Page): Promise<string[]> {
  const ran = await page.evaluate('window.lost');
  const elements = await page.locator('img[src="x"], iframe, b[onmouseover], svg[onload]').count();
  const turned = (await page.evaluate(TURNED)) as string[];
  return [
    ...(ran === undefined ? [] : ['the console ran it']),
    ...(elements === 0 ? [] : ['the console made an element of it']),
    ...turned.map((text) => `${JSON.stringify(text)} turns round what stands beside it`),
  ];
}

const what = (name: string) => Buffer.from(name).toString('hex').slice(0, 60);
const sources = new WeakMap<Target, Promise<Awaited<ReturnType<Target['run']['source']>>>>();

function sourceOf(target: Target) {
  const known = sources.get(target) ?? target.run.source('siren');
  sources.set(target, known);
  return known;
}

/** What a terminal would obey, or a reader of the log believe: controls, other ends of lines, other directions. */
function obeyed(text: string): string[] {
  const controls = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.exec(text);
  return controls ? [`the character ${JSON.stringify(controls[0])}`] : [];
}

/** What is exported is canonical JSON, byte for byte, and RFC 8785 escapes nothing but the first controls. */
function obeyedOfFile(text: string): string[] {
  return obeyed(text.replace(/[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ''));
}

/** After all of it: the log, the report, and what the command line prints of the journal. */
export const TOLD_AGAIN: Attack[] = [
  {
    name: 'the log, read again',
    run: async ({ run }: Target) => {
      const lines = run.process.stderr.split('\n').filter((line) => line !== '');
      const forged = lines.filter((line) => isForged(line));
      return [
        ...obeyed(run.process.stderr),
        ...(forged.length > 0 ? ['a line of the attacker'] : []),
      ];
    },
  },
  ...(['text', 'json'] as const).map((form) => ({
    name: `liveview journal verify, as ${form}`,
    run: async ({ run }: Target) => {
      const json = form === 'json' ? ['--json'] : [];
      const { code, stdout, stderr } = await runCli([
        ...['journal', 'verify', '--data-dir', run.dataDir],
        ...['--egress', join(run.dataDir, 'egress'), ...json],
      ]);
      return [
        ...obeyed(stdout + stderr),
        ...(code === 0 ? [] : [`it ends with ${code}: ${stdout}`]),
      ];
    },
  })),
  {
    name: 'liveview journal export',
    run: async ({ run }: Target) => {
      const { stdout, stderr } = await runCli(['journal', 'export', '--data-dir', run.dataDir]);
      return [...obeyedOfFile(stdout), ...obeyed(stderr)];
    },
  },
  {
    name: 'the report of the incident, as a page',
    run: async ({ operator, incident }: Target) => {
      const answer = await operator.fetch(`/v1/incidents/${incident}/report`);
      const html = await answer.text();
      const made = /<(script|img src=x|svg onload|iframe|b onmouseover)/.exec(html);
      const told = Object.values(NAMES).every(
        (name, index) => name === REFUSED || html.includes(markOf(index)),
      );
      return [
        ...obeyed(html),
        ...(made ? [`the report has ${made[0]}`] : []),
        ...(told ? [] : ['the report does not have all notes']),
      ];
    },
  },
];

function isForged(line: string): boolean {
  try {
    return (JSON.parse(line) as { message?: unknown }).message === 'lost';
  } catch {
    return true;
  }
}
