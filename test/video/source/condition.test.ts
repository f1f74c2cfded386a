import { describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../../src/core/errors.ts';
import {
  type ConditionKind,
  judge,
  type StreamFacts,
} from '../../../src/video/source/condition.ts';

const NOW_MS = 100_000;
const STALLED_MS = 3_000;
const REFUSED = new LiveViewError('camera-refused-credentials', 'no');

/** A camera that is well, but for what is given. */
function facts(different: Partial<StreamFacts>): StreamFacts {
  return {
    ...{ source: 'playing', error: undefined, signalLost: false, driftMs: 0 },
    ...{ pictureMs: NOW_MS - 40, advancedMs: NOW_MS - 40 },
    ...different,
  };
}

const CASES: readonly [
  string,
  Partial<StreamFacts>,
  ConditionKind | undefined,
  before?: ConditionKind,
][] = [
  ['nobody pulls it', { source: 'idle' }, undefined],
  [
    'nobody pulls it any more',
    { source: 'idle', error: REFUSED, signalLost: true },
    undefined,
    'ok',
  ],
  ['the first attempt', { source: 'connecting' }, 'connecting'],
  ['an attempt that failed', { source: 'waiting', error: REFUSED }, 'no-connection', 'connecting'],
  ['the next attempt', { source: 'connecting', error: REFUSED }, 'no-connection', 'no-connection'],
  [
    'no connection, whatever the camera said before',
    { source: 'waiting', error: REFUSED, signalLost: true },
    'no-connection',
  ],
  ['pictures', {}, 'ok', 'connecting'],
  ['a picture just in time', { pictureMs: NOW_MS - 2_999 }, 'ok', 'ok'],
  ['no picture for the term', { pictureMs: NOW_MS - 3_000 }, 'stalled', 'ok'],
  ['a picture again', {}, 'ok', 'stalled'],
  ['time that stands still a little', { advancedMs: NOW_MS - 2_039 }, 'ok', 'ok'],
  ['time that stands still', { advancedMs: NOW_MS - 2_040 }, 'time-frozen', 'ok'],
  [
    'neither pictures nor time',
    { pictureMs: NOW_MS - 3_000, advancedMs: NOW_MS - 6_000 },
    'stalled',
    'time-frozen',
  ],
  [
    'one picture in ten seconds, with its time',
    { pictureMs: NOW_MS - 10, advancedMs: NOW_MS - 10 },
    'ok',
    'stalled',
  ],
  ['a camera without a signal', { signalLost: true }, 'signal-lost', 'ok'],
  [
    'one that sends nothing because of it',
    { signalLost: true, pictureMs: 0 },
    'signal-lost',
    'stalled',
  ],
  ['a drift that is allowed', { driftMs: 500 }, 'ok', 'ok'],
  ['a clock that is slow', { driftMs: 501 }, 'clock-drift', 'ok'],
  ['a clock that is fast', { driftMs: -501 }, 'clock-drift', 'ok'],
  ['a drift that has become less', { driftMs: 251 }, 'clock-drift', 'clock-drift'],
  ['a drift that has become small', { driftMs: 250 }, 'ok', 'clock-drift'],
  [
    'a drift while nothing comes',
    { driftMs: 900, pictureMs: NOW_MS - 5_000 },
    'stalled',
    'clock-drift',
  ],
];

describe('what is said of a stream', () => {
  it.each(CASES)('%s', (...[, different, expected, before]) => {
    expect(judge(facts(different), before, NOW_MS, STALLED_MS)).toBe(expected);
  });
});
