import { expect, it } from '@jest/globals';
import type { Caller } from '../../../src/access/caller.ts';
import type { LiveView } from '../../../src/liveview/liveview.ts';
import type { LiveRequest } from '../../../src/liveview/model.ts';
import { SocketRequests } from '../../../src/server/live/requests.ts';
import type { ServerMessage } from '../../../src/server/protocol.ts';
import { Sight, type SightDeps } from '../../../src/server/sight.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const ASKED: LiveRequest = {
  ...{ id: 'req_1', incident: 'inc_1', action: 'view', args: { site: 'square', text: '' } },
  ...{ user: 'daan', controlRoom: 'rotterdam', createdAt: '2026-01-01T00:00:00.000Z' },
  ...{ state: 'declined', reason: 'niets te zien' },
};

/** What a dispatcher who connects so long after the question is told. */
function toldAfter(minutes: number, user: string, controlRoom: string, request = ASKED): number {
  const clock = new ManualClock();
  clock.advance(minutes * 60_000);
  const sent: ServerMessage[] = [];
  const liveview = { requests: () => [request] } as Partial<LiveView> as LiveView;
  const caller: Caller = {
    ...{ user, role: 'dispatcher', side: 'police', controlRoom, address: '', session: '' },
    onEnd: () => () => undefined,
  };
  const sight = new Sight({ liveview } as SightDeps, caller);
  new SocketRequests({
    ...{ liveview, clock, caller, sight, onError: () => undefined },
    send: (message) => sent.push(message),
  }).start();
  return sent.length;
}

it.each([
  ['whoever asked', 15, 'daan', 'rotterdam', 1],
  ['a colleague', 15, 'dora', 'rotterdam', 1],
  ['another control room', 0, 'dirk', 'den-haag', 0],
  ['whoever asked, long after', 16, 'daan', 'rotterdam', 0],
])('the answer to a question for images is told to %s', (_, minutes, user, room, times) => {
  expect(toldAfter(minutes, user, room)).toBe(times);
});

it('the end of another request is told once, when it happens', () => {
  expect(toldAfter(1, 'daan', 'rotterdam', { ...ASKED, action: 'camera.switch' })).toBe(0);
});
