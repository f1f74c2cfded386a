import { car } from './car.ts';
import { cyclist } from './cyclist.ts';
import { type Figure, person } from './figures.ts';
import { drawText } from './lettering.ts';
import type { Painter } from './painter.ts';
import { Path } from './path.ts';
import { SCENE_HEIGHT, SCENE_WIDTH, type Scene } from './scene.ts';

/** A shopping street at dusk, seen from the other side. Everything in it is blue. */
export const shopFront: Scene = {
  paint(painter) {
    paintStreet(painter);
    paintHouse(painter, 0, 660, '#33507f');
    paintHouse(painter, 660, 560, '#2a4a86');
    paintHouse(painter, 1220, 1400, '#24437c');
    paintHouse(painter, 2620, 560, '#3b5688');
    paintHouse(painter, 3180, 660, '#2b4878');
    paintNeighbour(painter, 60, 'BAKKERIJ', '#3f6db5');
    paintNeighbour(painter, 680, 'OPTICIEN', '#3a76b8');
    paintNeighbour(painter, 2660, 'BOEKHANDEL', '#4b64b4');
    paintNeighbour(painter, 3240, 'CAFE', '#3868a8');
    paintShop(painter);
    for (const x of [1130, 2710, 420, 3420]) paintStreetLamp(painter, x);
    painter.grain(3);
  },
  figures,
};

const GROUND = 1330;
const KERB = 1560;

function paintStreet(painter: Painter): void {
  painter.rect(0, 0, SCENE_WIDTH, 400, { fill: '#1d3570', to: '#4a74b8' });
  painter.rect(0, GROUND, SCENE_WIDTH, KERB - GROUND, { fill: '#52698f', to: '#627aa2' });
  for (let i = 0, y = GROUND + 22; y < KERB; i++, y += 24 + i * 5) {
    painter.rect(0, y, SCENE_WIDTH, 3, { fill: '#3a4f74', alpha: 0.7 });
  }
  for (let i = -44; i <= 44; i++) {
    painter.line(1920 + i * 74, GROUND, 1920 + i * 92, KERB, 3, { fill: '#3a4f74', alpha: 0.6 });
  }
  painter.rect(0, KERB, SCENE_WIDTH, 22, { fill: '#8fa3c4' });
  painter.rect(0, KERB + 22, SCENE_WIDTH, 16, { fill: '#2a3a5a' });
  painter.rect(0, KERB + 38, SCENE_WIDTH, SCENE_HEIGHT - KERB, { fill: '#2f4068', to: '#3d5180' });
  for (let x = 80; x < SCENE_WIDTH; x += 420) {
    painter.polygon([x, 1868, x + 220, 1868, x + 210, 1886, x - 12, 1886], { fill: '#b6c5e2' });
  }
}

/** The storeys above a shop: brick, windows, cornice. */
function paintHouse(painter: Painter, x: number, width: number, brick: string): void {
  const top = 150 + ((x / 20) % 5) * 22;
  painter.rect(x, top, width, GROUND - top, { fill: brick });
  for (let y = top + 14; y < GROUND; y += 14) {
    painter.rect(x, y, width, 2, { fill: '#16284c', alpha: 0.3 });
  }
  painter.rect(x - 8, top - 26, width + 16, 34, { fill: '#7f97c2' });
  const count = Math.floor(width / 190);
  const pitch = width / count;
  for (let i = 0; i < count; i++) {
    const lit = (i + x) % 3 === 0;
    const left = x + pitch * (i + 0.5) - 62;
    painter.rect(left - 10, top + 90, 144, 330, { fill: '#b9c9e6' });
    painter.rect(left, top + 100, 124, 310, lit ? WARM : DARK);
    painter.rect(left + 58, top + 100, 8, 310, { fill: '#b9c9e6' });
    painter.rect(left, top + 200, 124, 8, { fill: '#b9c9e6' });
    painter.rect(left - 18, top + 418, 160, 18, { fill: '#93a9d0' });
  }
  painter.rect(x + width - 3, top, 6, GROUND - top, { fill: '#122040', alpha: 0.6 });
}

const WARM = { fill: '#ffe0a0', to: '#e0a860' };
const DARK = { fill: '#162a52', to: '#35588f' };

function paintNeighbour(painter: Painter, x: number, name: string, awning: string): void {
  painter.rect(x, 760, 520, GROUND - 760, { fill: '#1b2f58' });
  painter.rect(x + 16, 870, 330, 400, { fill: '#5a80b8', to: '#38598f' });
  painter.rect(x + 372, 870, 130, 460, { fill: '#22406f' });
  painter.rect(x + 386, 884, 102, 260, { fill: '#6d93c8', to: '#44699f' });
  painter.glow(x + 180, 1000, 220, 200, { fill: '#cfe2ff', alpha: 0.35 });
  painter.rect(x, 700, 520, 70, { fill: '#16264a' });
  drawText(painter.picture, name, x + 260, 717, { size: 36, fill: '#dbe8ff', align: 'centre' });
  for (let i = 0; i < 8; i++) {
    const left = x + i * 65;
    painter.polygon([left, 780, left + 65, 780, left + 65 - 6, 870, left - 6, 870], {
      fill: i % 2 === 0 ? awning : '#dfe8f8',
    });
  }
}

