import { describe, expect, it } from '@jest/globals';
import { Path } from '../../../src/simulator/scene/path.ts';

describe('a path', () => {
  // 10 s to the right, 2 s of standing, 10 s back.
  const path = new Path(
    [
      [0, 0],
      [100, 0, 2],
    ],
    10,
  );

  it.each([
    [0, 0, 1, true],
    [5, 50, 1, true],
    [11, 100, 1, false],
    [17, 50, -1, true],
    [22, 0, 1, true],
    [27, 50, 1, true],
    [-17, 50, 1, true],
  ])('at %s s is at %s', (seconds, x, facing, moving) => {
    const place = path.at(seconds);
    expect(place.x).toBeCloseTo(x);
    expect(place).toMatchObject({ facing, moving });
  });

  it('counts the way that it has gone, for the rhythm of the steps', () => {
    expect(path.at(5).gone).toBeCloseTo(50);
    expect(path.at(17).gone).toBeCloseTo(150);
  });

  it('can begin later on its route', () => {
    expect(
      new Path(
        [
          [0, 0],
          [100, 0],
        ],
        10,
        5,
      ).at(0).x,
    ).toBeCloseTo(50);
  });
});
