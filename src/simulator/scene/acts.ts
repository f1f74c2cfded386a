import { car } from './car.ts';
import { type Figure, type Look, person } from './figures.ts';
import { Once, type Scheduled } from './once.ts';
import type { SceneName } from './scene.ts';

/** What can be played in front of the cameras, for a demonstration. */
export type ActName = 'robbery' | 'disturbance';

export interface Act {
  readonly name: ActName;
  /** Unix µs. */
  readonly sinceUnixUs: number;
}

/** After this long everybody has gone and the scene is as ever; seconds. */
export const ACT_SECONDS: Readonly<Record<ActName, number>> = { robbery: 75, disturbance: 120 };

/** Seconds after the beginning at which the robbers come in, are gone, and drive off. */
const ROBBERY = { enter: 4, inside: 6, leave: 52, drive: 60 } as const;

/**
 * Who is to be seen in a scene while an act is played there.
 *
 * @param usual who is there anyway.
 */
export function figuresDuring(scene: SceneName, act: Act, usual: readonly Figure[]): Figure[] {
  const since = act.sinceUnixUs / 1e6;
  const added = (figures: readonly Figure[]) => figures.map((figure) => shifted(figure, since));
  if (act.name === 'robbery' && scene === 'shop-interior') {
    const held = usual.map((figure) => heldUp(figure, since, ROBBERY.inside, ROBBERY.leave));
    return [...held, ...added(robbersInside())];
  }
  if (act.name === 'robbery' && scene === 'shop-front') {
    return [...usual, ...added(robbersOutside())];
  }
  if (act.name === 'disturbance' && scene === 'square') return [...usual, ...added(fighters())];
  return [...usual];
}

function shifted(figure: Figure, since: number): Figure {
  return { ...figure, place: (seconds) => figure.place(seconds - since) };
}

/** Stands still with the hands up for a while, and goes on from there. */
function heldUp(figure: Figure, since: number, from: number, until: number): Figure {
  return {
    ...figure,
    place(seconds) {
      const passed = seconds - since;
      if (passed < from) return figure.place(seconds);
      if (passed >= until) return figure.place(seconds - (until - from));
      const place = figure.place(since + from);
      return place && { ...place, moving: false, pose: 'hands-up' };
    },
  };
}

const ROBBERS: readonly [Look, Look] = [
  { coat: '#17181c', trousers: '#101114', hair: '#0b0b0d', masked: true, bag: '#2a2a2e' },
  { coat: '#2b3328', trousers: '#15171a', hair: '#0d0e0c', masked: true },
];

function robbersInside(): Figure[] {
  const size = (y: number) => 330 + (y - 1000) * 0.42;
  const door: Scheduled = { x: 380, y: 1030 };
  const first = new Once(
    [
      door,
      { x: 1200, y: 1440 },
      { x: 1650, y: 1440, waitS: 26, pose: 'aims' },
      { x: 2200, y: 1440, waitS: 9, pose: 'aims' },
      { x: 1200, y: 1450 },
      door,
    ],
    520,
    ROBBERY.enter,
  );
  const second = new Once(
    [
      door,
      { x: 1100, y: 1560 },
      { x: 2480, y: 1620, waitS: 20, pose: 'aims' },
      { x: 2680, y: 1600, waitS: 12, pose: 'hits', sways: 26 },
      { x: 1150, y: 1560 },
      door,
    ],
    560,
    ROBBERY.enter + 1,
  );
  return [person(first, ROBBERS[0], { size }), person(second, ROBBERS[1], { size })];
}

function robbersOutside(): Figure[] {
  const size = (y: number) => 300 + (y - 1330) * 0.45;
  const door: Scheduled = { x: 1920, y: 1345 };
  const car1: Scheduled = { x: 2290, y: 1480 };
  const runs = (startS: number) => [
    new Once([{ x: 900, y: 1480 }, { x: 1700, y: 1430 }, door], 330, startS - 4),
    new Once([door, { x: 2150, y: 1450 }, car1], 560, startS + ROBBERY.leave - ROBBERY.enter + 2),
  ];
  const getaway = new Once(
    [
      // On the pavement before the door: what is farther down, a camera that cannot turn does not see.
      { x: 2290, y: 1500, waitS: ROBBERY.drive },
      { x: 5200, y: 1500 },
    ],
    900,
    0,
  );
  return [
    ...runs(ROBBERY.enter).map((route) => person(route, ROBBERS[0], { size })),
    ...runs(ROBBERY.enter + 1).map((route) => person(route, ROBBERS[1], { size })),
    car(getaway, { length: 780, paint: '#3c4048' }),
  ];
}

const COATS = [
  '#101820',
  '#e8e4da',
  '#7a1f28',
  '#1f3f7a',
  '#2e2e2e',
  '#c9b037',
  '#5a2d6e',
  '#0f5a4a',
];
const FIGHT_SECONDS = 90;

/** Two groups that meet at the fountain, fight, and run off to either side. */
function fighters(): Figure[] {
  const size = (y: number) => 170 + (y - 900) * 0.34;
  return COATS.map((coat, index) => {
    const side = index % 2 === 0 ? -1 : 1;
    const row = Math.floor(index / 2);
    const at = { x: 1920 + side * (70 + row * 34), y: 1430 + row * 34 };
    const edge = { x: 1920 + side * 2200, y: 1320 + row * 60 };
    const route = new Once(
      [
        edge,
        { ...at, waitS: FIGHT_SECONDS, pose: 'hits', sways: 46 + row * 8 },
        { ...edge, y: edge.y + 300 },
      ],
      300 + row * 24,
      index * 0.6,
    );
    const hair = index % 3 === 0 ? '#20160f' : '#4a3020';
    return person(route, { coat, trousers: '#20242c', hair }, { size });
  });
}
