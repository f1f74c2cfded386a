import { cyclist } from './cyclist.ts';
import { type Figure, person } from './figures.ts';
import { drawText } from './lettering.ts';
import type { Painter } from './painter.ts';
import { Path } from './path.ts';
import { SCENE_HEIGHT, SCENE_WIDTH, type Scene } from './scene.ts';

/** A square with lawns, trees and a fountain, from a mast. Everything in it is green. */
export const square: Scene = {
  paint(painter) {
    painter.rect(0, 0, SCENE_WIDTH, 560, { fill: '#9cc7a8', to: '#d2e6c8' });
    paintHouses(painter);
    paintLawn(painter);
    for (let i = 0; i < 12; i++) paintTree(painter, 130 + i * 330, 900 + (i % 3) * 26, 300);
    paintFountain(painter, 1920, 1230);
    for (const x of [1180, 2660, 640, 3200]) paintBench(painter, x, 1290);
    for (const x of [300, 3480]) paintTree(painter, x, 1760, 640);
    paintTree(painter, 1020, 1990, 700);
    paintTree(painter, 2950, 2010, 700);
    paintSign(painter, 1420, 1010);
    painter.grain(4);
  },
  figures,
};

const LAWN = 850;

function paintHouses(painter: Painter): void {
  for (let i = 0; i < 16; i++) {
    const x = i * 240;
    const top = 380 + ((i * 37) % 5) * 26;
    const wall = ['#5e7f5a', '#74946a', '#4f7354', '#6b8b70'][i % 4] ?? '#5e7f5a';
    painter.rect(x, top, 240, LAWN - top, { fill: wall });
    painter.polygon([x, top, x + 60, top - 120, x + 180, top - 120, x + 240, top], {
      fill: '#3c5a41',
    });
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        const y = top + 36 + row * 110;
        painter.rect(x + 30 + column * 68, y, 44, 70, { fill: '#d8e8cf', to: '#8fb096' });
      }
    }
  }
  painter.rect(1800, 120, 170, LAWN - 120, { fill: '#6d8a68', to: '#57785a' });
  painter.polygon([1780, 120, 1885, -120, 1990, 120], { fill: '#34553d' });
  painter.ellipse(1885, 300, 54, 54, { fill: '#f0f4dc' });
  painter.line(1885, 300, 1885, 262, 7, { fill: '#203024' });
  painter.line(1885, 300, 1912, 312, 7, { fill: '#203024' });
}

/** Grass with mown stripes, and paths that meet at the fountain. */
function paintLawn(painter: Painter): void {
  painter.rect(0, LAWN, SCENE_WIDTH, SCENE_HEIGHT - LAWN, { fill: '#5a9a48', to: '#3f7f36' });
  for (let i = -16; i < 16; i += 2) {
    const [far, near] = [1920 + i * 130, 1920 + i * 330];
    painter.polygon([far, LAWN, far + 130, LAWN, near + 330, SCENE_HEIGHT, near, SCENE_HEIGHT], {
      fill: '#78b85c',
      alpha: 0.4,
    });
  }
  const path = { fill: '#a9bf90', to: '#b9cba0' };
  painter.rect(0, LAWN, SCENE_WIDTH, 40, { fill: '#8da67c' });
  painter.polygon([0, 1210, 3840, 1210, 3840, 1330, 0, 1330], path);
  painter.polygon([1840, 880, 2000, 880, 2420, 2160, 1420, 2160], path);
  painter.polygon([0, 1800, 1660, 1290, 1800, 1330, 0, 2000], path);
  painter.polygon([3840, 1800, 2180, 1290, 2040, 1330, 3840, 2000], path);
  painter.ellipse(1920, 1270, 470, 170, path);
  for (let i = 0; i < 60; i++) {
    const [x, y] = [(i * 733) % SCENE_WIDTH, 1380 + ((i * 397) % 700)];
    painter.ellipse(x, y, 26, 7, { fill: '#8ccf66', alpha: 0.5 });
  }
}

