/** A decoded picture as MPEG-1 has it: planes of whole macroblocks, colour at half the size. */
export interface YCbCr {
  /** Of what is shown; the planes go on to the next multiple of 16. */
  readonly width: number;
  readonly height: number;
  readonly y: Uint8ClampedArray;
  readonly cr: Uint8ClampedArray;
  readonly cb: Uint8ClampedArray;
}

/**
 * Fills `rgba`, four bytes a pixel, by ITU-R BT.601 with its reduced range (§3.5: 16 is black, 235
 * is white). Uint8ClampedArray rounds and clamps.
 */
export function toRgba({ width, height, y, cr, cb }: YCbCr, rgba: Uint8ClampedArray): void {
  const stride = (width + 15) & ~15;
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    const line = row * stride;
    const colour = (row >> 1) * (stride >> 1);
    for (let column = 0; column < width; column += 1) {
      const light = 1.164 * ((y[line + column] ?? 0) - 16);
      const red = (cr[colour + (column >> 1)] ?? 0) - 128;
      const blue = (cb[colour + (column >> 1)] ?? 0) - 128;
      rgba[at] = light + 1.596 * red;
      rgba[at + 1] = light - 0.392 * blue - 0.813 * red;
      rgba[at + 2] = light + 2.017 * blue;
      rgba[at + 3] = 255;
      at += 4;
    }
  }
}
