import { describe, expect, it } from '@jest/globals';
import type { RequestState } from '../../src/liveview/model.ts';
import {
  isDecided,
  nextRequestState,
  type RequestEvent,
} from '../../src/liveview/request-machine.ts';

const EVENTS: RequestEvent[] = ['accept', 'decline', 'expire', 'replace', 'move', 'finish', 'fail'];
const __ = undefined;

/** Every state against every event; what is not a state is forbidden. */
const TABLE: [RequestState, (RequestState | undefined)[]][] = [
  //            accept      decline     expire     replace    move       finish  fail
  ['pending', ['accepted', 'declined', 'expired', 'expired', __, __, __]],
  ['accepted', [__, __, __, __, 'running', 'done', 'failed']],
  ['running', [__, __, __, __, __, 'done', 'failed']],
  ['done', [__, __, __, __, __, __, __]],
  ['declined', [__, __, __, __, __, __, __]],
  ['failed', [__, __, __, __, __, __, __]],
  ['expired', [__, __, __, __, __, __, __]],
];

describe('a request', () => {
  describe.each(TABLE)('that is %s', (state, targets) => {
    it.each(EVENTS.map((event, index) => [event, targets[index]] as const))(
      'on %s becomes %s',
      (event, target) => {
        expect(nextRequestState(state, event)).toBe(target);
      },
    );
  });

  it('is decided when nothing can happen to it any more', () => {
    const decided = TABLE.filter(([state]) => isDecided(state)).map(([state]) => state);
    expect(decided).toEqual(['done', 'declined', 'failed', 'expired']);
  });
});
