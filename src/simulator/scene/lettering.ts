import { glyphOf } from './glyphs.ts';
import { colour, type Picture, type Plane } from './picture.ts';

/** How much of each pixel a character covers, 0…1. */
interface Mask {
  readonly width: number;
  readonly height: number;
  /** Pixels from the mask's left edge to where the character begins, and the same from its top. */
  readonly margin: number;
  readonly advance: number;
  readonly coverage: Float32Array;
}

export interface LetterStyle {
  /** Height of a capital, in pixels. */
  readonly size: number;
  /** `#rrggbb`. */
  readonly fill: string;
  /** Stroke width in sixths of the size; 0.9 unless told. */
  readonly weight?: number;
  readonly align?: 'left' | 'centre' | 'right';
}

const GAP = 1.7;
const masks = new Map<string, Mask>();

/** Writes one line; `y` is the top of the capitals. */
export function drawText(
  picture: Picture,
  text: string,
  x: number,
  y: number,
  style: LetterStyle,
): void {
  const line = Array.from(text, (character) => maskOf(character, style.size, style.weight ?? 0.9));
  const width = line.reduce((sum, mask) => sum + mask.advance, 0) - (GAP * style.size) / 6;
  const shift = { left: 0, centre: width / 2, right: width }[style.align ?? 'left'];
  const tint = colour(style.fill);
  let pen = x - shift;
  for (const mask of line) {
    const left = Math.round(pen) - mask.margin;
    const top = Math.round(y) - mask.margin;
    blendLuma(picture.y, mask, left, top, tint.y);
    blendChroma(picture.u, mask, left, top, tint.u);
    blendChroma(picture.v, mask, left, top, tint.v);
    pen += mask.advance;
  }
}

function maskOf(character: string, size: number, weight: number): Mask {
  const key = `${character} ${size} ${weight}`;
  const mask = masks.get(key) ?? makeMask(character, size, weight);
  masks.set(key, mask);
  return mask;
}

/** Every pixel's distance to the nearest stroke, turned into coverage: smooth edges, round ends. */
function makeMask(character: string, size: number, weight: number): Mask {
  const unit = size / 6;
  const half = (weight * unit) / 2;
  const margin = Math.ceil(half) + 1;
  const glyph = glyphOf(character);
  const width = Math.ceil(glyph.width * unit) + 2 * margin;
  const height = Math.ceil(8 * unit) + 2 * margin;
  const coverage = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = nearest(glyph.strokes, (x - margin) / unit, (y - margin) / unit) * unit;
      coverage[y * width + x] = Math.min(1, Math.max(0, half - distance + 0.5));
    }
  }
  return { width, height, margin, advance: (glyph.width + GAP) * unit, coverage };
}

function nearest(strokes: readonly (readonly number[])[], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const points of strokes) {
    for (let i = 0; i + 3 < points.length; i += 2) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.slice(i, i + 4);
      const [dx, dy] = [x1 - x0, y1 - y0];
      const length = dx * dx + dy * dy || 1;
      const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
      least = Math.min(least, Math.hypot(x - x0 - along * dx, y - y0 - along * dy));
    }
  }
  return least;
}

function blendLuma(plane: Plane, mask: Mask, left: number, top: number, value: number): void {
  const { width, height, bytes } = plane;
  for (let row = Math.max(0, -top); row < mask.height && top + row < height; row++) {
    for (let column = Math.max(0, -left); column < mask.width && left + column < width; column++) {
      const share = mask.coverage[row * mask.width + column] ?? 0;
      if (share === 0) continue;
      const at = (top + row) * width + left + column;
      const old = bytes[at] ?? 0;
      bytes[at] = old + (value - old) * share + 0.5;
    }
  }
}

/** A chroma sample takes the mean of the four pixels that it colours. */
function blendChroma(plane: Plane, mask: Mask, left: number, top: number, value: number): void {
  const { width, height, bytes } = plane;
  const share = (x: number, y: number) =>
    x < 0 || y < 0 || x >= mask.width || y >= mask.height
      ? 0
      : (mask.coverage[y * mask.width + x] ?? 0);
  const lastY = Math.min(height - 1, (top + mask.height) >> 1);
  const lastX = Math.min(width - 1, (left + mask.width) >> 1);
  for (let y = Math.max(0, top >> 1); y <= lastY; y++) {
    for (let x = Math.max(0, left >> 1); x <= lastX; x++) {
      const [column, row] = [2 * x - left, 2 * y - top];
      const sum =
        share(column, row) +
        share(column + 1, row) +
        share(column, row + 1) +
        share(column + 1, row + 1);
      if (sum === 0) continue;
      const old = bytes[y * width + x] ?? 0;
      bytes[y * width + x] = old + ((value - old) * sum) / 4 + 0.5;
    }
  }
}
