import fc from 'fast-check';
import { type Step, take } from './acts.ts';
import type { World } from './world.ts';

/** What a step needs to have happened before it is worth doing. */
export interface Model {
  incidents: number;
  connections: number;
}

export const ROOMS = ['rotterdam', 'den-haag', 'utrecht'] as const;
export const CAMERAS = 3;

/** One step as fast-check keeps, shortens and prints it. */
class Command implements fc.AsyncCommand<Model, World> {
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  check({ incidents, connections }: Readonly<Model>): boolean {
    const needsSomebody = ['unwatch', 'revoke', 'disconnect', 'pictures'].includes(this.#step.do);
    if (needsSomebody) return connections > 0;
    return incidents > 0;
  }

  async run(model: Model, world: World): Promise<void> {
    await take(world, this.#step);
    if (this.#step.do === 'open') model.incidents += 1;
    if (['connect', 'watch', 'join', 'follow'].includes(this.#step.do)) model.connections += 1;
    if (this.#step.do === 'crash') model.connections = 0;
  }

  toString(): string {
    return JSON.stringify(this.#step);
  }
}

/** Mostly the newest incident; one that was never opened counts as the newest. */
const incident = fc.constantFrom(0, 0, 0, 1);
/** Mostly the first, so that people and shares meet. */
const [often, ...others] = ROOMS;
const room = fc.constantFrom(often, often, often, ...others);
const camera = fc.nat({ max: CAMERAS - 1 });
const who = fc.nat({ max: 6 });
/** None of these runs out by itself while a run lasts. */
const minutes = fc.constantFrom(10, 60);

const share = fc.record({
  ...{ do: fc.constant('share' as const), incident, room, minutes },
  cameras: fc.subarray([0, 1, 2], { minLength: 1 }),
});
const by = fc.constantFrom(
  'live' as const,
  'live' as const,
  'live.ws' as const,
  'live.mp4' as const,
);
const watch = fc.record({ do: fc.constant('watch' as const), incident, room, camera, by, who });
const join = fc.record({ do: fc.constant('join' as const), which: fc.nat({ max: 11 }), by, who });
const snapshot = fc.record({
  ...{ do: fc.constant('snapshot' as const), incident, room, camera },
  which: fc.option(fc.nat({ max: 11 }), { nil: undefined, freq: 3 }),
});
const withdraw = fc.record({
  ...{ do: fc.constant('withdraw' as const), incident },
  room: fc.option(room, { nil: undefined }),
  camera: fc.option(camera, { nil: undefined }),
});
const clock = fc.record({
  do: fc.constant('clock' as const),
  /** Past the shortest share, past all of them, and back. */
  minutes: fc.constantFrom(11, 11, 11, 61, -30, -30),
});

/** How often each is drawn, of the sum of all. */
const WEIGHTED: [number, fc.Arbitrary<Step>][] = [
  [2, fc.record({ do: fc.constant('open' as const) })],
  [10, share],
  [1, fc.record({ do: fc.constant('extend' as const), incident, room, minutes })],
  [3, withdraw],
  [1, fc.record({ do: fc.constant('close' as const), incident })],
  [3, fc.record({ do: fc.constant('switch' as const), incident, room, camera })],
  [1, fc.record({ do: fc.constant('connect' as const), room })],
  [5, watch],
  [14, join],
  [2, snapshot],
  [1, fc.record({ do: fc.constant('screen' as const), shown: fc.constantFrom(true, true, false) })],
  [2, fc.record({ do: fc.constant('plan' as const), incident, room })],
  [1, fc.record({ do: fc.constant('follow' as const), incident, room, who })],
  [1, fc.record({ do: fc.constant('unwatch' as const), who })],
  [1, fc.record({ do: fc.constant('revoke' as const), who })],
  [1, fc.record({ do: fc.constant('disconnect' as const), who, rude: fc.boolean() })],
  [1, fc.record({ do: fc.constant('crash' as const) })],
  [1, fc.record({ do: fc.constant('reload' as const), without: fc.oneof(camera, room) })],
  [2, clock],
  [3, fc.record({ do: fc.constant('pictures' as const), count: fc.constantFrom(1, 10) })],
];

/** As many as `maxCommands`, in any order. */
export function commands(constraints: fc.CommandsContraints) {
  const drawn = WEIGHTED.flatMap(([weight, step]) =>
    Array.from({ length: weight }, () => step.map((each) => new Command(each))),
  );
  return fc.commands(drawn, { ...constraints, size: 'max' });
}
