import { describe, expect, it } from '@jest/globals';
import { ACT_SECONDS, type ActName, figuresDuring } from '../../../src/simulator/scene/acts.ts';
import { Once } from '../../../src/simulator/scene/once.ts';
import type { Place } from '../../../src/simulator/scene/path.ts';
import { paintScene, Renderer } from '../../../src/simulator/scene/renderer.ts';
import type { SceneName } from '../../../src/simulator/scene/scene.ts';

const SINCE_UNIX_US = 1_787_850_000e6;
const SINCE = SINCE_UNIX_US / 1e6;

describe('a route that is gone once', () => {
  const route = new Once(
    [
      { x: 0, y: 0 },
      { x: 100, y: 0, waitS: 3, pose: 'aims' },
      { x: 40, y: 0 },
    ],
    20,
    10,
  );

  it.each([
    [9.9, undefined],
    [10, { x: 0, facing: 1, moving: true }],
    [12.5, { x: 50, facing: 1, moving: true, gone: 50 }],
    [16, { x: 100, moving: false, pose: 'aims' }],
    [19, { x: 80, facing: -1, moving: true, gone: 120 }],
    [21.1, undefined],
  ])('is at %s s where it should be', (seconds, place) => {
    const at = route.at(seconds);
    if (place) expect(at).toMatchObject(place);
    else expect(at).toBeUndefined();
  });

  it('sways where it stays when it is to', () => {
    const fight = new Once([{ x: 100, y: 0, waitS: 10, pose: 'hits', sways: 20 }], 20, 0);
    const places = Array.from({ length: 40 }, (_, i) => fight.at(i / 4)?.x ?? Number.NaN);
    expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(30);
    for (const x of places) expect(Math.abs(x - 100)).toBeLessThanOrEqual(20);
  });
});

describe('what is played in front of the cameras', () => {
  const present = (scene: SceneName, name: ActName, seconds: number, usual = []) => {
    const figures = figuresDuring(scene, { name, sinceUnixUs: SINCE_UNIX_US }, usual);
    return figures.flatMap((figure) => figure.place(SINCE + seconds) ?? []);
  };

  it.each([
    ['shop-interior', 'robbery', 25, 2],
    ['shop-front', 'robbery', 2, 3],
    ['square', 'disturbance', 40, 8],
    ['square', 'robbery', 25, 0],
    ['car-park', 'disturbance', 40, 0],
  ] as const)(
    'brings to the %s during a %s, after %s s, %s of them',
    (scene, name, seconds, count) => {
      expect(present(scene, name, seconds)).toHaveLength(count);
    },
  );

  it.each(['robbery', 'disturbance'] as const)(
    'leaves nobody of a %s behind, nor any before it',
    (name) => {
      for (const scene of ['shop-interior', 'shop-front', 'square', 'car-park'] as const) {
        expect(present(scene, name, -10)).toEqual([]);
        expect(present(scene, name, ACT_SECONDS[name])).toEqual([]);
      }
    },
  );

  it('makes those in the shop stand with their hands up, and go on from where they were', () => {
    const walker = {
      place: (seconds: number): Place => ({ x: seconds, y: 0, facing: 1, gone: 0, moving: true }),
      draw: () => undefined,
      reach: 1,
    };
    const act = { name: 'robbery', sinceUnixUs: SINCE_UNIX_US } as const;
    const [held] = figuresDuring('shop-interior', act, [walker]);
    const at = (seconds: number) => held?.place(SINCE + seconds);
    expect(at(1)).toMatchObject({ x: SINCE + 1, moving: true });
    const [early, late] = [at(10), at(40)];
    expect(early).toMatchObject({ moving: false, pose: 'hands-up' });
    expect(late).toEqual(early);
    const after = at(60);
    expect(after).toMatchObject({ moving: true });
    expect(after?.x).toBeLessThan(SINCE + 60);
    expect(after?.x).toBeGreaterThan(early?.x ?? Number.POSITIVE_INFINITY);
  });

  it('has the car of the robbers in the picture of the camera that cannot turn', () => {
    const size = { width: 320, height: 180 };
    const renderer = new Renderer('shop-front', paintScene('shop-front'), 'Camera', size);
    const ahead = { pan: 0, tilt: 0, zoom: 0 };
    const picture = () => renderer.render(SINCE_UNIX_US + 40e6, ahead).y.bytes.slice();
    const before = picture();
    renderer.play({ name: 'robbery', sinceUnixUs: SINCE_UNIX_US });
    const during = picture();
    const differing = during.filter((value, i) => Math.abs(value - (before[i] ?? 0)) > 25).length;
    expect(differing / during.length).toBeGreaterThan(0.03);
  });

  it('is to be seen, and is over when something else is played', () => {
    const size = { width: 320, height: 180 };
    const renderer = new Renderer('square', paintScene('square'), 'Camera', size);
    const ahead = { pan: 0, tilt: 0, zoom: 0 };
    const picture = () => renderer.render(SINCE_UNIX_US + 40e6, ahead).y.bytes.slice();
    const before = picture();
    renderer.play({ name: 'disturbance', sinceUnixUs: SINCE_UNIX_US });
    const during = picture();
    const differing = during.filter((value, i) => Math.abs(value - (before[i] ?? 0)) > 12).length;
    expect(differing / during.length).toBeGreaterThan(0.03);
    renderer.play({ name: 'robbery', sinceUnixUs: SINCE_UNIX_US });
    expect(picture()).toEqual(before);
  });
});
