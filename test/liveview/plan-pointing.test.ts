import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../src/core/log.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { Pointing } from '../../src/liveview/plan-geometry.ts';
import type { PlacedCamera, Plan } from '../../src/liveview/plan-model.ts';
import { PlanPointing } from '../../src/liveview/plan-pointing.ts';
import { madeOf } from '../support/made-pictures.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { emptyState } from './empty-state.ts';

const turning = (camera: string): PlacedCamera => ({
  ...{ camera, x: 0.5, y: 0.5, heading: 0, fieldOfView: 60, range: 0.3 },
  degreesPerPan: 180,
});
const fixed = (camera: string): PlacedCamera => {
  const { degreesPerPan: _, ...rest } = turning(camera);
  return rest;
};

let clock: ManualClock;
let plans: Map<string, Plan>;
let incidents: Map<string, Incident>;
let asked: string[];
let answer: (camera: string) => Promise<Pointing | undefined>;
let told: number;
let pointing: PlanPointing;

beforeEach(() => {
  clock = new ManualClock();
  plans = new Map();
  incidents = new Map();
  asked = [];
  told = 0;
  answer = async () => ({ pan: 0.5, zoom: 0 });
  pointing = new PlanPointing({
    ...{ clock, log: silentLogger, state: { ...emptyState(), plans, incidents } },
    read: (camera) => {
      asked.push(camera);
      return answer(camera);
    },
  });
});
afterEach(() => pointing.stop());

function plan(...cameras: PlacedCamera[]): Plan {
  const { bytes, source, ...facts } = madeOf('plan');
  const made: Plan = {
    ...{ id: 'p', site: 's', name: 'p', origin: 'uploaded', source, cameras },
    ...{ picture: { ...facts, bytes: bytes.length }, addedAt: '', addedBy: '' },
  };
  plans.set('p', made);
  return made;
}

function incident(tiles: Incident['screen']['tiles'], state: Incident['state'] = 'open'): void {
  incidents.set('i', {
    ...{ id: 'i', type: 'other', site: 's', summary: '', priority: null, counts: {}, state },
    ...{ cameras: [], openedAt: '', openedBy: '', grants: [], notes: [] },
    screen: { tiles, focus: null },
  });
}

const watch = () =>
  pointing.watch('i', () => {
    told += 1;
  });
const sights = () => pointing.sights(plans.get('p') as Plan);

describe('a camera that turns is asked where it points', () => {
  it('once a second, while somebody follows a screen with a plan with it', async () => {
    plan(turning('a'), fixed('b'));
    incident([{ plan: 'p' }]);
    const forget = watch();
    await clock.advanceAsync(3_500);
    expect(asked).toEqual(['a', 'a', 'a', 'a']);
    expect(sights()).toEqual([{ camera: 'a', heading: 90, fieldOfView: 60 }]);
    expect(told).toBe(4);
    forget();
    await clock.advanceAsync(5_000);
    expect([asked.length, clock.timers]).toEqual([4, 0]);
  });

  it.each<[string, () => unknown]>([
    ['while the plan is on no screen', () => incident([{ camera: 'a' }])],
    ['of an incident that is over', () => incident([{ plan: 'p' }], 'closed')],
    ['when it is on no plan', () => plan(fixed('a'))],
  ])('and not %s', async (_what, change) => {
    plan(turning('a'));
    incident([{ plan: 'p' }]);
    change();
    watch();
    await clock.advanceAsync(5_000);
    expect(asked).toEqual([]);
  });

  it('and not for whoever follows another incident', async () => {
    plan(turning('a'));
    incident([{ plan: 'p' }]);
    pointing.watch('another', () => undefined);
    await clock.advanceAsync(5_000);
    expect(asked).toEqual([]);
  });

  it('one question at a time, however long it takes', async () => {
    plan(turning('a'));
    incident([{ plan: 'p' }]);
    answer = () => new Promise(() => undefined);
    watch();
    await clock.advanceAsync(10_000);
    expect(asked).toEqual(['a']);
  });

  it('eight at a time, those that waited longest first', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    plan(...names.map(turning));
    incident([{ plan: 'p' }]);
    watch();
    await clock.advanceAsync(0);
    expect(asked).toEqual(names.slice(0, 8));
    await clock.advanceAsync(1_000);
    expect(asked.slice(8)).toEqual([...names.slice(8), ...names.slice(0, 4)]);
  });

  it('by one question for all who follow', async () => {
    plan(turning('a'));
    incident([{ plan: 'p' }]);
    watch();
    watch();
    await clock.advanceAsync(0);
    expect([asked, told]).toEqual([['a'], 2]);
  });
});

describe('where a camera points is not known', () => {
  it('when it does not say, or cannot be asked', async () => {
    plan(turning('a'));
    incident([{ plan: 'p' }]);
    for (const reply of [undefined, {}, { zoom: 1 }]) {
      answer = async () => reply;
      watch();
      await clock.advanceAsync(1_000);
      expect(sights()).toEqual([]);
    }
    answer = () => Promise.reject(new Error('unreachable'));
    await clock.advanceAsync(1_000);
    expect(sights()).toEqual([]);
  });

  it('when it has not said for a while', async () => {
    plan(turning('a'));
    incident([{ plan: 'p' }]);
    watch();
    await clock.advanceAsync(0);
    answer = () => Promise.reject(new Error('unreachable'));
    await clock.advanceAsync(4_900);
    expect(sights()).toHaveLength(1);
    await clock.advanceAsync(200);
    expect(sights()).toEqual([]);
  });

  it('of one whose direction is drawn as it was placed', async () => {
    plan(fixed('a'));
    incident([{ plan: 'p' }]);
    watch();
    await clock.advanceAsync(0);
    expect(sights()).toEqual([]);
  });
});
