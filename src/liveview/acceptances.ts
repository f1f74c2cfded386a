import type { Clock } from '../core/clock.ts';
import type { Actor } from '../journal/record.ts';
import type { CheckedAsk } from './asking.ts';
import type { Command } from './command.ts';
import type { LiveRequest } from './model.ts';

/**
 * Once a movement is accepted, steering goes on for this long without another question: the
 * acceptance covers this camera, this asker and this incident. Otherwise `confirm` would ask at
 * every push of the stick. It does not grow by being used, and a restart forgets it.
 */
export const ACCEPTANCE_MS = 30_000;

/** What was asked for, and by whom. */
export type Asked = Pick<LiveRequest, 'incident' | 'camera' | 'user' | 'controlRoom'>;

interface Acceptance {
  readonly asked: Asked;
  readonly by: string;
  readonly untilMs: number;
  /** Whoever asked was given the camera: it covers whatever they do with it. */
  readonly whole: boolean;
}

/** The movements that need no further question, because one like them was accepted just now. */
export class Acceptances {
  readonly #clock: Clock;
  #all: Acceptance[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A movement was accepted. */
  add(asked: Asked, by: string): void {
    this.#add({ asked, by, untilMs: this.#clock.nowMs() + ACCEPTANCE_MS, whole: false });
  }

  /** That somebody takes the camera was accepted: until they have it no longer. */
  addWhole(asked: Asked, by: string): void {
    this.#add({ asked, by, untilMs: Number.POSITIVE_INFINITY, whole: true });
  }

  /** Who accepted what covers this; undefined when it is to be asked. */
  coveredBy(asked: Asked, kind: Command['kind']): string | undefined {
    const nowMs = this.#clock.nowMs();
    this.#all = this.#all.filter((each) => each.untilMs > nowMs);
    return this.#all.find((each) => (each.whole || kind === 'move') && isLike(each.asked, asked))
      ?.by;
  }

  #add(acceptance: Acceptance): void {
    const { asked, whole } = acceptance;
    const covered = this.#all.some((each) => each.whole && isLike(each.asked, asked));
    if (covered && !whole) return;
    this.end((each) => isLike(each, asked));
    this.#all.push(acceptance);
  }

  /** @param kind only what holds for as long as somebody has the camera. */
  end(which: (asked: Asked) => boolean, kind: 'all' | 'whole' = 'all'): void {
    this.#all = this.#all.filter(
      ({ asked, whole }) => !which(asked) || (kind === 'whole' && !whole),
    );
  }
}

export function askedBy({ user, controlRoom }: Actor, { incident, camera }: CheckedAsk): Asked {
  const room = controlRoom === undefined ? {} : { controlRoom };
  return { incident: incident?.id ?? null, camera: camera.id, user, ...room };
}

function isLike(a: Asked, b: Asked): boolean {
  return (
    a.incident === b.incident &&
    a.camera === b.camera &&
    a.user === b.user &&
    a.controlRoom === b.controlRoom
  );
}
