/** Of the numbers that `pixels` gives: red, green and blue, 0…255 each. */
export function meanColour(values: readonly number[]): [number, number, number] {
  const sum = [0, 0, 0];
  values.forEach((value, index) => {
    sum[index % 3] = (sum[index % 3] ?? 0) + value;
  });
  const count = values.length / 3;
  return [(sum[0] ?? 0) / count, (sum[1] ?? 0) / count, (sum[2] ?? 0) / count];
}

/** How much the picture of a fixed scene differs, 0…255 a colour. */
export function colourDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}
