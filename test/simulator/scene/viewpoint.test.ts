import { describe, expect, it } from '@jest/globals';
import { createPicture } from '../../../src/simulator/scene/picture.ts';
import { sampleView } from '../../../src/simulator/scene/view.ts';
import { cropOf } from '../../../src/simulator/scene/viewpoint.ts';

const SCENE = { width: 3840, height: 2160 };

describe('where a camera looks', () => {
  it('straight ahead is the middle of the scene', () => {
    expect(cropOf({ pan: 0, tilt: 0, zoom: 0 }, SCENE)).toEqual({
      x: 1120,
      y: 630,
      width: 1600,
      height: 900,
    });
  });

  it.each([
    [-1, 1, 0, 0],
    [1, -1, 2240, 1260],
    [5, -5, 2240, 1260],
  ])('pan %s and tilt %s reach the corner and no further', (pan, tilt, x, y) => {
    const crop = cropOf({ pan, tilt, zoom: 0 }, SCENE);
    expect(crop.x).toBeCloseTo(x);
    expect(crop.y).toBeCloseTo(y);
  });

  it('zooming in stays on what is in the middle', () => {
    const wide = cropOf({ pan: 0.5, tilt: 0.5, zoom: 0 }, SCENE);
    const near = cropOf({ pan: 0.5, tilt: 0.5, zoom: 1 }, SCENE);
    expect(near.width).toBeCloseTo(wide.width / 5);
    expect(near.x + near.width / 2).toBeCloseTo(wide.x + wide.width / 2);
    expect(near.y + near.height / 2).toBeCloseTo(wide.y + wide.height / 2);
  });
});

describe('a view of a scene', () => {
  function slope() {
    const picture = createPicture(64, 32);
    picture.y.bytes.forEach((_, i) => {
      picture.y.bytes[i] = (i % 64) * 4;
    });
    picture.u.bytes.fill(77);
    return picture;
  }

  it('is the scene itself at its own size', () => {
    const scene = slope();
    const view = createPicture(32, 16);
    sampleView(scene, { x: 8, y: 4, width: 32, height: 16 }, view);
    expect(Array.from(view.y.bytes.subarray(0, 3))).toEqual([32, 36, 40]);
    expect(new Set(view.u.bytes)).toEqual(new Set([77]));
  });

  it('is smooth when enlarged', () => {
    const scene = slope();
    const view = createPicture(64, 32);
    sampleView(scene, { x: 8, y: 4, width: 16, height: 8 }, view);
    const row = Array.from(view.y.bytes.subarray(4, 60));
    row.slice(1).forEach((value, i) => {
      expect(value - (row[i] ?? 0)).toBeCloseTo(1, -0.5);
    });
  });

  it('reaches to the last pixel and not beyond', () => {
    const scene = slope();
    const view = createPicture(64, 32);
    sampleView(scene, { x: 0, y: 0, width: 64, height: 32 }, view);
    expect(view.y.bytes.at(-1)).toBe(252);
  });
});
