import { describe, expect, it } from '@jest/globals';
import { liveEdge } from '../../web/shared/player/live-edge.ts';

const range = { startS: 10, endS: 20 };

describe('liveEdge', () => {
  it.each([
    ['plays on at the edge', 19.95, { seekToS: undefined, rate: 1 }],
    ['leans forward when a little behind', 19.85, { seekToS: undefined, rate: 1.05 }],
    ['hurries when behind', 19.5, { seekToS: undefined, rate: 1.25 }],
    ['jumps when far behind', 18.9, { seekToS: 19.92, rate: 1 }],
    ['jumps in from before the buffer', 0, { seekToS: 19.92, rate: 1 }],
    ['jumps back from beyond the buffer', 25, { seekToS: 19.92, rate: 1 }],
  ])('%s', (_what, currentS, expected) => {
    expect(liveEdge(currentS, range)).toEqual(expected);
  });

  it('never jumps to before the buffer', () => {
    expect(liveEdge(0, { startS: 5, endS: 5.04 }).seekToS).toBe(5);
  });
});
