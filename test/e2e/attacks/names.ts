import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { AlarmView } from '../../../src/server/views.ts';
import { runCli } from '../../support/cli.ts';
import { until } from '../../support/until.ts';
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
  'a formula': '=HYPERLINK("http://evil.example","x")',
  'a format': '%s%n%d%x {0} $(id) `id`',
  'half a character': '\ud800',
};

/** Told by a program as an alarm, and by a control room as a note. */
export function namesOf(page: () => Page): Attack[] {
  return Object.entries(NAMES).map(([what, name]) => ({
    name: `a name that is ${what}`,
    run: (target: Target) => named(target, page(), name),
  }));
}

async function named(target: Target, page: Page, name: string): Promise<string[]> {
  const source = await sourceOf(target);
  const text = `${name} ${CANARY}`;
  const report = { site: 'site', kind: 'burglary', text, key: what(name) };
  const raised = await source.fetch('/v1/alarms', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
  });
  const note = await target.rotterdam.fetch(`/v1/incidents/${target.incident}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ note: text }),
  });
  const lost = [raised.status, note.status]
    .filter((status) => status >= 500)
    .map((status) => `it was answered ${status}`);
  if (raised.ok) {
    const alarm = (await raised.json()) as AlarmView;
    await page.getByTestId(`alarm-${alarm.id}`).click();
    await until('the console shows it', () =>
      page.locator(`[data-alarm="${alarm.id}"]`).isVisible(),
    );
  }
  const ran = await page.evaluate('window.lost');
  const elements = await page.locator('img[src="x"], iframe, b[onmouseover], svg[onload]').count();
  if (ran !== undefined) lost.push('the console ran it');
  if (elements > 0) lost.push('the console made an element of it');
  return lost;
}

const what = (name: string) => Buffer.from(name).toString('hex').slice(0, 60);
const sources = new WeakMap<Target, Promise<Awaited<ReturnType<Target['run']['source']>>>>();

function sourceOf(target: Target) {
  const known = sources.get(target) ?? target.run.source('siren');
  sources.set(target, known);
  return known;
}

/** What a terminal would obey, or a reader of the log believe. */
function obeyed(text: string, isFile = false): string[] {
  // What is exported is canonical JSON, byte for byte, and RFC 8785 has these as they are.
  if (isFile) return obeyed(text.replace(/[\u007f-\u009f]/g, ''));

  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.exec(text);
  return controls ? [`the control character ${JSON.stringify(controls[0])}`] : [];
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
      return [...obeyed(stdout, true), ...obeyed(stderr)];
    },
  },
  {
    name: 'the report of the incident, as a page',
    run: async ({ operator, incident }: Target) => {
      const answer = await operator.fetch(`/v1/incidents/${incident}/report`);
      const html = await answer.text();
      const made = /<(script|img src=x|svg onload|iframe|b onmouseover)/.exec(html);
      return made ? [`the report has ${made[0]}`] : [];
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
