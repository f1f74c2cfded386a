import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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

/** A machine may forbid it; then the network is shared, and the administrator is told. */
export const MAY_ISOLATE = spawnSync('unshare', ['--user', '--net', 'true']).status === 0;

/** Whether a process has the network of this one. */
export function sharesNetwork(pid: number): boolean {
  return readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
}

function statOf(pid: number): [string, string, string] | undefined {
  try {
    const stat = /^\d+ \((.*)\) (\S) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return stat ? [stat[1] ?? '', stat[2] ?? '', stat[3] ?? ''] : undefined;
  } catch {
    return undefined;
  }
}
