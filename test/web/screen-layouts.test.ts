import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Screen, ScreenLayout } from '../../src/client/index.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { incident } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const CAMERAS = ['shop-1', 'shop-2', 'front', 'dome'];
const SIDES = ['centre', 'police'] as const;

/** Places, and how many rows and columns; places of one size, or the large one and the others. */
const LAYOUTS: readonly [ScreenLayout, places: number, rows: number, columns: number][] = [
  ['1', 1, 1, 1],
  ['2x2', 4, 2, 2],
  ['1+3', 4, 2, 3],
  ['3x3', 9, 3, 3],
];

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly large: boolean;
}

/** Where the places of the wall are, to the whole pixel. */
function places(page: Page): Promise<Box[]> {
  return page.getByTestId('wall').evaluate((wall) =>
    [...wall.querySelectorAll('.tile:not(.preparing)')].map((tile) => {
      const { x, y, width, height } = tile.getBoundingClientRect();
      const [left, top, wide, high] = [x, y, width, height].map(Math.round) as [
        number,
        number,
        number,
        number,
      ];
      return {
        x: left,
        y: top,
        width: wide,
        height: high,
        large: tile.classList.contains('large'),
      };
    }),
  );
}

const different = (values: readonly number[]) =>
  values.filter((value, index) => values.findIndex((each) => Math.abs(each - value) <= 1) === index)
    .length;

describe.each(SIDES)('the screen of the %s', (side) => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench(side, (bench) => {
    ({ gateway, url, page } = bench);
  });

  async function open(screen: Screen): Promise<void> {
    gateway.loggedIn = true;
    gateway.incidents = [incident({ screen })];
    gateway.onCall = (_method, _path, body) => {
      gateway.setIncident(incident({ screen: body as never }));
      return gateway.incidents[0];
    };
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    await page.getByTestId('wall').waitFor();
  }

  it.each(LAYOUTS)(
    '%s has %i places in %i rows and %i columns',
    async (layout, count, rows, columns) => {
      const tiles = CAMERAS.slice(0, count).map((camera) => ({ camera }));
      await open({ tiles, focus: null, layout });
      await until('its places', async () => (await places(page)).length === count);
      const boxes = await places(page);
      const others = boxes.filter(({ large }) => !large);
      expect(different(boxes.map(({ y }) => y))).toBe(rows);
      expect(different(boxes.map(({ x }) => x))).toBe(columns);
      expect(different(others.map(({ width }) => width))).toBe(1);
      expect(different(others.map(({ height }) => height))).toBe(1);
      const [large, ...more] = boxes.filter((box) => box.large);
      expect([large !== undefined, more]).toEqual([layout === '1+3', []]);
      const [small] = others;
      if (large && small)
        expect(large.width * large.height).toBeGreaterThan(small.width * small.height * 4);
    },
  );

  it('has large what is meant, wherever it is', async () => {
    const tiles = CAMERAS.map((camera) => ({ camera }));
    await open({ tiles, focus: 2, layout: '1+3' });
    const large = page.locator('.tile.large');
    await large.waitFor();
    expect(await large.getAttribute('data-camera')).toBe('front');
    gateway.setIncident(incident({ screen: { tiles, focus: 3, layout: '1+3' } }));
    await until('the dome', async () => (await large.getAttribute('data-camera')) === 'dome');
    expect(await large.count()).toBe(1);
  });
});

describe('the operator', () => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench('centre', (bench) => {
    ({ gateway, url, page } = bench);
  });

  it('chooses the layout, in Dutch and in English', async () => {
    gateway.loggedIn = true;
    const tiles = CAMERAS.slice(0, 2).map((camera) => ({ camera }));
    gateway.incidents = [incident({ screen: { tiles, focus: 0 } })];
    gateway.onCall = (_method, _path, body) => {
      gateway.setIncident(incident({ screen: body as never }));
      return gateway.incidents[0];
    };
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    const choice = page.getByLabel('Indeling');
    expect(await choice.locator('option').allTextContents()).toEqual([
      'Automatisch',
      '1 vak',
      '2 × 2',
      '1 groot, 3 klein',
      '3 × 3',
    ]);
    for (const [layout, count] of LAYOUTS.toReversed()) {
      await choice.selectOption(layout);
      await until(`${layout} is there`, async () => (await places(page)).length === count);
    }
    expect(gateway.incidents[0]?.screen).toEqual({
      ...{ tiles: [{ camera: 'shop-1' }], focus: 0, layout: '1' },
    });
    await page.getByTestId('language-en').click();
    await page.getByLabel('Layout').selectOption('2 × 2');
    await page.getByText('Free tile').first().waitFor();
  });
});
