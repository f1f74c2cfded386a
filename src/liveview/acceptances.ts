import type { Clock } from '../core/clock.ts';
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
}

/** The movements that need no further question, because one like them was accepted just now. */
export class Acceptances {
  readonly #clock: Clock;
  #all: Acceptance[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(asked: Asked, by: string): void {
    this.end((each) => isLike(each, asked));
    this.#all.push({ asked, by, untilMs: this.#clock.nowMs() + ACCEPTANCE_MS });
  }

  /** Who accepted what covers this; undefined when it is to be asked. */
  coveredBy(asked: Asked): string | undefined {
    const nowMs = this.#clock.nowMs();
    this.#all = this.#all.filter((each) => each.untilMs > nowMs);
    return this.#all.find((each) => isLike(each.asked, asked))?.by;
  }

  end(which: (asked: Asked) => boolean): void {
    this.#all = this.#all.filter((each) => !which(each.asked));
  }
}

function isLike(a: Asked, b: Asked): boolean {
  return (
    a.incident === b.incident &&
    a.camera === b.camera &&
    a.user === b.user &&
    a.controlRoom === b.controlRoom
  );
}