/** The jeweller's: two lit windows, the door between them, the name above. */
function paintShop(painter: Painter): void {
  painter.rect(1240, 690, 1360, GROUND - 690, { fill: '#122248' });
  painter.rect(1240, 690, 1360, 130, { fill: '#0f1d40', to: '#1a2f60' });
  drawText(painter.picture, 'JUWELIER LIJNBAAN', 1920, 722, {
    size: 66,
    fill: '#f6e3ac',
    weight: 1,
    align: 'centre',
  });
  paintWindow(painter, 1280, 450);
  paintWindow(painter, 2110, 450);
  painter.rect(1756, 850, 328, GROUND - 850, { fill: '#31508c' });
  painter.rect(1780, 874, 280, GROUND - 884, { fill: '#8fb4e6', to: '#5a83be' });
  painter.rect(1912, 874, 16, GROUND - 884, { fill: '#31508c' });
  painter.rect(1880, 1080, 12, 120, { fill: '#e6d28c' });
  painter.rect(1948, 1080, 12, 120, { fill: '#e6d28c' });
  painter.rect(1800, 930, 96, 46, { fill: '#16305f' });
  drawText(painter.picture, 'OPEN', 1848, 941, { size: 24, fill: '#ffffff', align: 'centre' });
  drawText(painter.picture, '12', 1920, 846, { size: 22, fill: '#dbe8ff', align: 'centre' });
  painter.glow(1920, 1400, 900, 150, { fill: '#b9d2ff', alpha: 0.4 });
}

function paintWindow(painter: Painter, x: number, width: number): void {
  painter.rect(x - 14, 846, width + 28, 450, { fill: '#c9b26a' });
  painter.rect(x, 860, width, 420, { fill: '#eaf2ff', to: '#86a8dc' });
  painter.glow(x + width / 2, 930, width * 0.5, 200, { fill: '#fffdf0', alpha: 0.7 });
  for (const [row, count] of [
    [0, 4],
    [1, 5],
  ] as const) {
    const y = 1090 + row * 150;
    painter.rect(x + 20, y, width - 40, 26, { fill: '#27408a' });
    for (let i = 0; i < count; i++) {
      paintBust(painter, x + (width * (i + 0.5)) / count, y, 96 - row * 10);
    }
  }
  painter.polygon([x + 60, 860, x + 190, 860, x + 30, 1280, x, 1280, x, 1020], {
    fill: '#ffffff',
    alpha: 0.18,
  });
  painter.rect(x - 20, 1280, width + 40, 50, { fill: '#1c336a' });
}

function paintBust(painter: Painter, x: number, y: number, height: number): void {
  const h = height;
  painter.polygon(
    [x - 0.4 * h, y, x - 0.3 * h, y - 0.6 * h, x - 0.1 * h, y - h, x + 0.1 * h, y - h].concat([
      x + 0.3 * h,
      y - 0.6 * h,
      x + 0.4 * h,
      y,
    ]),
    { fill: '#1f2f6a' },
  );
  painter.ring(x, y - 0.66 * h, 0.22 * h, 0.05 * h, { fill: '#ffe48a' });
  painter.ellipse(x, y - 0.4 * h, 0.07 * h, 0.08 * h, { fill: '#ffffff' });
}

function paintStreetLamp(painter: Painter, x: number): void {
  painter.rect(x - 8, 700, 16, KERB - 730, { fill: '#101c38' });
  painter.rect(x - 22, KERB - 60, 44, 40, { fill: '#101c38' });
  painter.polygon([x - 40, 700, x - 28, 630, x + 28, 630, x + 40, 700], { fill: '#fff2c8' });
  painter.rect(x - 34, 618, 68, 14, { fill: '#101c38' });
  painter.glow(x, 670, 300, 260, { fill: '#fff0c0', alpha: 0.5 });
}

const size = (y: number) => 350 + (y - GROUND) * 0.35;
const right = new Path(
  [
    [-300, 1430],
    [1700, 1430, 4],
    [4200, 1420],
  ],
  190,
  8,
);
const left = new Path(
  [
    [4200, 1500],
    [2300, 1480, 5],
    [-300, 1500],
  ],
  170,
  12,
);
const stroller = new Path(
  [
    [1500, 1390, 6],
    [2330, 1400, 7],
    [3000, 1440],
    [900, 1450],
  ],
  130,
);
const bike = new Path(
  [
    [-500, 1680],
    [4400, 1680],
  ],
  420,
  5,
);
const eastbound = new Path(
  [
    [-900, 1780],
    [4800, 1780],
    [4801, 3400],
    [-900, 3400],
  ],
  620,
  3,
);
const westbound = new Path(
  [
    [4900, 2010],
    [-1000, 2010],
    [-1000, 3400],
    [4900, 3400],
  ],
  560,
  11,
);

function figures(): Figure[] {
  return [
    person(right, { coat: '#a8342e', trousers: '#1f2633', hair: '#2a1d16' }, { size }),
    person(
      left,
      { coat: '#d9dfe8', trousers: '#27344f', hair: '#6a4a2a', bag: '#f0d070' },
      { size },
    ),
    person(stroller, { coat: '#2d7a5c', trousers: '#20283c', hair: '#151515' }, { size }),
    cyclist(bike, { coat: '#e0b43c', trousers: '#2a3550', hair: '#4a3020' }, { size }),
    car(eastbound, { length: 900, paint: '#9fb4d8' }),
    car(westbound, { length: 1000, paint: '#e8edf6', van: true }),
  ];
}
