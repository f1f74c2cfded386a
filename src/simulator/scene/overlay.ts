import type { Viewpoint } from '../ptz-model.ts';
import { drawText } from './lettering.ts';
import { Painter } from './painter.ts';
import type { Picture } from './picture.ts';

/** What is burnt into the picture: which camera, when, and where it points. */
export function drawOverlay(
  picture: Picture,
  camera: string,
  unixUs: number,
  viewpoint: Viewpoint | undefined,
): void {
  const size = 2 * Math.round(picture.height / 72);
  const margin = size;
  const bar = Math.round(size * 2.1);
  const painter = new Painter(picture);
  const shade = { fill: '#000000', alpha: 0.45 };
  painter.rect(0, 0, picture.width, bar, shade);
  painter.rect(0, picture.height - bar, picture.width, bar, shade);
  const style = { size, fill: '#ffffff' };
  const top = Math.round((bar - size) / 2);
  const foot = picture.height - bar + top;
  drawText(picture, camera, margin, top, style);
  drawText(picture, dateAndTime(unixUs), picture.width - margin, top, { ...style, align: 'right' });
  if (viewpoint) drawText(picture, position(viewpoint), margin, foot, style);
}

/** What an encoder makes of an input on which nothing comes: its lettering goes on, so does its time. */
export function drawNoSignal(picture: Picture): void {
  new Painter(picture).rect(0, 0, picture.width, picture.height, { fill: '#1020c0' });
  const size = 2 * Math.round(picture.height / 36);
  const left = Math.round(picture.width / 3);
  drawText(picture, 'NO SIGNAL', left, Math.round(picture.height / 2), { size, fill: '#ffffff' });
}

/** Local time with tenths: `27-08-2026 20:38:07.4`. */
export function dateAndTime(unixUs: number): string {
  const date = new Date(unixUs / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getDate())}-${two(date.getMonth() + 1)}-${date.getFullYear()}`;
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}.${Math.floor(date.getMilliseconds() / 100)}`;
}

function position({ pan, tilt, zoom }: Viewpoint): string {
  const signed = (value: number) => `${value < -0.004 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
  return `P ${signed(pan)}  T ${signed(tilt)}  Z ${Math.abs(zoom).toFixed(2)}`;
}
