import { expect, it } from '@jest/globals';
import { toRgba } from '../../web/shared/player/ycbcr.ts';

/** One colour all over, 20 pixels wide: the planes are 32 wide. */
function shown(y: number, cr: number, cb: number): number[] {
  const [width, height] = [20, 2];
  const rgba = new Uint8ClampedArray(width * height * 4);
  const plane = (size: number, value: number) => new Uint8ClampedArray(size).fill(value);
  const planes = { y: plane(32 * 16, y), cr: plane(16 * 8, cr), cb: plane(16 * 8, cb) };
  toRgba({ width, height, ...planes }, rgba);
  const colours = new Set(
    Array.from({ length: width * height }, (_, at) => rgba.slice(at * 4, at * 4 + 4).join()),
  );
  expect(colours.size).toBe(1);
  return [...rgba.slice(0, 4)];
}

it.each([
  ['black', [16, 128, 128], [0, 0, 0, 255]],
  ['white', [235, 128, 128], [255, 255, 255, 255]],
  ['red', [81, 240, 90], [254, 0, 0, 255]],
  ['green', [145, 34, 54], [0, 255, 1, 255]],
  ['blue', [41, 110, 240], [0, 0, 255, 255]],
  ['darker than black', [0, 128, 128], [0, 0, 0, 255]],
] as const)('%s', (_, [y, cr, cb], rgba) => {
  const differences = shown(y, cr, cb).map((value, at) => Math.abs(value - (rgba[at] ?? 0)));
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
});

it('takes each pixel from its place, and colour from the four around it', () => {
  const [width, height] = [18, 3];
  const y = Uint8ClampedArray.from(
    { length: 32 * 16 },
    (_, at) => (at % 32) + 32 * ((at / 32) | 0),
  );
  const none = new Uint8ClampedArray(16 * 8).fill(128);
  const rgba = new Uint8ClampedArray(width * height * 4);
  const cr = none.slice();
  cr[16 + 8] = 255;
  toRgba({ width, height, y, cr, cb: none }, rgba);
  const red = (column: number, row: number) => rgba[(row * width + column) * 4] ?? 0;
  const green = (column: number, row: number) => rgba[(row * width + column) * 4 + 1] ?? 0;
  expect(green(17, 1)).toBe(Math.round(1.164 * (17 + 32 - 16)));
  const reddish = [];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (red(column, row) > green(column, row)) reddish.push([column, row]);
    }
  }
  expect(reddish).toEqual([
    [16, 2],
    [17, 2],
  ]);
});
