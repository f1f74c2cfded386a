import type { Painter } from './painter.ts';
import type { Place, Pose } from './path.ts';

/** Something that moves through a scene. Sizes and places are in pixels of the scene. */
export interface Figure {
  /** Where its foot is at a moment, in seconds since any fixed time; undefined while it is not there. */
  place(seconds: number): Place | undefined;
  /** Draws it with its foot at `x`, `y` of the painter's picture, `scale` times its scene size. */
  draw(painter: Painter, place: Place, x: number, y: number, scale: number): void;
  /** Rows of the scene from here down hide it. */
  readonly hiddenBelow?: number;
  /** How far it reaches from its foot, for leaving out what is not in view. */
  readonly reach: number;
}

/** Where something is at a moment, in seconds. */
export interface Route {
  at(seconds: number): Place | undefined;
}

export interface Look {
  readonly coat: string;
  readonly trousers: string;
  readonly hair: string;
  readonly skin?: string;
  readonly bag?: string;
  /** Nothing of the face but the eyes. */
  readonly masked?: true;
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
      const step = swing * 0.13 * height;
      const { facing, pose } = place;
      drawPerson(painter, { x, y, h: height, swing, step, facing, arms: pose }, look);
    },
  };
}

/** A body at one moment: `h` is its height, `step` how far a foot is from under it. */
interface Body {
  readonly x: number;
  readonly y: number;
  readonly h: number;
  readonly swing: number;
  readonly step: number;
  readonly facing: number;
  readonly arms: Pose | undefined;
}

function drawPerson(painter: Painter, body: Body, look: Look): void {
  const { x, y, h, step, facing } = body;
  const hip = y - 0.47 * h;
  const neck = y - 0.82 * h;
  const [far, near] = handsOf(body, hip, neck);
  painter.ellipse(x, y, 0.2 * h, 0.035 * h, { fill: '#101010', alpha: 0.35 });
  painter.line(x, neck + 0.06 * h, far.x, far.y - 0.01 * h, 0.065 * h, { fill: look.coat });
  drawLegs(painter, body, hip, look);
  drawTorso(painter, x, neck, hip, h, look);
  const shoulder = x + facing * 0.02 * h;
  painter.line(shoulder, neck + 0.06 * h, near.x, near.y, 0.06 * h, { fill: look.coat });
  painter.ellipse(near.x, near.y + 0.01 * h, 0.028 * h, 0.03 * h, { fill: look.skin ?? SKIN });
  if (body.arms === 'aims') {
    painter.rect(near.x + (facing > 0 ? 0 : -0.12 * h), near.y - 0.02 * h, 0.12 * h, 0.03 * h, {
      fill: '#101216',
    });
  }
  if (look.bag) {
    painter.rect(x + step - 0.05 * h, hip + 0.05 * h, 0.12 * h, 0.12 * h, { fill: look.bag });
  }
  drawHead(painter, x + facing * 0.01 * h, neck, h, facing, look);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the hand behind the body is, and the one before it. */
function handsOf(
  { x, h, step, facing, arms, swing }: Body,
  hip: number,
  neck: number,
): [Point, Point] {
  const low = hip + 0.03 * h;
  if (arms === 'hands-up') {
    const y = neck - 0.2 * h;
    return [
      { x: x - 0.14 * h, y },
      { x: x + 0.14 * h, y },
    ];
  }
  if (arms === 'aims') {
    return [
      { x: x - step * 1.1, y: low },
      { x: x + facing * 0.3 * h, y: neck + 0.08 * h },
    ];
  }
  if (arms === 'hits') {
    const reach = (share: number) => ({
      x: x + facing * (0.14 + 0.2 * Math.max(0, share)) * h,
      y: neck + 0.06 * h,
    });
    return [reach(-swing), reach(swing)];
  }
  return [
    { x: x - step * 1.1, y: low },
    { x: x + step * 1.1, y: low },
  ];
}

function drawLegs(painter: Painter, body: Body, hip: number, look: Look): void {
  const { x, y, h, swing, step, facing } = body;
  for (const side of [-1, 1]) {
    const foot = x + side * step + side * 0.012 * h;
    const lift = Math.max(0, side * swing * facing) * 0.02 * h;
    painter.line(x + side * 0.03 * h, hip, foot, y - lift, 0.085 * h, { fill: look.trousers });
    painter.ellipse(foot + facing * 0.03 * h, y - lift - 0.01 * h, 0.055 * h, 0.02 * h, {
      fill: '#1c1a1a',
    });
  }
}

function drawTorso(
  painter: Painter,
  x: number,
  neck: number,
  hip: number,
  h: number,
  look: Look,
): void {
  const [chest, waist] = [0.115 * h, 0.09 * h];
  const [shoulder, belt] = [neck + 0.05 * h, hip + 0.06 * h];
  const left = [x - chest, shoulder, x - 0.05 * h, neck];
  const right = [x + 0.05 * h, neck, x + chest, shoulder, x + waist, belt];
  painter.polygon([...left, ...right, x - waist, belt], { fill: look.coat });
  painter.polygon([x, neck, x + chest, shoulder, x + waist, belt, x, hip], {
    fill: '#000000',
    alpha: 0.14,
  });
}

/** Hair behind, face in the direction in which it goes. */
export function drawHead(
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
  const face = look.masked ? look.hair : skin;
  painter.ellipse(x + facing * 0.014 * h, neck - 0.085 * h, 0.048 * h, 0.063 * h, { fill: face });
  if (!look.masked) return;
  painter.rect(x + facing * 0.014 * h - 0.03 * h, neck - 0.11 * h, 0.06 * h, 0.018 * h, {
    fill: skin,
  });
}
