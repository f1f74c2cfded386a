import { type Figure, person } from './figures.ts';
import { drawText } from './lettering.ts';
import type { Painter } from './painter.ts';
import { Path } from './path.ts';
import { SCENE_HEIGHT, SCENE_WIDTH, type Scene } from './scene.ts';

/** A jeweller's, from the corner above the entrance. Everything in it is warm red and brown. */
export const shopInterior: Scene = {
  paint(painter) {
    paintRoom(painter);
    for (let i = 0; i < 6; i++) paintCabinet(painter, 640 + i * 440, 560);
    paintDoor(painter, 200);
    paintSafeDoor(painter, 3330);
    for (let i = 0; i < 9; i++) paintLamp(painter, 420 + i * 375);
    paintCounter(painter, 1160, 1040, 1520);
    paintIsland(painter, 480, 1500);
    paintIsland(painter, 2820, 1480);
    painter.grain(3);
  },
  figures,
};

const FLOOR = 1010;

function paintRoom(painter: Painter): void {
  painter.rect(0, 0, SCENE_WIDTH, 300, { fill: '#c08f78', to: '#a56a55' });
  painter.rect(0, 300, SCENE_WIDTH, FLOOR - 300, { fill: '#8c3a2f', to: '#a8503f' });
  painter.rect(0, 290, SCENE_WIDTH, 24, { fill: '#d8b08c' });
  for (let x = 60; x < SCENE_WIDTH; x += 60) {
    painter.rect(x, 314, 3, FLOOR - 314, { fill: '#6e2a22', alpha: 0.35 });
  }
  painter.rect(0, FLOOR - 46, SCENE_WIDTH, 46, { fill: '#5a2a1c' });
  painter.rect(0, FLOOR, SCENE_WIDTH, SCENE_HEIGHT - FLOOR, { fill: '#8a4b2e', to: '#b5693f' });
  for (let i = -30; i <= 30; i++) {
    painter.line(1920 + i * 105, FLOOR, 1920 + i * 330, SCENE_HEIGHT, 5, {
      fill: '#5f2e1a',
      alpha: 0.6,
    });
  }
  for (let i = 0, y = FLOOR + 26; y < SCENE_HEIGHT; i++, y += 26 + i * 9) {
    painter.rect(0, y, SCENE_WIDTH, 4, { fill: '#5f2e1a', alpha: 0.45 });
  }
  painter.polygon([1240, 1440, 2600, 1440, 2900, 2000, 940, 2000], { fill: '#7a1f2b' });
  painter.polygon([1290, 1465, 2550, 1465, 2810, 1965, 1030, 1965], { fill: '#b98a4a' });
  painter.polygon([1310, 1478, 2530, 1478, 2775, 1948, 1065, 1948], { fill: '#8a2733' });
}

/** A lit wall cabinet with three glass shelves. */
function paintCabinet(painter: Painter, x: number, y: number): void {
  painter.rect(x - 14, y - 14, 368, 388, { fill: '#4a2216' });
  painter.rect(x, y, 340, 360, { fill: '#f3d9a8', to: '#d49a62' });
  painter.glow(x + 170, y + 10, 220, 200, { fill: '#fff6dc', alpha: 0.8 });
  for (let shelf = 0; shelf < 3; shelf++) {
    const top = y + 110 + shelf * 115;
    painter.rect(x, top, 340, 8, { fill: '#8fa09a', alpha: 0.8 });
    for (let i = 0; i < 5; i++) paintPiece(painter, x + 36 + i * 66, top, (i + shelf) % 4);
  }
  painter.polygon([x + 40, y, x + 130, y, x + 30, y + 360, x, y + 360, x, y + 120], {
    fill: '#ffffff',
    alpha: 0.13,
  });
  painter.rect(x + 168, y, 5, 360, { fill: '#4a2216' });
}

/** A watch, a bust with a necklace, a ring box or a plate; its foot on `y`. */
function paintPiece(painter: Painter, x: number, y: number, kind: number): void {
  if (kind === 0) {
    painter.rect(x - 9, y - 66, 18, 62, { fill: '#3a2620' });
    painter.ellipse(x, y - 36, 19, 19, { fill: '#d9b64e' });
    painter.ellipse(x, y - 36, 13, 13, { fill: '#fbfaf2' });
  } else if (kind === 1) {
    painter.polygon(
      [x - 26, y, x - 20, y - 50, x - 8, y - 76, x + 8, y - 76, x + 20, y - 50, x + 26, y],
      {
        fill: '#4d1a28',
      },
    );
    painter.ring(x, y - 56, 15, 4, { fill: '#f5dd83' });
    painter.ellipse(x, y - 38, 5, 6, { fill: '#e6f4ff' });
  } else if (kind === 2) {
    painter.rect(x - 20, y - 26, 40, 26, { fill: '#7c1626' });
    painter.ring(x, y - 36, 13, 5, { fill: '#f0cf63' });
    painter.ellipse(x, y - 51, 5, 5, { fill: '#f4fbff' });
  } else {
    painter.ellipse(x, y - 34, 30, 30, { fill: '#e9e2d2' });
    painter.ellipse(x, y - 34, 21, 21, { fill: '#c9a86a' });
  }
}

