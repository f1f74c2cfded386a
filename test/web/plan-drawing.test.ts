import { describe, expect, it } from '@jest/globals';
import { bearing, drawCamera, sector } from '../../web/shared/plan-drawing.ts';

const SIZE = { width: 1_000, height: 500 };
const placed = { camera: 'a', x: 0.5, y: 0.5, heading: 90, fieldOfView: 90, range: 0.1 };

describe('a camera on a plan', () => {
  it('is drawn where it stands, as far as it sees, the way it looks', () => {
    expect(drawCamera(placed, SIZE, [])).toEqual({
      ...{ camera: 'a', x: 500, y: 250, heading: 90 },
      sight: 'M 500 250 L 570.7 179.3 A 100 100 0 0 1 570.7 320.7 Z',
    });
  });

  it('that turns is drawn the way it looks now', () => {
    const turning = { ...placed, degreesPerPan: 180 };
    const sights = [{ plan: 'p', camera: 'a', heading: 180, fieldOfView: 60 }];
    expect(drawCamera(turning, SIZE, sights)).toMatchObject({
      heading: 180,
      sight: 'M 500 250 L 550 336.6 A 100 100 0 0 1 450 336.6 Z',
    });
  });

  it('that turns and does not say where it looks is drawn without a direction', () => {
    for (const turning of [{ degreesPerPan: 180 }, { fieldOfViewZoomed: 4 }]) {
      const drawn = drawCamera({ ...placed, ...turning }, SIZE, []);
      expect(drawn).toEqual({ camera: 'a', x: 500, y: 250, sight: undefined, heading: undefined });
    }
  });
});

describe('a sector', () => {
  it('of more than half a turn goes the long way', () => {
    expect(sector({ x: 0, y: 0, radius: 10 }, 0, 270)).toBe(
      'M 0 0 L -7.1 7.1 A 10 10 0 1 1 7.1 7.1 Z',
    );
  });

  it('of a whole turn is a circle', () => {
    expect(sector({ x: 0, y: 0, radius: 10 }, 33, 360)).toBe(
      'M 0 -10 A 10 10 0 1 1 0 10 A 10 10 0 1 1 0 -10 Z',
    );
  });
});

it.each([
  [{ x: 0, y: -10 }, 0, 10],
  [{ x: 10, y: 0 }, 90, 10],
  [{ x: 0, y: 10 }, 180, 10],
  [{ x: -10, y: 0 }, 270, 10],
  [{ x: -3, y: -4 }, 323.1, 5],
])('from the middle to %j is %d° and %d', (to, heading, distance) => {
  expect(bearing({ x: 0, y: 0 }, to)).toEqual({ heading, distance });
});
