import type { Load, Row } from './bench.ts';
import type { Machine } from './machine.ts';

/** A whole run, as it is written to a file. */
export interface Report {
  /** RFC 3339. */
  readonly at: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly loadBefore: readonly number[];
  readonly loadAfter: readonly number[];
  readonly rows: readonly Row[];
  readonly comparisons: readonly Comparison[];
}

/** How many times the rival's figure is ours. */
export interface Comparison {
  readonly id: string;
  readonly rival: string;
  readonly delay: number;
  /** Undefined where there is no load to compare, or one is too small to be measured. */
  readonly cpu?: number;
  readonly memory?: number;
}

export function compare(rows: readonly Row[]): Comparison[] {
  return rows.flatMap((row) => {
    const rival = rows.find(({ id }) => id === row.rival);
    return rival ? [comparison(row, rival)] : [];
  });
}

function comparison(ours: Row, rival: Row): Comparison {
  const delay = rival.p50Ms / ours.p50Ms;
  const base = { id: ours.id, rival: rival.id, delay };
  if (!ours.load || !rival.load) return base;
  const measurable = ours.load.cpuPercent > 0 && rival.load.cpuPercent > 0;
  return {
    ...base,
    ...(measurable ? { cpu: rival.load.cpuPercent / ours.load.cpuPercent } : {}),
    memory: rival.load.residentMiB / ours.load.residentMiB,
  };
}

export function markdown(report: Report): string {
  const { machine, loadBefore, loadAfter } = report;
  const { processor, cores, memoryGiB, kernel, node, ffmpeg } = machine;
  return [
    `Measured ${report.at}${report.quick ? ' by a quick run: these figures mean nothing' : ''}.`,
    '',
    `${processor}, ${cores} cores, ${memoryGiB} GiB; Linux ${kernel}; Node ${node}; ffmpeg ${ffmpeg}.`,
    `Load average before ${loadBefore.join(', ')}; after ${loadAfter.join(', ')}.`,
    '',
    ...table(report.rows),
    '',
    ...report.comparisons.map((item) => `- ${inWords(item, report.rows)}`),
    ...report.rows.flatMap(({ id, warnings }) => warnings.map((text) => `- **${id}: ${text}**`)),
  ].join('\n');
}

const COLUMNS = [
  ...['measured', 'contender', 'id', 'count', 'lost', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'],
  ...['CPU % of a core', 'memory MiB', 'other work % of the machine'],
];
/** The first three are text; numbers stand right. */
const ALIGNMENT = COLUMNS.map((_, i) => (i < 3 ? '---' : '---:'));

function table(rows: readonly Row[]): string[] {
  return [COLUMNS, ALIGNMENT, ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`);
}

function cells({ measured, contender, id, count, load, ...row }: Row): string[] {
  const times = [row.p50Ms, row.p95Ms, row.p99Ms, row.maxMs].map(milliseconds);
  const lost = load ? String(load.lost) : '';
  return [measured, contender, id, String(count), lost, ...times, ...loadCells(load)];
}

function loadCells(load: Load | undefined): string[] {
  if (!load) return ['', '', ''];
  const { cpuPercent, residentMiB, othersPercent } = load;
  return [cpuPercent.toFixed(1), residentMiB.toFixed(0), othersPercent.toFixed(0)];
}

function inWords({ id, delay, cpu, memory }: Comparison, rows: readonly Row[]): string {
  const [ours, rival] = [id, rows.find((row) => row.id === id)?.rival].map((wanted) =>
    rows.find((row) => row.id === wanted),
  );
  const times = `${milliseconds(ours?.p50Ms ?? 0)} ms against ${milliseconds(rival?.p50Ms ?? 0)} ms`;
  return [
    `${ours?.measured}: median ${times}, ${ratio(delay, 'shorter', 'longer')} than ${rival?.contender}`,
    ...(cpu === undefined ? [] : [`processor time ${ratio(cpu, 'less', 'more')}`]),
    ...(memory === undefined ? [] : [`memory ${ratio(memory, 'less', 'more')}`]),
  ].join('; ');
}

function ratio(times: number, better: string, worse: string): string {
  return times >= 1 ? `${significant(times)} × ${better}` : `${significant(1 / times)} × ${worse}`;
}

function significant(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