function paintDoor(painter: Painter, x: number): void {
  painter.rect(x - 26, 330, 412, FLOOR - 330 + 20, { fill: '#3d1f15' });
  painter.rect(x, 356, 360, FLOOR - 350, { fill: '#e9c9a6', to: '#c99b78' });
  painter.rect(x + 20, 380, 320, 440, { fill: '#fbe9d0', to: '#e0b894' });
  painter.rect(x + 20, 850, 320, 130, { fill: '#7d4630' });
  painter.rect(x + 306, 640, 16, 130, { fill: '#d8b35a' });
  painter.rect(x + 70, 268, 220, 56, { fill: '#1d6b3c' });
  drawText(painter.picture, 'UITGANG', x + 180, 282, {
    size: 28,
    fill: '#f2fff4',
    align: 'centre',
  });
}

function paintSafeDoor(painter: Painter, x: number): void {
  painter.rect(x, 420, 330, FLOOR - 420, { fill: '#4b2a22' });
  painter.rect(x + 18, 438, 294, FLOOR - 450, { fill: '#8d6a5c', to: '#6f4a3e' });
  painter.ring(x + 165, 700, 66, 12, { fill: '#d9c2b0' });
  painter.line(x + 110, 700, x + 220, 700, 10, { fill: '#d9c2b0' });
  painter.line(x + 165, 645, x + 165, 755, 10, { fill: '#d9c2b0' });
  drawText(painter.picture, 'KLUIS', x + 165, 500, { size: 34, fill: '#f0dccb', align: 'centre' });
}

function paintLamp(painter: Painter, x: number): void {
  painter.rect(x - 3, 0, 6, 330, { fill: '#3a2019' });
  painter.polygon([x - 60, 392, x - 22, 330, x + 22, 330, x + 60, 392], { fill: '#d2a24c' });
  painter.ellipse(x, 394, 52, 12, { fill: '#fffbe6' });
  painter.glow(x, 420, 330, 260, { fill: '#ffe3ae', alpha: 0.42 });
  painter.glow(x, 1180, 420, 130, { fill: '#e9a56c', alpha: 0.3 });
}

/** The glass counter, with the till and what lies in it. */
function paintCounter(painter: Painter, x: number, y: number, width: number): void {
  painter.ellipse(x + width / 2, y + 344, width * 0.54, 46, { fill: '#200a06', alpha: 0.5 });
  painter.polygon([x + 46, y - 40, x + width - 46, y - 40, x + width, y + 20, x, y + 20], {
    fill: '#d8ac86',
    to: '#f2d6b4',
  });
  painter.rect(x, y + 20, width, 130, { fill: '#f7dfb6', to: '#d39a6a' });
  for (let i = 0; i < 22; i++) paintPiece(painter, x + 50 + i * 67, y + 142, (i * 7) % 3);
  painter.rect(x, y + 20, width, 130, { fill: '#ffffff', alpha: 0.12 });
  for (let i = 1; i < 5; i++) {
    painter.rect(x + (width * i) / 5 - 4, y + 20, 8, 130, { fill: '#a87a4c' });
  }
  painter.rect(x, y + 150, width, 190, { fill: '#7b3d26', to: '#54260f' });
  for (let i = 0; i < 5; i++) {
    painter.rect(x + 26 + (width * i) / 5, y + 176, width / 5 - 52, 134, { fill: '#8f4b30' });
  }
  painter.rect(x + width - 300, y - 110, 130, 84, { fill: '#2b1b18' });
  painter.rect(x + width - 290, y - 102, 110, 62, { fill: '#e7b98f' });
  painter.rect(x + width - 320, y - 30, 170, 24, { fill: '#3a2520' });
}

/** A free-standing showcase, glass above wood. */
function paintIsland(painter: Painter, x: number, y: number): void {
  painter.ellipse(x + 250, y + 300, 330, 46, { fill: '#200a06', alpha: 0.5 });
  painter.rect(x, y + 60, 500, 240, { fill: '#7b3d26', to: '#4a200d' });
  painter.rect(x, y - 110, 500, 170, { fill: '#f5dcae', to: '#d6a06e' });
  for (let i = 0; i < 7; i++) paintPiece(painter, x + 46 + i * 68, y + 54, (i + 1) % 4);
  painter.polygon([x, y - 110, x + 60, y - 160, x + 440, y - 160, x + 500, y - 110], {
    fill: '#efd2ad',
  });
  painter.polygon([x + 60, y - 110, x + 190, y - 110, x + 90, y + 60, x, y + 60, x, y], {
    fill: '#ffffff',
    alpha: 0.16,
  });
}

const size = (y: number) => 330 + (y - 1000) * 0.42;
const shopper = new Path(
  [
    [640, 1470],
    [1420, 1450, 4],
    [2250, 1450, 5],
    [2700, 1640],
    [1500, 1660, 2],
  ],
  165,
);
const visitor = new Path(
  [
    [2350, 1560, 3],
    [1750, 1455, 6],
    [980, 1600],
    [1900, 1760],
  ],
  140,
  9,
);
const jeweller = new Path(
  [
    [1320, 1080, 3],
    [2260, 1080, 4],
    [1800, 1080, 6],
  ],
  110,
  4,
);
const assistant = new Path(
  [
    [2900, 1075, 5],
    [3150, 1075, 3],
    [2880, 1075],
  ],
  90,
);
const coat = { coat: '#2f4a6b', trousers: '#23262d', hair: '#3a2a1f', bag: '#d8c08a' };

function figures(): Figure[] {
  return [
    person(shopper, coat, { size }),
    person(visitor, { coat: '#e0d3c0', trousers: '#40352f', hair: '#b98a4a' }, { size }),
    person(
      jeweller,
      { coat: '#f1ece4', trousers: '#33302f', hair: '#8d8a86' },
      { size: () => 400, hiddenBelow: 1008 },
    ),
    person(assistant, { coat: '#31292c', trousers: '#31292c', hair: '#241a16' }, { size }),
  ];
}
