import { readdirSync, readFileSync } from 'node:fs';

/** From /proc/PID/stat: PID (command) state parent …, proc(5). */
export function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => statOf(pid)?.[2] === String(parent));
}

/** Undefined for one that has ended, buried or not. */
export function commandOf(pid: number): string | undefined {
  const stat = statOf(pid);
  return stat?.[1] === 'Z' ? undefined : stat?.[0];
}

function statOf(pid: number): [string, string, string] | undefined {
  try {
    const stat = /^\d+ \((.*)\) (\S) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return stat ? [stat[1] ?? '', stat[2] ?? '', stat[3] ?? ''] : undefined;
  } catch {
    return undefined;
  }
}
