import { readdirSync, readFileSync } from 'node:fs';

/**
 * What a process and those that it started take, from Linux's /proc (proc(5)).
 *
 *   /proc/PID/stat   pid (command) state ppid … utime stime cutime cstime …   fields 4 and 14 to 17
 */
export interface Usage {
  /** Of the processes together. */
  readonly residentMiB: number;
  readonly processes: number;
  /** Time on a processor so far, those that have ended included. */
  readonly cpuMs: number;
}

/** USER_HZ, which Linux shows to programs as 100 on every architecture that Node runs on. */
const MS_PER_TICK = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

export function usageOf(pid: number): Usage {
  const family = withDescendants(pid, readAll());
  return {
    residentMiB: family.reduce((sum, process) => sum + residentKiB(process.pid), 0) / 1_024,
    processes: family.length,
    cpuMs: family.reduce((sum, process) => sum + process.ticks, 0) * MS_PER_TICK,
  };
}

/** Time that all processors were busy and idle since the machine started. */
export function machineTimes(): { busyMs: number; idleMs: number } {
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n');
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  const all = ticks.reduce((sum, value) => sum + value, 0);
  return { busyMs: (all - idle) * MS_PER_TICK, idleMs: idle * MS_PER_TICK };
}

function withDescendants(pid: number, all: readonly Process[]): Process[] {
  const family = all.filter((process) => process.pid === pid);
  for (let i = 0; i < family.length; i++) {
    family.push(...all.filter(({ parent }) => parent === family[i]?.pid));
  }
  return family;
}

function readAll(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readIfThere(`/proc/${name}/stat`);
      return stat === undefined ? [] : [parseStat(stat)];
    });
}

/** The command may contain spaces and brackets, so that fields are counted from the last bracket. */
export function parseStat(stat: string): Process {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0);
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), ticks };
}

function residentKiB(pid: number): number {
  const status = readIfThere(`/proc/${pid}/status`) ?? '';
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

/** Undefined for a process that ended in the meantime. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
