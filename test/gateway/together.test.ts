import { describe, expect, it } from '@jest/globals';
import { Together } from '../../src/gateway/together.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

function work() {
  const clock = new ManualClock();
  const together = new Together<number>(clock, 1_000);
  let times = 0;
  const settlers: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const ask = (key = 'shop') =>
    together.get(key, () => {
      times += 1;
      return new Promise((resolve, reject) => settlers.push({ resolve, reject }));
    });
  return { clock, together, ask, times: () => times, settlers };
}

describe('work that is shared', () => {
  it('is done once for all who ask while it goes on, however long that is', async () => {
    const { clock, ask, times, settlers } = work();
    const first = ask();
    clock.advance(5_000);
    const second = ask();
    settlers[0]?.resolve(1);
    expect(await Promise.all([first, second])).toEqual([1, 1]);
    expect(times()).toBe(1);
  });

  it('is done anew a second after it began', async () => {
    const { clock, ask, times, settlers } = work();
    const first = ask();
    clock.advance(600);
    settlers[0]?.resolve(1);
    await first;
    clock.advance(399);
    expect(await ask()).toBe(1);
    clock.advance(1);
    void ask();
    expect(times()).toBe(2);
  });

  it('is not done again at once when it failed', async () => {
    const { clock, ask, times, settlers } = work();
    const first = ask();
    settlers[0]?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await expect(ask()).rejects.toThrow('broken');
    clock.advance(1_000);
    void ask();
    expect(times()).toBe(2);
  });

  it('is another for another key', () => {
    const { ask, times } = work();
    void ask('shop');
    void ask('square');
    expect(times()).toBe(2);
  });

  it('is forgotten when its result is of no use, but not what came after it', async () => {
    const { clock, together, ask, times, settlers } = work();
    const first = ask();
    together.forget('shop', first);
    const second = ask();
    together.forget('shop', first);
    expect(ask()).toBe(second);
    expect(times()).toBe(2);
    settlers[0]?.resolve(1);
    await settle();
    clock.advance(1_000);
    expect(ask()).toBe(second);
  });
});
