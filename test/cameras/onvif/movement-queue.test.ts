import { describe, expect, it } from '@jest/globals';
import { type IsWanted, MovementQueue } from '../../../src/cameras/onvif/movement-queue.ts';
import { codeOf } from '../../../src/core/errors.ts';
import { settle } from '../../support/manual-clock.ts';

/** A queue whose movements end when the test says so. */
function setUp() {
  const queue = new MovementQueue();
  const sent: string[] = [];
  const ends = new Map<string, () => void>();
  const wanted = new Map<string, IsWanted>();
  const move = (name: string) =>
    queue
      .movement((isWanted) => {
        sent.push(name);
        wanted.set(name, isWanted);
        return new Promise((resolve) => ends.set(name, resolve));
      })
      .then(() => 'done', codeOf);
  const stop = () =>
    queue.stop(async () => {
      sent.push('stop');
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await settle();
  };
  return { sent, wanted, move, stop, end };
}

describe('the queue of movements', () => {
  it('sends the first before it returns', () => {
    const { sent, move } = setUp();
    void move('a');
    expect(sent).toEqual(['a']);
  });

  it('sends one at a time, and of those that wait only the newest', async () => {
    const { sent, move, end } = setUp();
    const all = ['a', 'b', 'c', 'd'].map(move);
    await end('a');
    await end('d');
    expect(sent).toEqual(['a', 'd']);
    expect(await Promise.all(all)).toEqual(['done', 'aborted', 'aborted', 'done']);
  });

  it('sends Stop before it returns, past everything, and drops what waits', async () => {
    const { sent, move, stop, end } = setUp();
    void move('a');
    const waiting = move('b');
    const stopped = stop();
    expect(sent).toEqual(['a', 'stop']);
    expect(await waiting).toBe('aborted');
    await end('a');
    await stopped;
    expect(sent).toEqual(['a', 'stop', 'stop']);
  });

  it('sends Stop once when nothing is on its way', async () => {
    const { sent, move, stop, end } = setUp();
    void move('a');
    await end('a');
    await stop();
    expect(sent).toEqual(['a', 'stop']);
  });

  it('tells a movement of several requests that it is not wanted any more', async () => {
    const { wanted, move, stop } = setUp();
    void move('a');
    expect(wanted.get('a')?.()).toBe(true);
    void stop();
    expect(wanted.get('a')?.()).toBe(false);
  });

  it('begins what is asked for after Stop when Stop has ended', async () => {
    const { sent, move, stop, end } = setUp();
    void move('a');
    const stopped = stop();
    void move('b');
    expect(sent).toEqual(['a', 'stop']);
    await end('a');
    await stopped;
    await settle();
    expect(sent).toEqual(['a', 'stop', 'stop', 'b']);
  });

  it('goes on after a movement or a Stop that failed', async () => {
    const queue = new MovementQueue();
    const failing = queue.movement(() => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    await expect(queue.stop(() => Promise.reject(new Error('deaf')))).rejects.toThrow('deaf');
    await expect(queue.movement(async () => undefined)).resolves.toBeUndefined();
  });

  it('is content when the Stop after the movement arrived, and not when it did not', async () => {
    const queue = new MovementQueue();
    const outcomes = [Promise.reject(new Error('lost')), Promise.resolve()];
    for (const outcome of outcomes) outcome.catch(() => undefined);
    void queue.movement(async () => undefined);
    const sends = [...outcomes];
    await expect(queue.stop(() => sends.shift() ?? Promise.resolve())).resolves.toBeUndefined();
    void queue.movement(async () => undefined);
    const reversed = [...outcomes].reverse();
    await expect(queue.stop(() => reversed.shift() ?? Promise.resolve())).rejects.toThrow('lost');
  });
});