function paintTree(painter: Painter, x: number, y: number, height: number): void {
  const h = height;
  painter.ellipse(x + 0.08 * h, y, 0.36 * h, 0.07 * h, { fill: '#16301a', alpha: 0.5 });
  painter.polygon(
    [x - 0.035 * h, y, x - 0.02 * h, y - 0.5 * h, x + 0.02 * h, y - 0.5 * h, x + 0.04 * h, y],
    {
      fill: '#4c4a2c',
    },
  );
  for (let i = 0; i < 16; i++) {
    const angle = i * 2.4;
    const far = 0.06 * Math.sqrt(i) * h;
    const [cx, cy] = [x + Math.cos(angle) * far, y - 0.66 * h + Math.sin(angle) * far * 0.85];
    const leaf = ['#2f6d33', '#3d8340', '#4f9a48', '#367a3a'][i % 4] ?? '#2f6d33';
    painter.ellipse(cx, cy, 0.15 * h, 0.13 * h, { fill: leaf });
    painter.ellipse(cx - 0.03 * h, cy - 0.04 * h, 0.08 * h, 0.06 * h, {
      fill: '#86c866',
      alpha: 0.35,
    });
  }
}

function paintFountain(painter: Painter, x: number, y: number): void {
  painter.ellipse(x, y + 40, 290, 96, { fill: '#6f8a6c' });
  painter.ellipse(x, y + 22, 270, 82, { fill: '#c9d8bd' });
  painter.ellipse(x, y + 24, 240, 66, { fill: '#4ea68c', to: '#7fd0b0' });
  painter.polygon([x - 26, y + 30, x - 14, y - 150, x + 14, y - 150, x + 26, y + 30], {
    fill: '#b9cbb0',
  });
  painter.ellipse(x, y - 100, 96, 22, { fill: '#c9d8bd' });
  for (let i = -4; i <= 4; i++) {
    painter.line(x, y - 176, x + i * 20, y - 104, 5, { fill: '#effff2', alpha: 0.7 });
    painter.line(x + i * 20, y - 104, x + i * 44, y + 16, 5, { fill: '#effff2', alpha: 0.5 });
  }
}

function paintBench(painter: Painter, x: number, y: number): void {
  painter.ellipse(x, y + 4, 110, 14, { fill: '#16301a', alpha: 0.4 });
  for (const leg of [-80, 70]) painter.rect(x + leg, y - 46, 10, 48, { fill: '#26351f' });
  painter.rect(x - 96, y - 56, 192, 16, { fill: '#7c8a4a' });
  for (const slat of [-104, -84]) painter.rect(x - 96, y + slat, 192, 13, { fill: '#8a9a52' });
}

function paintSign(painter: Painter, x: number, y: number): void {
  painter.rect(x - 5, y - 120, 10, 130, { fill: '#2b3a2c' });
  painter.rect(x - 130, y - 190, 260, 74, { fill: '#1f5a34' });
  drawText(painter.picture, 'Stadsplein', x, y - 168, {
    size: 30,
    fill: '#f4fff0',
    align: 'centre',
  });
}

const size = (y: number) => 170 + (y - 900) * 0.34;
const across = new Path(
  [
    [-200, 1290],
    [1500, 1300],
    [2350, 1310, 4],
    [4100, 1290],
  ],
  150,
  6,
);
const down = new Path(
  [
    [1920, 930],
    [1700, 1420],
    [1850, 1900, 3],
    [2150, 1480, 2],
  ],
  130,
);
const diagonal = new Path(
  [
    [300, 1860],
    [1500, 1420],
    [1180, 1330, 9],
    [1500, 1440],
  ],
  145,
  20,
);
const dog = new Path(
  [
    [2500, 1430, 3],
    [3300, 1700, 2],
    [2700, 1850],
    [2100, 1520],
  ],
  120,
  5,
);
const bike = new Path(
  [
    [4300, 1322],
    [-400, 1322],
  ],
  360,
  8,
);
const fast = new Path(
  [
    [-400, 1900],
    [1400, 1400],
    [2400, 1400],
    [4300, 1900],
  ],
  330,
  2,
);

function figures(): Figure[] {
  return [
    person(across, { coat: '#b83a34', trousers: '#24304a', hair: '#2a1d16' }, { size }),
    person(
      down,
      { coat: '#f0f0ea', trousers: '#3a3f46', hair: '#7a5030', bag: '#c24a2a' },
      { size },
    ),
    person(diagonal, { coat: '#35508a', trousers: '#1f2430', hair: '#181818' }, { size }),
    person(dog, { coat: '#d9a441', trousers: '#4a3a2c', hair: '#c9b8a0' }, { size }),
    cyclist(bike, { coat: '#7a3f8c', trousers: '#2b2f3a', hair: '#3a2a20' }, { size }),
    cyclist(fast, { coat: '#e4572e', trousers: '#20262e', hair: '#20140e' }, { size }),
  ];
}
