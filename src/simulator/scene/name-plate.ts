import { drawText } from './lettering.ts';
import { Painter } from './painter.ts';
import { createPicture, type Picture } from './picture.ts';

/** As far apart as eight colours are, and dark enough for white letters. */
export const PLATE_COLOURS = [
  ...['#b3261e', '#1b5fbf', '#1e7d32', '#8a5a00'],
  ...['#7b1fa2', '#00707a', '#ad1457', '#4a4f55'],
] as const;

/** A bar over the whole width of a picture of this size, in the colour of that number, with a name. */
export function namePlate(
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
  number: number,
): Picture {
  const bar = createPicture(width, 2 * Math.round(height / 16));
  const fill = PLATE_COLOURS[number % PLATE_COLOURS.length] ?? PLATE_COLOURS[0];
  new Painter(bar).rect(0, 0, width, bar.height, { fill });
  const size = bar.height / 2;
  drawText(bar, name, size / 2, (bar.height - size) / 2, { size, fill: '#ffffff' });
  return bar;
}
