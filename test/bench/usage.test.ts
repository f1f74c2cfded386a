import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { machineTimes, parseStat, usageOf } from '../../bench/usage.ts';

describe('what a process takes', () => {
  it('is read from the right fields, whatever the command is called', () => {
    const stat = '4211 (odd ) name 7) S 4200 1 1 0 -1 4194560 10 0 0 0 150 25 40 5 20 0 11 0 99';
    expect(parseStat(stat)).toEqual({ pid: 4211, parent: 4200, ticks: 220 });
  });

  it('includes the processes that it started', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      const together = usageOf(process.pid);
      const alone = usageOf(child.pid ?? 0);
      expect(alone.processes).toBe(1);
      expect(together.processes).toBeGreaterThanOrEqual(2);
      expect(together.residentMiB).toBeGreaterThan(alone.residentMiB);
      expect(alone.residentMiB).toBeGreaterThan(0);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('keeps the time of a process that has ended', async () => {
    const before = usageOf(process.pid).cpuMs;
    const child = spawn(process.execPath, ['-e', 'for (let i = 0; i < 3e7; i++);']);
    await once(child, 'exit');
    expect(usageOf(process.pid).cpuMs).toBeGreaterThan(before);
  });

  it('is nothing for a process that is not there', () => {
    expect(usageOf(2 ** 30)).toEqual({ residentMiB: 0, processes: 0, cpuMs: 0 });
  });

  it('can be set against what the whole machine did', () => {
    const { busyMs, idleMs } = machineTimes();
    expect(busyMs).toBeGreaterThan(0);
    expect(idleMs).toBeGreaterThan(0);
  });
});
