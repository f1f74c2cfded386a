import { describe, expect, it } from '@jest/globals';
import type { RequestAction } from '../../src/client/index.ts';
import { duration, requestText, timeLeft } from '../../web/shared/format.ts';
import { layoutOf } from '../../web/shared/layout.ts';
import { en } from '../../web/shared/texts-en.ts';
import { nl } from '../../web/shared/texts-nl.ts';

describe('times', () => {
  it.each([
    [59_001, '1:00'],
    [3_722_000, '1:02:02'],
    [1, '0:01'],
    [-5_000, '0:00'],
  ])('counts %i ms down as %s', (ms, text) => {
    expect(timeLeft(new Date(1e12 + ms).toISOString(), 1e12)).toBe(text);
  });

  it.each([
    [-3, '0 ms'],
    [42.4, '42 ms'],
    [2_449, '2,4 s'],
    [125_000, '2 min'],
  ])('writes a delay of %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('what is asked', () => {
  const names = {
    camera: (id: string) => `<${id}>`,
    preset: (token: string) => `[${token}]`,
    plan: (id: string) => `{${id}}`,
    at: { id: 'w', name: '<w>', site: 's' },
  };
  it.each<[RequestAction, Record<string, unknown>, string, string]>([
    [
      'ptz.move',
      { pan: -1, tilt: 0.5 },
      'Camera bewegen: links, omhoog',
      'Move the camera: left, up',
    ],
    ['ptz.move', { zoom: 0 }, 'Camera bewegen', 'Move the camera'],
    ['ptz.zoom', { zoom: -0.5 }, 'Zoomen: uitzoomen', 'Zoom: zoom out'],
    ['ptz.preset', { preset: '3' }, 'Naar voorkeuzestand: [3]', 'Go to preset: [3]'],
    ['ptz.home', {}, 'Naar beginstand', 'Go home'],
    [
      'camera.switch',
      { tile: 1, camera: 'x' },
      'Andere camera tonen: <x> (vak 2)',
      'Show another camera: <x> (tile 2)',
    ],
    [
      'plan.show',
      { tile: 0, plan: 'x' },
      'Plattegrond tonen: {x} (vak 1)',
      'Show a plan: {x} (tile 1)',
    ],
    ['relay.set', { output: 'horn', on: true }, 'horn aan (<w>)', 'horn on (<w>)'],
  ])('%s %j', (action, args, dutch, english) => {
    expect(requestText({ action, args }, nl, names)).toBe(dutch);
    expect(requestText({ action, args }, en, names)).toBe(english);
  });
});

describe('the wall', () => {
  it.each([
    [0, null, 'single'],
    [1, 0, 'single'],
    [2, null, 'two'],
    [3, null, 'four'],
    [4, 2, 'focus'],
    [4, 7, 'four'],
    [9, null, 'nine'],
  ] as const)('of %i tiles with focus %s is %s', (count, focus, layout) => {
    expect(layoutOf(count, focus)).toBe(layout);
  });
});
