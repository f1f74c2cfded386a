import { beforeAll, describe, expect, it } from '@jest/globals';
import { dateAndTime } from '../../../src/simulator/scene/overlay.ts';
import type { Picture, Plane } from '../../../src/simulator/scene/picture.ts';
import { paintScene, Renderer } from '../../../src/simulator/scene/renderer.ts';
import type { SceneName } from '../../../src/simulator/scene/scene.ts';

const SCENES: SceneName[] = ['shop-interior', 'shop-front', 'square', 'car-park'];
const NOON = 1_787_850_000e6;
const SIZE = { width: 320, height: 180 };
const AHEAD = { pan: 0, tilt: 0, zoom: 0 };

/** Towards which colour a picture tends: each scene has one of its own, wherever one looks. */
const TINT: Record<SceneName, (u: number, v: number) => boolean> = {
  'shop-interior': (u, v) => v > 140 && u < 120,
  'shop-front': (u, v) => u > 136 && v < 126,
  square: (u, v) => u < 118 && v < 120,
  'car-park': (u, v) => Math.abs(u - 128) < 4 && Math.abs(v - 128) < 4,
};

const mean = ({ bytes }: Plane) => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
const differing = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((count, value, i) => count + (Math.abs(value - (b[i] ?? 0)) > 12 ? 1 : 0), 0) / a.length;

describe.each(SCENES)('the scene %s', (name) => {
  let painted: Picture;
  let renderer: Renderer;

  beforeAll(() => {
    painted = paintScene(name);
    renderer = new Renderer(name, painted, 'Camera', SIZE);
  });

  it.each([-1, 0, 1])('keeps its own colour at pan %s', (pan) => {
    for (const tilt of [-0.6, 0, 0.3]) {
      const { u, v } = renderer.render(NOON, { pan, tilt, zoom: 0 });
      const [meanU, meanV] = [mean(u), mean(v)];
      for (const other of SCENES) {
        expect(`${other} ${TINT[other](meanU, meanV)}`).toBe(`${other} ${other === name}`);
      }
    }
  });

  it('moves when the camera turns or zooms', () => {
    const before = renderer.render(NOON, AHEAD).y.bytes.slice();
    for (const to of [{ pan: 0.3 }, { tilt: 0.3 }, { zoom: 0.5 }]) {
      const after = renderer.render(NOON, { ...AHEAD, ...to }).y.bytes;
      expect(differing(before, after)).toBeGreaterThan(0.1);
    }
    expect(differing(before, renderer.render(NOON, AHEAD).y.bytes)).toBe(0);
  });

  it('has figures that move, and a clock', () => {
    const before = renderer.render(NOON, AHEAD).y.bytes.slice();
    let seen = 0;
    for (let second = 1; second <= 20; second++) {
      const now = renderer.render(NOON + second * 1e6, AHEAD).y.bytes;
      seen = Math.max(
        seen,
        differing(before.subarray(320 * 20, -320 * 20), now.subarray(320 * 20, -320 * 20)),
      );
      expect(differing(before.subarray(0, 320 * 14), now.subarray(0, 320 * 14))).toBeGreaterThan(0);
    }
    expect(seen).toBeGreaterThan(0.005);
  });
});

describe('the clock in the picture', () => {
  it('shows local time with tenths', () => {
    const local = new Date(2026, 7, 7, 9, 5, 3, 489);
    expect(dateAndTime(local.getTime() * 1000)).toBe('07-08-2026 09:05:03.4');
  });
});
