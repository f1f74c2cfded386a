import type { Painter } from './painter.ts';
import type { Place } from './path.ts';

/** Something that moves through a scene. Sizes and places are in pixels of the scene. */
export interface Figure {
  /** Where its foot is at a moment, in seconds since any fixed time. */
  place(seconds: number): Place;
  /** Draws it with its foot at `x`, `y` of the painter's picture, `scale` times its scene size. */
  draw(painter: Painter, place: Place, x: number, y: number, scale: number): void;
  /** Rows of the scene from here down hide it. */
  readonly hiddenBelow?: number;
  /** How far it reaches from its foot, for leaving out what is not in view. */
  readonly reach: number;
}

interface Route {
  at(seconds: number): Place;
}

export interface Look {
  readonly coat: string;
  readonly trousers: string;
  readonly hair: string;
  readonly skin?: string;
  readonly bag?: string;
}

export interface FigureOptions {
  /** Height of a person at the scene's row `y`: the farther, the smaller. */
  readonly size: (y: number) => number;
  readonly hiddenBelow?: number;
}

const SKIN = '#d8a684';

export function person(route: Route, look: Look, options: FigureOptions): Figure {
  return {
    place: (seconds) => route.at(seconds),
    reach: 700,
    ...(options.hiddenBelow === undefined ? {} : { hiddenBelow: options.hiddenBelow }),
    draw(painter, place, x, y, scale) {
      const height = options.size(place.y) * scale;
      const swing = place.moving ? Math.sin(place.gone / (options.size(place.y) * 0.12)) : 0;
      drawPerson(painter, x, y, height, swing, place.facing, look);
    },
  };
}

function drawPerson(
  painter: Painter,
  x: number,
  y: number,
  height: number,
  swing: number,
  facing: number,
  look: Look,
): void {
  const h = height;
  const step = swing * 0.13 * h;
  const hip = y - 0.47 * h;
  const neck = y - 0.82 * h;
  const limb = 0.085 * h;
  painter.ellipse(x, y, 0.2 * h, 0.035 * h, { fill: '#101010', alpha: 0.35 });
  painter.line(x, neck + 0.06 * h, x - step * 1.1, hip + 0.02 * h, 0.065 * h, { fill: look.coat });
  for (const side of [-1, 1]) {
    const foot = x + side * step + side * 0.012 * h;
    const lift = Math.max(0, side * swing * facing) * 0.02 * h;
    painter.line(x + side * 0.03 * h, hip, foot, y - lift, limb, { fill: look.trousers });
    painter.ellipse(foot + facing * 0.03 * h, y - lift - 0.01 * h, 0.055 * h, 0.02 * h, {
      fill: '#1c1a1a',
    });
  }
  const [chest, waist] = [0.115 * h, 0.09 * h];
  const torso = [x - chest, neck + 0.05 * h, x - 0.05 * h, neck, x + 0.05 * h, neck];
  torso.push(x + chest, neck + 0.05 * h, x + waist, hip + 0.06 * h, x - waist, hip + 0.06 * h);
  painter.polygon(torso, { fill: look.coat });
  painter.polygon([x, neck, x + chest, neck + 0.05 * h, x + waist, hip + 0.06 * h, x, hip], {
    fill: '#000000',
    alpha: 0.14,
  });
  painter.line(x + facing * 0.02 * h, neck + 0.06 * h, x + step * 1.1, hip + 0.03 * h, 0.06 * h, {
    fill: look.coat,
  });
  painter.ellipse(x + step * 1.1, hip + 0.04 * h, 0.028 * h, 0.03 * h, { fill: look.skin ?? SKIN });
  if (look.bag) {
    painter.rect(x + step - 0.05 * h, hip + 0.05 * h, 0.12 * h, 0.12 * h, { fill: look.bag });
  }
  drawHead(painter, x + facing * 0.01 * h, neck, h, facing, look);
}

function drawHead(
  painter: Painter,
  x: number,
  neck: number,
  h: number,
  facing: number,
  look: Look,
): void {
  const skin = look.skin ?? SKIN;
  painter.rect(x - 0.025 * h, neck - 0.04 * h, 0.05 * h, 0.06 * h, { fill: skin });
  painter.ellipse(x - facing * 0.012 * h, neck - 0.1 * h, 0.064 * h, 0.076 * h, {
    fill: look.hair,
  });
  painter.ellipse(x + facing * 0.014 * h, neck - 0.085 * h, 0.048 * h, 0.063 * h, { fill: skin });
}

/** A bicycle with somebody on it. */
export function cyclist(route: Route, look: Look, options: FigureOptions): Figure {
  return {
    place: (seconds) => route.at(seconds),
    reach: 700,
    draw(painter, place, x, y, scale) {
      const h = options.size(place.y) * scale;
      const f = place.facing;
      const wheel = 0.19 * h;
      const black = { fill: '#20242a' };
      const [back, front] = [x - f * 0.3 * h, x + f * 0.3 * h];
      const hub = y - wheel;
      painter.ellipse(x, y, 0.5 * h, 0.03 * h, { fill: '#101010', alpha: 0.3 });
      for (const at of [back, front]) painter.ring(at, hub, wheel, 0.025 * h, black);
      const saddle = y - 0.48 * h;
      painter.line(back, hub, x - f * 0.1 * h, saddle, 0.025 * h, black);
      painter.line(back, hub, x, hub, 0.025 * h, black);
      painter.line(x, hub, front - f * 0.06 * h, saddle, 0.025 * h, black);
      painter.line(front, hub, front - f * 0.09 * h, y - 0.6 * h, 0.025 * h, black);
      const turn = place.gone / (0.1 * options.size(place.y));
      for (const side of [0, Math.PI]) {
        const foot = [Math.cos(turn + side) * 0.07 * h * f, Math.sin(turn + side) * 0.07 * h];
        const [dx = 0, dy = 0] = foot;
        const knee = x + f * 0.08 * h + dx * 0.5;
        painter.line(x - f * 0.08 * h, saddle, knee, y - 0.36 * h, 0.08 * h, {
          fill: look.trousers,
        });
        painter.line(knee, y - 0.37 * h, x + dx, hub + dy, 0.06 * h, { fill: look.trousers });
      }
      const neck = y - 0.86 * h;
      painter.line(x - f * 0.1 * h, saddle + 0.03 * h, x + f * 0.02 * h, neck, 0.17 * h, {
        fill: look.coat,
      });
      painter.line(x, neck + 0.07 * h, front - f * 0.1 * h, y - 0.6 * h, 0.05 * h, {
        fill: look.coat,
      });
      drawHead(painter, x + f * 0.04 * h, neck, h, f, look);
    },
  };
}

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
