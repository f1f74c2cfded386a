import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rfc3339 } from '../src/core/clock.ts';
import { describe } from '../src/core/errors.ts';
import { type Bench, FULL, QUICK, type Row } from './bench.ts';
import { describeMachine, loadAverages } from './machine.ts';
import { compare, markdown, type Report } from './report.ts';
import { SCENARIOS } from './scenarios.ts';
import { sharedClock, unixOffsetUs } from './shared-clock.ts';

export interface MainOptions {
  readonly root: string;
  /** Of the bundled programs that run as processes of their own. */
  readonly folder: string;
  readonly args: readonly string[];
}

/** Prints a table and writes the same as JSON. @returns the exit code. */
export async function main({ root, folder, args }: MainOptions): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  try {
    const { quick, output, only } = parseOptions(root, args);
    const offsetUs = unixOffsetUs();
    const clock = sharedClock(offsetUs);
    const pace = quick ? QUICK : FULL;
    const report = await run({ root, folder, clock, offsetUs, pace }, quick, only);
    console.log(markdown(report));
    console.error(`written to ${write(output, report)}`);
    return 0;
  } catch (error) {
    console.error(`bench: ${describe(error)}`);
    return 1;
  }
}

function parseOptions(
  root: string,
  args: readonly string[],
): {
  quick: boolean;
  output: string;
  only: string;
} {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      output: { type: 'string', default: join(root, 'bench', 'results') },
    },
  });
  return values;
}

async function run(bench: Bench, quick: boolean, only: string): Promise<Report> {
  const at = rfc3339(bench.clock.unixUs());
  const machine = await describeMachine();
  const loadBefore = loadAverages();
  const rows: Row[] = [];
  for (const { title, run: runScenario } of SCENARIOS) {
    if (!title.includes(only)) continue;
    console.error(`${title} …`);
    rows.push(...(await runScenario(bench)));
  }
  const loadAfter = loadAverages();
  return { at, quick, machine, loadBefore, loadAfter, rows, comparisons: compare(rows) };
}

function write(folder: string, report: Report): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.at.replace(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}
