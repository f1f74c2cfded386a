import { describe, expect, it } from '@jest/globals';
import { disturbances, loadBetween, type Snapshot, snapshot } from '../../bench/load.ts';
import { systemClock } from '../../src/core/clock.ts';

const usage = (cpuMs: number) => ({ cpuMs, residentMiB: 100, processes: 2 });

/** Two cores, ten seconds: 20 s of processor time, of which 5 s were busy. */
const before: Snapshot = {
  atMs: 1_000,
  contender: usage(500),
  everything: usage(2_000),
  machine: { busyMs: 70_000, idleMs: 900_000 },
};
const after: Snapshot = {
  atMs: 11_000,
  contender: usage(1_500),
  everything: usage(5_000),
  machine: { busyMs: 75_000, idleMs: 915_000 },
};

describe('the load between two moments', () => {
  it('is that of the contender as a part of one core, and of the machine as a part of all', () => {
    expect(loadBetween(before, after)).toEqual({
      cpuPercent: 10,
      residentMiB: 100,
      processes: 2,
      idlePercent: 75,
      othersPercent: 10,
    });
  });

  it('never has others do less than nothing, as two accounts of one thing may differ', () => {
    const alone = { ...after, machine: { busyMs: 72_990, idleMs: 917_010 } };
    expect(loadBetween(before, alone).othersPercent).toBe(0);
  });

  it('counts this process to what belongs to the measurement', () => {
    const { contender, everything } = snapshot(systemClock, process.pid);
    expect(everything.processes).toBe(contender.processes);
    expect(everything.cpuMs).toBeGreaterThan(0);
  });
});

describe('disturbances', () => {
  it('are not mentioned on a quiet machine', () => {
    expect(disturbances({ idlePercent: 80, othersPercent: 5 })).toEqual([]);
  });

  it('are mentioned when no processor was left, or when others took much of it', () => {
    expect(disturbances({ idlePercent: 4, othersPercent: 1 })).toEqual([
      'the machine was overloaded: 4 % idle',
    ]);
    expect(disturbances({ idlePercent: 40, othersPercent: 45 })).toEqual([
      'the machine was not quiet: other work took 45 % of it',
    ]);
  });
});
