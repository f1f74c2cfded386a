import type { Clock } from '../src/core/clock.ts';
import type { Load } from './bench.ts';
import { machineTimes, type Usage, usageOf } from './usage.ts';

/** Below this the contenders wait for a processor, and that is what is measured. */
const OVERLOADED_IDLE_PERCENT = 10;
/** Above this the slowest pictures tell more about the other work than about the contender. */
const DISTURBED_PERCENT = 20;

export type MachineLoad = Omit<Load, 'lost'>;

/** What was used up to a moment. */
export interface Snapshot {
  readonly atMs: number;
  readonly contender: Usage;
  /** This process, the cameras and the contender. */
  readonly everything: Usage;
  readonly machine: { readonly busyMs: number; readonly idleMs: number };
}

export function snapshot(clock: Clock, pid: number): Snapshot {
  return {
    atMs: clock.nowMs(),
    contender: usageOf(pid),
    everything: usageOf(process.pid),
    machine: machineTimes(),
  };
}

/** What was used from one moment to the other. */
export function loadBetween(before: Snapshot, after: Snapshot): MachineLoad {
  const idleMs = after.machine.idleMs - before.machine.idleMs;
  const busyMs = after.machine.busyMs - before.machine.busyMs;
  const oursMs = after.everything.cpuMs - before.everything.cpuMs;
  const contenderMs = after.contender.cpuMs - before.contender.cpuMs;
  return {
    cpuPercent: (100 * contenderMs) / (after.atMs - before.atMs),
    residentMiB: after.contender.residentMiB,
    processes: after.contender.processes,
    idlePercent: (100 * idleMs) / (idleMs + busyMs),
    othersPercent: (100 * Math.max(0, busyMs - oursMs)) / (idleMs + busyMs),
  };
}

/** What the machine did beside the measurement that makes it doubtful. */
export function disturbances({
  idlePercent,
  othersPercent,
}: Pick<Load, 'idlePercent' | 'othersPercent'>): string[] {
  const idle = `${idlePercent.toFixed(0)} % idle`;
  const others = `other work took ${othersPercent.toFixed(0)} % of it`;
  return [
    ...(idlePercent < OVERLOADED_IDLE_PERCENT ? [`the machine was overloaded: ${idle}`] : []),
    ...(othersPercent > DISTURBED_PERCENT ? [`the machine was not quiet: ${others}`] : []),
  ];
}
