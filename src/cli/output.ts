import Table from 'cli-table3';
import type { Advice } from '../cameras/advice.ts';
import { printable, printableJson } from '../core/printable.ts';
import type { CliContext } from './context.ts';

export function printLine(context: CliContext, text: string): void {
  context.stdout.write(`${text}\n`);
}

export function printJson(context: CliContext, value: unknown): void {
  printLine(context, printableJson(value));
}

const SIGNS = { ok: '✓', failed: '✗', skipped: '–' } as const;

interface Step {
  readonly step: string;
  readonly outcome: keyof typeof SIGNS;
  readonly detail: string;
}

/** That something was done, while the rest goes on. */
export function showStep(context: CliContext, { step, outcome, detail }: Step): void {
  context.stderr.write(`${SIGNS[outcome]} ${step}: ${printable(detail)}\n`);
}

/** What to change, most important first. */
export function printAdvice(context: CliContext, advice: readonly Advice[]): void {
  for (const { code, text } of advice) printLine(context, `→ ${code}: ${printable(text)}`);
}

/** Rows under a heading, without lines; nothing but the heading when there are no rows. */
export function printTable(
  context: CliContext,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const table = new Table({
    head: [...heading],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: NO_LINES,
  });
  for (const row of rows) table.push(row.map(printable));
  printLine(context, table.toString().replace(/[ \t]+$/gm, ''));
}

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'mid', 'left', 'right', 'middle']
    .flatMap((name) => [name, `${name}-mid`, `${name}-left`, `${name}-right`])
    .map((name) => [name, '']),
);
