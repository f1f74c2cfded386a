import type { Figure, Route } from './figures.ts';
import type { Painter } from './painter.ts';

export interface CarOptions {
  /** Length from bumper to bumper. */
  readonly length: number;
  readonly paint: string;
  readonly van?: boolean;
}

export function car(route: Route, options: CarOptions): Figure {
  return {
    place: (seconds) => route.at(seconds),
    reach: options.length,
    draw: (painter, place, x, y, scale) =>
      drawCar(painter, x, y, options.length * scale, place.facing, options, place.gone * scale),
  };
}

/** A car from the side, its wheels on `y`. Also used for cars that are parked in a scene. */
export function drawCar(
  painter: Painter,
  x: number,
  y: number,
  length: number,
  facing: number,
  options: { paint: string; van?: boolean },
  gone = 0,
): void {
  const l = length;
  const at = (points: readonly number[]) =>
    points.map((value, i) => (i % 2 === 0 ? x + facing * value * l : y - value * l));
  painter.ellipse(x, y, 0.54 * l, 0.035 * l, { fill: '#000000', alpha: 0.45 });
  painter.polygon(at(options.van ? VAN : CAR), { fill: options.paint });
  painter.polygon(at(SILL), { fill: '#000000', alpha: 0.28 });
  for (const window of options.van ? VAN_WINDOWS : CAR_WINDOWS) {
    painter.polygon(at(window), { fill: '#26323c', to: '#53646f' });
  }
  painter.polygon(at([0.47, 0.17, 0.5, 0.165, 0.5, 0.13, 0.46, 0.135]), { fill: '#fff3c4' });
  painter.polygon(at([-0.47, 0.2, -0.497, 0.19, -0.497, 0.14, -0.475, 0.14]), { fill: '#c22018' });
  for (const wheel of [-0.3, 0.3]) drawWheel(painter, x + facing * wheel * l, y, l, gone * facing);
}

function drawWheel(painter: Painter, x: number, y: number, l: number, gone: number): void {
  const radius = 0.075 * l;
  painter.ellipse(x, y - radius, radius * 1.2, radius * 1.2, { fill: '#15171a' });
  painter.ellipse(x, y - radius, radius * 0.62, radius * 0.62, { fill: '#a8adb2' });
  const angle = gone / radius;
  const [dx, dy] = [Math.cos(angle) * radius * 0.55, Math.sin(angle) * radius * 0.55];
  const spoke = { fill: '#54585c' };
  painter.line(x - dx, y - radius - dy, x + dx, y - radius + dy, radius * 0.22, spoke);
  painter.line(x - dy, y - radius + dx, x + dy, y - radius - dx, radius * 0.22, spoke);
}

/** Outlines in lengths of the car: forward and up are positive. */
const CAR = [
  -0.5, 0.07, -0.5, 0.2, -0.46, 0.23, -0.34, 0.24, -0.24, 0.35, 0.06, 0.36, 0.2, 0.25, 0.4, 0.22,
  0.49, 0.19, 0.5, 0.07,
];
const VAN = [
  -0.5, 0.07, -0.5, 0.42, -0.48, 0.45, 0.2, 0.45, 0.34, 0.27, 0.47, 0.22, 0.5, 0.19, 0.5, 0.07,
];
const SILL = [-0.5, 0.07, -0.5, 0.12, 0.5, 0.12, 0.5, 0.07];
const CAR_WINDOWS = [
  [-0.3, 0.25, -0.22, 0.33, -0.09, 0.34, -0.09, 0.25],
  [-0.07, 0.25, -0.07, 0.34, 0.05, 0.34, 0.16, 0.25],
];
const VAN_WINDOWS = [[0.06, 0.28, 0.06, 0.41, 0.19, 0.41, 0.29, 0.28]];
