import { type Colour, colour, mix, type Picture, type Plane } from './picture.ts';
import { boundsOf, eachCoverageRow, type Polygon } from './polygon.ts';

export interface Paint {
  /** `#rrggbb`. */
  readonly fill: string;
  /** The colour at the bottom of the shape; `fill` is then the colour at its top. */
  readonly to?: string;
  /** 0…1; opaque unless told. */
  readonly alpha?: number;
}

const parsed = new Map<string, Colour>();

function colourOf(hex: string): Colour {
  const known = parsed.get(hex) ?? colour(hex);
  parsed.set(hex, known);
  return known;
}

/** Draws shapes into a picture. Coordinates are pixels of that picture, x to the right, y down. */
export class Painter {
  readonly picture: Picture;
  /** Nothing is drawn at or below this row: what stands behind a counter is hidden by it. */
  bottom: number;

  constructor(picture: Picture) {
    this.picture = picture;
    this.bottom = picture.height;
  }

  polygon(points: Polygon, paint: Paint): void {
    const from = colourOf(paint.fill);
    const to = colourOf(paint.to ?? paint.fill);
    const { top, bottom } = boundsOf(points);
    const alpha = paint.alpha ?? 1;
    const { y, u, v } = this.picture;
    const share = (at: number) => Math.min(1, Math.max(0, (at - top) / (bottom - top)));
    const rows = Math.max(0, Math.min(y.height, Math.round(this.bottom)));
    eachCoverageRow(points, 1, y.width, rows, (row, fromX, toX, coverage) => {
      blendRow(y, row, fromX, toX, coverage, mix(from, to, share(row)).y, alpha);
    });
    eachCoverageRow(points, 0.5, u.width, rows >> 1, (row, fromX, toX, coverage) => {
      const mixed = mix(from, to, share(row * 2));
      blendRow(u, row, fromX, toX, coverage, mixed.u, alpha);
      blendRow(v, row, fromX, toX, coverage, mixed.v, alpha);
    });
  }

  rect(x: number, y: number, width: number, height: number, paint: Paint): void {
    this.polygon([x, y, x + width, y, x + width, y + height, x, y + height], paint);
  }

  ellipse(centreX: number, centreY: number, radiusX: number, radiusY: number, paint: Paint): void {
    const corners = Math.min(64, Math.max(10, Math.round((radiusX + radiusY) / 3)));
    const points: number[] = [];
    for (let i = 0; i < corners; i++) {
      const angle = (i / corners) * 2 * Math.PI;
      points.push(centreX + Math.cos(angle) * radiusX, centreY + Math.sin(angle) * radiusY);
    }
    this.polygon(points, paint);
  }

  /** A straight stroke with flat ends. */
  line(x0: number, y0: number, x1: number, y1: number, width: number, paint: Paint): void {
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    const dx = ((y1 - y0) / length) * (width / 2);
    const dy = ((x1 - x0) / length) * (width / 2);
    this.polygon([x0 - dx, y0 + dy, x1 - dx, y1 + dy, x1 + dx, y1 - dy, x0 + dx, y0 - dy], paint);
  }

  /** A circle line; outer and inner edge are one polygon under the even-odd rule. */
  ring(centreX: number, centreY: number, radius: number, width: number, paint: Paint): void {
    const corners = Math.min(48, Math.max(12, Math.round(radius)));
    const points: number[] = [];
    for (const r of [radius, radius - width]) {
      for (let i = 0; i <= corners; i++) {
        const angle = (i / corners) * 2 * Math.PI;
        points.push(centreX + Math.cos(angle) * r, centreY + Math.sin(angle) * r);
      }
    }
    this.polygon(points, paint);
  }

  /** Fine grain in the luma, the same at every run: flat colours look painted, grain looks seen. */
  grain(amplitude: number): void {
    const { bytes } = this.picture.y;
    let state = 0x2545f491;
    for (let i = 0; i < bytes.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = (bytes[i] ?? 0) + ((state & 0xff) / 255 - 0.5) * 2 * amplitude + 0.5;
    }
  }

  /** Light that fades from the centre outwards; `alpha` holds in the centre. */
  glow(centreX: number, centreY: number, radiusX: number, radiusY: number, paint: Paint): void {
    const tint = colourOf(paint.fill);
    const alpha = paint.alpha ?? 1;
    const { y, u, v } = this.picture;
    glowPlane(y, centreX, centreY, radiusX, radiusY, tint.y, alpha);
    glowPlane(u, centreX / 2, centreY / 2, radiusX / 2, radiusY / 2, tint.u, alpha);
    glowPlane(v, centreX / 2, centreY / 2, radiusX / 2, radiusY / 2, tint.v, alpha);
  }
}

function blendRow(
  plane: Plane,
  row: number,
  fromX: number,
  toX: number,
  coverage: Float32Array,
  value: number,
  alpha: number,
): void {
  const { bytes } = plane;
  const start = row * plane.width;
  for (let x = fromX; x < toX; x++) {
    const share = (coverage[x] ?? 0) * alpha;
    if (share <= 0) continue;
    const old = bytes[start + x] ?? 0;
    bytes[start + x] = old + (value - old) * share + 0.5;
  }
}

function glowPlane(
  plane: Plane,
  centreX: number,
  centreY: number,
  radiusX: number,
  radiusY: number,
  value: number,
  alpha: number,
): void {
  const { width, height, bytes } = plane;
  const lastY = Math.min(height - 1, Math.ceil(centreY + radiusY));
  const lastX = Math.min(width - 1, Math.ceil(centreX + radiusX));
  for (let y = Math.max(0, Math.floor(centreY - radiusY)); y <= lastY; y++) {
    const dy = ((y - centreY) / radiusY) ** 2;
    for (let x = Math.max(0, Math.floor(centreX - radiusX)); x <= lastX; x++) {
      const distance = dy + ((x - centreX) / radiusX) ** 2;
      if (distance >= 1) continue;
      const old = bytes[y * width + x] ?? 0;
      bytes[y * width + x] = old + (value - old) * alpha * (1 - distance) ** 2 + 0.5;
    }
  }
}
