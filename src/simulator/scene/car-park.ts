import { car, drawCar } from './car.ts';
import { type Figure, person } from './figures.ts';
import { drawText } from './lettering.ts';
import type { Painter } from './painter.ts';
import { Path } from './path.ts';
import { SCENE_HEIGHT, SCENE_WIDTH, type Scene } from './scene.ts';

/** A car park on a grey day, from a lamp post. Nothing large in it has a colour. */
export const carPark: Scene = {
  paint(painter) {
    painter.rect(0, 0, SCENE_WIDTH, 700, { fill: '#b4b6b8', to: '#d6d7d8' });
    paintHall(painter);
    painter.rect(0, 760, SCENE_WIDTH, SCENE_HEIGHT - 760, { fill: '#7b7c7e', to: '#5d5e60' });
    paintLane(painter, 1180, 240);
    paintLane(painter, 1590, 210);
    paintRow(painter, 1000, 320, 0);
    paintRow(painter, 1420, 420, 2);
    paintRow(painter, 2050, 560, 5);
    for (const x of [700, 2330, 3200]) paintLampPost(painter, x);
    paintMachine(painter, 2560, 1120);
    painter.grain(5);
  },
  figures,
};

const PAINTS = [
  '#a5a8ab',
  '#3b3e42',
  '#d9dbdc',
  '#6e2f2c',
  '#2f4460',
  '#86898c',
  '#4c5a4c',
  '#191b1d',
];

function paintHall(painter: Painter): void {
  painter.rect(0, 420, SCENE_WIDTH, 360, { fill: '#8f9194', to: '#7a7c7f' });
  for (let x = 0; x < SCENE_WIDTH; x += 48) {
    painter.rect(x, 420, 4, 360, { fill: '#6a6c6f', alpha: 0.6 });
  }
  painter.rect(0, 400, SCENE_WIDTH, 30, { fill: '#5b5d60' });
  drawText(painter.picture, 'WINKELCENTRUM', 1920, 480, {
    size: 88,
    fill: '#f2f2f2',
    weight: 1,
    align: 'centre',
  });
  for (let i = 0; i < 8; i++) {
    painter.rect(160 + i * 480, 620, 200, 160, { fill: '#3c4043', to: '#595d61' });
    painter.rect(256 + i * 480, 620, 6, 160, { fill: '#8f9194' });
  }
}

/** Marked bays with cars in most of them; `y` is where their wheels are. */
function paintRow(painter: Painter, y: number, pitch: number, shift: number): void {
  const length = pitch * 0.84;
  for (let x = -pitch / 2, i = 0; x < SCENE_WIDTH + pitch; x += pitch, i++) {
    const lean = (x - 1920) * 0.06;
    painter.polygon(
      [x, y - pitch * 0.3, x + 10, y - pitch * 0.3, x + 12 + lean, y + 24, x + lean, y + 24],
      {
        fill: '#e4e4e2',
        alpha: 0.85,
      },
    );
    if ((i * 5 + shift) % 7 === 3) continue;
    const paint = PAINTS[(i * 3 + shift) % PAINTS.length] ?? '#a5a8ab';
    const facing = (i + shift) % 3 === 0 ? -1 : 1;
    drawCar(painter, x + pitch / 2, y, length, facing, { paint, van: (i + shift) % 5 === 4 });
  }
}

function paintLane(painter: Painter, y: number, height: number): void {
  painter.rect(0, y - height / 2, SCENE_WIDTH, height, { fill: '#6d6e70', to: '#676869' });
  for (let x = 90; x < SCENE_WIDTH; x += 640) {
    painter.rect(x, y - 5, 120, 10, { fill: '#dcdcda' });
    painter.polygon([x + 120, y - 24, x + 180, y, x + 120, y + 24], { fill: '#dcdcda' });
  }
}

function paintLampPost(painter: Painter, x: number): void {
  painter.polygon([x - 9, 1300, x - 5, 330, x + 5, 330, x + 9, 1300], { fill: '#3f4244' });
  painter.rect(x - 110, 322, 220, 12, { fill: '#3f4244' });
  for (const side of [-96, 46]) painter.rect(x + side, 330, 50, 16, { fill: '#f4f4ea' });
  painter.ellipse(x, 1302, 46, 12, { fill: '#4a4c4e' });
}

function paintMachine(painter: Painter, x: number, y: number): void {
  painter.ellipse(x, y, 52, 10, { fill: '#2c2d2e', alpha: 0.5 });
  painter.rect(x - 26, y - 116, 52, 116, { fill: '#2e4a78' });
  painter.rect(x - 17, y - 92, 34, 26, { fill: '#c8d2c4' });
  painter.rect(x - 36, y - 176, 72, 56, { fill: '#2b5aa8' });
  drawText(painter.picture, 'P', x, y - 167, {
    size: 38,
    fill: '#ffffff',
    weight: 1.1,
    align: 'centre',
  });
}

const size = (y: number) => 116 + (y - 1000) * 0.085;
const inbound = new Path(
  [
    [-700, 1215],
    [1500, 1215, 3],
    [4500, 1215],
  ],
  330,
  4,
);
const outbound = new Path(
  [
    [4600, 1640],
    [1800, 1640, 2],
    [-800, 1640],
  ],
  380,
  9,
);
const van = new Path(
  [
    [-900, 1690],
    [4700, 1690],
    [4700, 4000],
    [-900, 4000],
  ],
  300,
  14,
);
const shopper = new Path(
  [
    [1250, 1120],
    [2440, 1140, 6],
    [3000, 1110],
    [1900, 1130, 3],
  ],
  110,
);
const walker = new Path(
  [
    [3400, 1500],
    [2100, 1490, 5],
    [900, 1510],
    [1800, 1480, 2],
  ],
  120,
  15,
);
const runner = new Path(
  [
    [500, 1730],
    [2900, 1740],
    [2600, 1500, 6],
  ],
  210,
  3,
);

function figures(): Figure[] {
  return [
    car(inbound, { length: 320, paint: '#c9cccf' }),
    car(outbound, { length: 400, paint: '#7d2b2b' }),
    car(van, { length: 470, paint: '#e6e7e8', van: true }),
    person(
      shopper,
      { coat: '#d0592f', trousers: '#2b2f3a', hair: '#3a2a1f', bag: '#f2f2f2' },
      { size },
    ),
    person(walker, { coat: '#3d6aa8', trousers: '#2a2c30', hair: '#8a6a3a' }, { size }),
    person(runner, { coat: '#e2c34a', trousers: '#1c1e22', hair: '#151515' }, { size }),
  ];
}
