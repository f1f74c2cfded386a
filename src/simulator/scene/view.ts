import type { Picture, Plane } from './picture.ts';
import type { Crop } from './viewpoint.ts';

/** Shows a part of a scene in a picture of any size, smoothly enlarged or reduced. */
export function sampleView(scene: Picture, crop: Crop, into: Picture): void {
  samplePlane(scene.y, crop, into.y);
  const half = { x: crop.x / 2, y: crop.y / 2, width: crop.width / 2, height: crop.height / 2 };
  samplePlane(scene.u, half, into.u);
  samplePlane(scene.v, half, into.v);
}

/**
 * Bilinear with weights in 1/256. The columns' places and weights are the same for every row and
 * computed once.
 */
function samplePlane(from: Plane, crop: Crop, to: Plane): void {
  const columns = new Int32Array(to.width);
  const weights = new Int32Array(to.width);
  for (let x = 0; x < to.width; x++) {
    const at = place(crop.x + ((x + 0.5) * crop.width) / to.width - 0.5, from.width);
    columns[x] = at >> 8;
    weights[x] = at & 255;
  }
  for (let y = 0; y < to.height; y++) {
    const at = place(crop.y + ((y + 0.5) * crop.height) / to.height - 0.5, from.height);
    sampleRow(from, at, columns, weights, to.bytes, y * to.width);
  }
}

/** A position in 1/256 pixel, such that the next pixel exists too. */
function place(position: number, size: number): number {
  return Math.min((size - 1) * 256 - 1, Math.max(0, Math.floor(position * 256)));
}

function sampleRow(
  from: Plane,
  row: number,
  columns: Int32Array,
  weights: Int32Array,
  out: Uint8Array,
  outStart: number,
): void {
  const { bytes, width } = from;
  const upper = (row >> 8) * width;
  const lower = upper + width;
  const down = row & 255;
  const count = columns.length;
  for (let x = 0; x < count; x++) {
    const column = columns[x] as number;
    const right = weights[x] as number;
    const a = upper + column;
    const b = lower + column;
    const top = (bytes[a] as number) * (256 - right) + (bytes[a + 1] as number) * right;
    const bottom = (bytes[b] as number) * (256 - right) + (bytes[b + 1] as number) * right;
    out[outStart + x] = (top * (256 - down) + bottom * down + 32768) >> 16;
  }
}
