/** Flat list of corners: x0, y0, x1, y1 … */
export type Polygon = readonly number[];

/** One row of a shape: `coverage[x]` is 0…1 for `fromX` ≤ x < `toX`. Valid during the call only. */
export type CoverageRow = (y: number, fromX: number, toX: number, coverage: Float32Array) => void;

/** Each row is crossed this many times; along the row coverage is exact. */
const SUB_ROWS = 4;

let coverage = new Float32Array(4096);
let crossings = new Float64Array(64);

/**
 * Smooth-edged polygon filling, even-odd rule, clipped to `width` × `height`. Every shape in a
 * scene, and every figure, is drawn by this one routine. `scale` multiplies the corners: 0.5 for
 * the chroma planes.
 */
export function eachCoverageRow(
  polygon: Polygon,
  scale: number,
  width: number,
  height: number,
  row: CoverageRow,
): void {
  const box = boundsOf(polygon);
  const firstY = Math.max(0, Math.floor(box.top * scale));
  const lastY = Math.min(height - 1, Math.ceil(box.bottom * scale) - 1);
  const fromX = Math.max(0, Math.floor(box.left * scale));
  const toX = Math.min(width, Math.ceil(box.right * scale));
  if (fromX >= toX) return;
  if (coverage.length < width + 2) coverage = new Float32Array(width + 2);
  if (crossings.length < polygon.length) crossings = new Float64Array(polygon.length);
  for (let y = firstY; y <= lastY; y++) {
    coverage.fill(0, fromX, toX + 2);
    for (let sub = 0; sub < SUB_ROWS; sub++) {
      const count = findCrossings(polygon, scale, y + (sub + 0.5) / SUB_ROWS);
      for (let i = 0; i + 1 < count; i += 2) {
        addSpan(crossings[i] ?? 0, crossings[i + 1] ?? 0, fromX, toX);
      }
    }
    integrate(fromX, toX);
    row(y, fromX, toX, coverage);
  }
}

export function boundsOf(polygon: Polygon): {
  left: number;
  top: number;
  right: number;
  bottom: number;
} {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i + 1 < polygon.length; i += 2) {
    const x = polygon[i] ?? 0;
    const y = polygon[i + 1] ?? 0;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/** Fills `crossings` with the sorted places where the edges meet the line at `y`. */
function findCrossings(polygon: Polygon, scale: number, y: number): number {
  let count = 0;
  const length = polygon.length;
  let x0 = (polygon[length - 2] ?? 0) * scale;
  let y0 = (polygon[length - 1] ?? 0) * scale;
  for (let i = 0; i < length; i += 2) {
    const x1 = (polygon[i] ?? 0) * scale;
    const y1 = (polygon[i + 1] ?? 0) * scale;
    if (y0 <= y !== y1 <= y) {
      const x = x0 + ((y - y0) / (y1 - y0)) * (x1 - x0);
      let at = count++;
      for (; at > 0 && (crossings[at - 1] ?? 0) > x; at--) crossings[at] = crossings[at - 1] ?? 0;
      crossings[at] = x;
    }
    x0 = x1;
    y0 = y1;
  }
  return count;
}

/** Adds a span as differences; `integrate` makes coverage of them. */
function addSpan(left: number, right: number, fromX: number, toX: number): void {
  const from = Math.min(toX, Math.max(fromX, left));
  const to = Math.min(toX, Math.max(fromX, right));
  if (to <= from) return;
  addEdge(from, 1 / SUB_ROWS);
  addEdge(to, -1 / SUB_ROWS);
}

function addEdge(x: number, amount: number): void {
  const cell = Math.floor(x);
  const inside = cell + 1 - x;
  coverage[cell] = (coverage[cell] ?? 0) + amount * inside;
  coverage[cell + 1] = (coverage[cell + 1] ?? 0) + amount * (1 - inside);
}

function integrate(fromX: number, toX: number): void {
  let sum = 0;
  for (let x = fromX; x < toX; x++) {
    sum += coverage[x] ?? 0;
    coverage[x] = sum;
  }
}
