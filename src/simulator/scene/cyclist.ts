import { drawHead, type Figure, type FigureOptions, type Look, type Route } from './figures.ts';
import type { Painter } from './painter.ts';

const BLACK = { fill: '#20242a' };

/** A bicycle with somebody on it. */
export function cyclist(route: Route, look: Look, options: FigureOptions): Figure {
  return {
    place: (seconds) => route.at(seconds),
    reach: 700,
    draw(painter, place, x, y, scale) {
      const h = options.size(place.y) * scale;
      const turn = place.gone / (0.1 * options.size(place.y));
      painter.ellipse(x, y, 0.5 * h, 0.03 * h, { fill: '#101010', alpha: 0.3 });
      drawBicycle(painter, x, y, h, place.facing);
      drawRider(painter, x, y, h, place.facing, turn, look);
    },
  };
}

function drawBicycle(painter: Painter, x: number, y: number, h: number, facing: number): void {
  const wheel = 0.19 * h;
  const hub = y - wheel;
  const saddle = y - 0.48 * h;
  const tube = 0.025 * h;
  const [back, front] = [x - facing * 0.3 * h, x + facing * 0.3 * h];
  for (const at of [back, front]) painter.ring(at, hub, wheel, tube, BLACK);
  painter.line(back, hub, x - facing * 0.1 * h, saddle, tube, BLACK);
  painter.line(back, hub, x, hub, tube, BLACK);
  painter.line(x, hub, front - facing * 0.06 * h, saddle, tube, BLACK);
  painter.line(front, hub, front - facing * 0.09 * h, y - 0.6 * h, tube, BLACK);
}

function drawRider(
  painter: Painter,
  x: number,
  y: number,
  h: number,
  facing: number,
  turn: number,
  look: Look,
): void {
  const hub = y - 0.19 * h;
  const saddle = y - 0.48 * h;
  const neck = y - 0.86 * h;
  const trousers = { fill: look.trousers };
  for (const side of [0, Math.PI]) {
    const dx = Math.cos(turn + side) * 0.07 * h * facing;
    const dy = Math.sin(turn + side) * 0.07 * h;
    const knee = x + facing * 0.08 * h + dx * 0.5;
    painter.line(x - facing * 0.08 * h, saddle, knee, y - 0.36 * h, 0.08 * h, trousers);
    painter.line(knee, y - 0.37 * h, x + dx, hub + dy, 0.06 * h, trousers);
  }
  const coat = { fill: look.coat };
  const handlebar = x + facing * 0.2 * h;
  painter.line(
    x - facing * 0.1 * h,
    saddle + 0.03 * h,
    x + facing * 0.02 * h,
    neck,
    0.17 * h,
    coat,
  );
  painter.line(x, neck + 0.07 * h, handlebar, y - 0.6 * h, 0.05 * h, coat);
  drawHead(painter, x + facing * 0.04 * h, neck, h, facing, look);
}
