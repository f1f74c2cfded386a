import { describe, expect, it } from '@jest/globals';
import {
  initialState,
  next,
  type QualityEvent,
  type QualityState,
} from '../../../src/gateway/quality/quality-machine.ts';

const LEVELS = [
  { quality: 'main', kbps: 4_000 },
  { quality: 'sub', kbps: 1_000 },
  { quality: 'low', kbps: 400 },
];
const LINE = { levels: LEVELS, takenKbps: 4_000, shareKbps: Number.POSITIVE_INFINITY };

const at = (quality: string, more: Partial<QualityState> = {}): QualityState => ({
  ...initialState(quality, 0),
  ...more,
});
const taken = (nowMs: number, more: Partial<Extract<QualityEvent, { kind: 'taken' }>> = {}) =>
  ({ kind: 'taken', nowMs, waitedMs: 0, dropped: 0, ...LINE, ...more }) as const;
const reported = (nowMs: number, more: Partial<Extract<QualityEvent, { kind: 'reported' }>> = {}) =>
  ({ kind: 'reported', nowMs, lateMs: 20, decoded: 25, dropped: 0, ...LINE, ...more }) as const;

function run(state: QualityState, ...events: QualityEvent[]): QualityState {
  return events.reduce(next, state);
}

describe('down, at once', () => {
  it.each<[string, QualityState, QualityEvent[], string]>([
    ['what it missed', at('main'), [taken(100, { dropped: 1, takenKbps: 2_000 })], 'sub'],
    [
      'to what 0.8 of its line holds',
      at('main'),
      [taken(100, { dropped: 1, takenKbps: 1_200 })],
      'low',
    ],
    [
      'to the cheapest where nothing fits',
      at('main'),
      [taken(9, { dropped: 1, takenKbps: 0 })],
      'low',
    ],
    ['one at least', at('main'), [taken(9, { dropped: 9, takenKbps: 99_000 })], 'sub'],
    [
      'late for half a second',
      at('main'),
      [taken(0, { waitedMs: 900 }), taken(500, { waitedMs: 900, takenKbps: 1_500 })],
      'sub',
    ],
    ['its share', at('main'), [taken(10, { shareKbps: 500 })], 'low'],
    [
      'its share, however much it took',
      at('main'),
      [taken(10, { shareKbps: 1_000, takenKbps: 100 })],
      'sub',
    ],
    [
      'it says twice that it shows late',
      at('main'),
      [reported(6_000, { lateMs: 2_000 }), reported(7_000, { lateMs: 2_000 })],
      'sub',
    ],
    [
      'it says twice that it leaves out pictures',
      at('main'),
      [reported(6_000, { dropped: 10 }), reported(7_000, { dropped: 10 })],
      'sub',
    ],
  ])('%s', (_, state, events, wanted) => {
    expect(run(state, ...events).wanted).toBe(wanted);
  });
});

describe('stays where it is', () => {
  it.each<[string, QualityState, QualityEvent[]]>([
    ['late for a moment', at('main'), [taken(0, { waitedMs: 900 }), taken(499, { waitedMs: 900 })]],
    [
      'late twice, and on time between',
      at('main'),
      [taken(0, { waitedMs: 900 }), taken(300), taken(600, { waitedMs: 900 })],
    ],
    [
      'a little late for ever',
      at('main'),
      [taken(0, { waitedMs: 700 }), taken(9_000, { waitedMs: 700 })],
    ],
    ['nothing is cheaper', at('low'), [taken(10, { dropped: 50, takenKbps: 0 })]],
    ['nothing is better', at('main'), [taken(100_000)]],
    ['one complaint', at('main'), [reported(6_000, { lateMs: 9_000 })]],
    [
      'complaints with a good report between',
      at('main'),
      [reported(6_000, { lateMs: 9_000 }), reported(7_000), reported(8_000, { lateMs: 9_000 })],
    ],
    [
      'what it says of the quality that it had before',
      at('sub'),
      [reported(1_000, { lateMs: 9_000 }), reported(4_900, { lateMs: 9_000 })],
    ],
    ['not calm for long enough', at('sub'), [taken(9_999)]],
    ['the better one is more than its share', at('sub'), [taken(60_000, { shareKbps: 3_999 })]],
    ['late in between', at('sub'), [taken(9_000, { waitedMs: 801 }), taken(18_000)]],
    ['what it wants was refused', at('sub', { wanted: 'main' }), [{ kind: 'refused', nowMs: 5 }]],
    ['trouble while it waits to move up', at('low', { wanted: 'sub' }), [taken(5, { dropped: 1 })]],
  ])('%s', (_, state, events) => {
    const { quality, wanted } = run(state, ...events);
    expect(wanted).toBe(quality);
  });
});

describe('up, slowly', () => {
  it('after ten seconds of calm, one step', () => {
    expect(run(at('low'), taken(10_000)).wanted).toBe('sub');
  });

  it('to no more while it moves', () => {
    const moving = at('low', { wanted: 'sub' });
    expect(run(moving, taken(99_000)).wanted).toBe('sub');
    expect(run(at('main', { wanted: 'sub' }), taken(5, { dropped: 1, takenKbps: 0 })).wanted).toBe(
      'sub',
    );
  });

  it('later each time that a step did not go well within half a minute, at most 160 s', () => {
    let state = at('sub');
    let nowMs = 0;
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      nowMs += state.upWaitMs - 1;
      expect(next(state, taken(nowMs)).wanted).toBe('sub');
      nowMs += 1;
      state = run(
        state,
        taken(nowMs),
        { kind: 'moved', nowMs, quality: 'main', up: true },
        taken(nowMs + 29_999, { dropped: 3, takenKbps: 1_500 }),
        { kind: 'moved', nowMs: nowMs + 29_999, quality: 'sub', up: false },
      );
      nowMs += 29_999;
      waits.push(state.upWaitMs / 1_000);
    }
    expect(waits).toEqual([20, 40, 80, 160, 160, 160]);
  });

  it('no later when the step held for half a minute', () => {
    const moved = { kind: 'moved', nowMs: 0, quality: 'main', up: true } as const;
    expect(run(at('sub'), moved, taken(30_000), taken(31_000, { dropped: 1 })).upWaitMs).toBe(
      10_000,
    );
  });

  it('forgives after five calm minutes', () => {
    const state = at('main', { upWaitMs: 80_000 });
    expect(run(state, taken(299_999)).upWaitMs).toBe(80_000);
    expect(run(state, taken(300_000)).upWaitMs).toBe(10_000);
  });
});
