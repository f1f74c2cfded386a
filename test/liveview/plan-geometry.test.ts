import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFollowed, sightOf } from '../../src/liveview/plan-geometry.ts';
import type { Placement } from '../../src/liveview/plan-model.ts';

const FIXED: Placement = { x: 0.5, y: 0.5, heading: 90, fieldOfView: 60, range: 0.3 };
const TURNS: Placement = { ...FIXED, degreesPerPan: 180 };
const ZOOMS: Placement = { ...FIXED, fieldOfViewZoomed: 3 };

describe('what a camera sees on a plan', () => {
  it.each<[string, Placement, { pan?: number; zoom?: number }, object | undefined]>([
    ['a fixed camera, whatever it says', FIXED, { pan: 1 }, { heading: 90, fieldOfView: 60 }],
    ['one that turns, ahead', TURNS, { pan: 0 }, { heading: 90, fieldOfView: 60 }],
    ['to the right', TURNS, { pan: 0.5 }, { heading: 180, fieldOfView: 60 }],
    ['to the left, past the top', TURNS, { pan: -0.75 }, { heading: 315, fieldOfView: 60 }],
    ['all around', TURNS, { pan: 1 }, { heading: 270, fieldOfView: 60 }],
    [
      'one that is mounted upside down',
      { ...FIXED, degreesPerPan: -170 },
      { pan: 0.5 },
      { heading: 5, fieldOfView: 60 },
    ],
    ['that does not say where it points', TURNS, { zoom: 0 }, undefined],
    ['one that zooms, wide', ZOOMS, { zoom: 0 }, { heading: 90, fieldOfView: 60 }],
    ['far', ZOOMS, { zoom: 1 }, { heading: 90, fieldOfView: 3 }],
    [
      'half: the focal length is between, the angle much smaller',
      ZOOMS,
      { zoom: 0.5 },
      { heading: 90, fieldOfView: 5.7 },
    ],
    ['further than it goes', ZOOMS, { zoom: 7 }, { heading: 90, fieldOfView: 3 }],
    ['that does not say how far', ZOOMS, { pan: 0 }, undefined],
    [
      'one that looks all around',
      { ...FIXED, fieldOfView: 360, fieldOfViewZoomed: 60 },
      { zoom: 0.5 },
      { heading: 90, fieldOfView: 210 },
    ],
  ])('%s', (_what, placement, pointing, sight) => {
    expect(sightOf(placement, pointing)).toEqual(sight);
  });

  it('is within the bounds of a plan, whatever a camera says', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, number, (pan, zoom) => {
        const sight = sightOf({ ...TURNS, fieldOfViewZoomed: 2 }, { pan, zoom });
        expect(sight?.heading).toBeGreaterThanOrEqual(0);
        expect(sight?.heading).toBeLessThan(360);
        expect(sight?.fieldOfView).toBeGreaterThanOrEqual(2);
        expect(sight?.fieldOfView).toBeLessThanOrEqual(60);
      }),
    );
  });

  it('depends on its pointing only where it says so', () => {
    expect([FIXED, TURNS, ZOOMS].map(isFollowed)).toEqual([false, true, true]);
  });
});
