import { expect, it } from '@jest/globals';
import { Runner } from '../../src/core/runner.ts';
import { settle } from '../support/manual-clock.ts';

/** Work that takes until it is let go after it was told to stop. */
function slowWork() {
  const log: string[] = [];
  let letGo: () => void = () => undefined;
  const runner = new Runner('the work', async (signal) => {
    log.push('begun');
    await new Promise<void>((resolve) => {
      letGo = resolve;
    });
    log.push(signal.aborted ? 'stopped' : 'ended');
  });
  return { runner, log, letGo: () => letGo() };
}

it('a runner starts once, stops when the work has ended, and starts again after that', async () => {
  const { runner, log, letGo } = slowWork();
  runner.start();
  runner.start();
  await settle();
  expect(log).toEqual(['begun']);
  const stopped = runner.stop();
  runner.start();
  await settle();
  expect(log).toEqual(['begun']);
  letGo();
  await stopped;
  await settle();
  expect(log).toEqual(['begun', 'stopped', 'begun']);
  const again = runner.stop();
  letGo();
  await again;
  expect(log.at(-1)).toBe('stopped');
});

it('a runner that was never started has nothing to stop', async () => {
  await slowWork().runner.stop();
});
