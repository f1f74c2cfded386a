import { describe, expect, it, jest } from '@jest/globals';
import type { RequestOptions } from '../../src/client/request-handle.ts';
import { RequestHandle } from '../../src/client/request-handle.ts';
import { manualClientClock } from './manual-client-clock.ts';

function asked(options: RequestOptions) {
  const { manual, clock } = manualClientClock();
  const sent: { type: string }[] = [];
  const forget = jest.fn();
  const handle = new RequestHandle('r1', options, {
    send: (message) => sent.push(message),
    clock,
    forget,
  });
  handle.ask();
  return { manual, sent, forget, handle, types: () => sent.map((message) => message.type) };
}

const MOVE = { action: 'ptz.move', camera: 'dome', args: { pan: 0.5 } } as const;

describe('RequestHandle', () => {
  it('asks with what it was given', () => {
    const { sent } = asked({ ...MOVE, incident: 'i1' });
    expect(sent).toEqual([
      {
        type: 'request',
        id: 'r1',
        action: 'ptz.move',
        incident: 'i1',
        camera: 'dome',
        args: { pan: 0.5 },
      },
    ]);
  });

  it('holds a movement five times a second, pending or running', () => {
    const { manual, types, handle } = asked(MOVE);
    manual.advance(400);
    handle.update({ state: 'running' });
    manual.advance(600);
    expect(types()).toEqual(['request', 'hold', 'hold', 'hold', 'hold', 'hold']);
  });

  it('releases once and holds no more', () => {
    const { manual, types, handle } = asked(MOVE);
    manual.advance(200);
    handle.release();
    handle.release();
    manual.advance(1_000);
    expect(types()).toEqual(['request', 'hold', 'release']);
    expect(manual.timers).toBe(0);
  });

  it.each([
    { action: 'ptz.take', camera: 'dome' },
    { action: 'relay.set', camera: 'dome', args: { output: 'light', on: true } },
  ] as const)(
    'ends by $action what runs, is not held, and stays when its client closes',
    (options) => {
      const { manual, types, handle } = asked(options);
      // A question that waits is not taken back.
      handle.release();
      handle.update({ state: 'running' });
      handle.letGo();
      manual.advance(1_000);
      expect(types()).toEqual(['request']);
      handle.release();
      handle.release();
      expect(types()).toEqual(['request', 'release']);
    },
  );

  it.each(['done', 'declined', 'failed', 'expired'] as const)('stops holding when %s', (state) => {
    const { manual, types, handle, forget } = asked(MOVE);
    handle.update({ state, reason: 'because' });
    handle.release();
    manual.advance(1_000);
    expect(types()).toEqual(['request']);
    expect(handle).toMatchObject({ state, reason: 'because', final: true });
    expect(forget).toHaveBeenCalledTimes(1);
  });

  it('has the code of its reason', () => {
    const { handle } = asked(MOVE);
    handle.update({ state: 'failed', reason: 'not heard for 600 ms', reasonCode: 'hold-lost' });
    expect(handle).toMatchObject({ reason: 'not heard for 600 ms', reasonCode: 'hold-lost' });
  });

  it('neither holds nor releases what is done at once', () => {
    const { manual, types, handle } = asked({ action: 'ptz.home', camera: 'dome' });
    manual.advance(1_000);
    handle.release();
    expect(types()).toEqual(['request']);
  });

  it('tells every change and who decided, and nothing after the last', () => {
    const states: string[] = [];
    const { handle } = asked({ ...MOVE, onState: (h) => states.push(`${h.state} ${h.by}`) });
    handle.update({ state: 'accepted', by: 'anna' });
    handle.update({ state: 'running' });
    handle.update({ state: 'done' });
    handle.update({ state: 'failed' });
    expect(states).toEqual(['accepted anna', 'running anna', 'done anna']);
  });
});
