import { describe, expect, it } from '@jest/globals';
import { Lifecycle, type Service } from '../../src/core/lifecycle.ts';

function recorder(failing: readonly string[] = []) {
  const calls: string[] = [];
  const service = (name: string): Service => ({
    name,
    start: () => act(`start ${name}`),
    stop: () => act(`stop ${name}`),
  });
  const act = (call: string) => {
    calls.push(call);
    if (failing.includes(call)) throw new Error(`${call} failed`);
  };
  return { calls, lifecycle: new Lifecycle(['a', 'b', 'c'].map(service)) };
}

describe('Lifecycle', () => {
  it('starts in order and stops in reverse, once', async () => {
    const { calls, lifecycle } = recorder();
    await lifecycle.start();
    await lifecycle.stop();
    await lifecycle.stop();
    expect(calls).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  });

  it('stops what had started when a start fails, and passes that failure on', async () => {
    const { calls, lifecycle } = recorder(['start c']);
    await expect(lifecycle.start()).rejects.toThrow('start c failed');
    expect(calls).toEqual(['start a', 'start b', 'start c', 'stop b', 'stop a']);
  });

  it('runs every stop though some fail, and reports them all', async () => {
    const { calls, lifecycle } = recorder(['stop c', 'stop a']);
    await lifecycle.start();
    await expect(lifecycle.stop()).rejects.toMatchObject({
      code: 'stop-failed',
      message: expect.stringMatching(/stop c failed; stop a failed/),
    });
    expect(calls.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
  });
});
