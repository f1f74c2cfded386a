import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor, Entry } from '../../src/journal/record.ts';
import { settle } from '../support/manual-clock.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  SECOND_OPERATOR,
} from './harness.ts';

/**
 * The rules of who has a camera, whatever people do in whatever order. The oracle reads nothing but the
 * journal and what the camera was told:
 *
 * - never two holders: a camera is taken when it is free, or from whoever had it, by whom may do that;
 * - nothing moves by anybody who does not have the camera;
 * - when a hold ends while its movement is under way, Stop is the next thing that the camera is told,
 *   in the same tick.
 */
const PEOPLE: readonly Actor[] = [
  ...[DISPATCHER, COLLEAGUE, OPERATOR, SECOND_OPERATOR],
  { user: 'saar', role: 'supervisor' },
];

type Step =
  | { do: 'move' | 'take' | 'home' | 'free' | 'release' | 'leave'; who: number }
  | { do: 'force' | 'withdraw' | 'share' | 'reopen' | 'restart' | 'gone' }
  | { do: 'wait'; ms: number };

const who = fc.nat({ max: PEOPLE.length - 1 });
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const step = fc.oneof(
  often(12, fc.record({ do: fc.constant('move'), who })),
  often(4, fc.record({ do: fc.constantFrom('take', 'home', 'free', 'release', 'leave'), who })),
  often(2, fc.record({ do: fc.constantFrom('force', 'withdraw', 'share', 'share', 'share') })),
  often(1, fc.record({ do: fc.constantFrom('reopen', 'restart', 'gone') })),
  often(6, fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(0, 100, 700, 15_000) })),
) as fc.Arbitrary<Step>;

class World {
  readonly h = new Harness(directory('auto'));
  /** The newest request of each person. */
  readonly asked = new Map<number, string>();

  constructor() {
    this.h.shared();
  }

  act(next: Step): void {
    const { h } = this;
    const { live } = h;
    if (next.do === 'wait') h.clock.advance(next.ms);
    else if ('who' in next) this.personActs(next.do, next.who);
    else if (next.do === 'force') live.hands.forceFree(PEOPLE[4] ?? OPERATOR, 'shop-1');
    else if (next.do === 'withdraw') live.withdraw(OPERATOR, h.incident, 'rotterdam');
    else if (next.do === 'restart') h.restart();
    else if (next.do === 'gone') for (const [each, id] of this.asked) this.abandon(each, id);
    else if (next.do === 'share') {
      const terms = { cameras: ['shop-1'], rights: ['view', 'ptz'] as const };
      live.grant(OPERATOR, h.incident, 'rotterdam', terms);
    } else {
      live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' });
      h.shared();
    }
  }

  personActs(what: string, index: number): void {
    const { live } = this.h;
    const actor = PEOPLE[index] ?? OPERATOR;
    const last = this.asked.get(index) ?? '';
    if (what === 'free') live.hands.free(actor, 'shop-1');
    else if (what === 'leave') live.hands.leave(actor, 'shop-1', last);
    else if (what === 'release') live.release(actor, last).catch(() => undefined);
    else {
      codeThrownBy(() => {
        const args = what === 'move' ? { pan: 1 } : {};
        this.asked.set(index, this.h.ask(actor, `ptz.${what}` as 'ptz.move', args).id);
      });
    }
  }

  abandon(index: number, id: string): void {
    this.h.live.abandon(PEOPLE[index] ?? OPERATOR, id);
  }

  /** After a step, in its tick: whoever lost the camera moves it no more. */
  check(callsBefore: number, hadBefore: string | undefined): void {
    const { calls } = this.h.control('shop-1');
    const isMoving = calls.findLast((call) => !call.startsWith('home'))?.startsWith('move');
    const holder = this.h.live.hands.held('shop-1')?.actor.user;
    if (hadBefore !== undefined && holder === undefined) expect(isMoving ?? false).toBe(false);
    if (holder !== hadBefore && hadBefore !== undefined && wasMoving(calls, callsBefore)) {
      expect(calls[callsBefore]).toBe('stop');
    }
  }
}

function wasMoving(calls: readonly string[], at: number): boolean {
  return calls[at - 1]?.startsWith('move') ?? false;
}

const person = ({ user, controlRoom }: { user?: unknown; controlRoom?: unknown }) =>
  `${user} ${controlRoom ?? ''}`;

/** Replays who has the camera by the entries alone. */
function checkJournal(entries: readonly Entry[]): void {
  let holder: Actor | undefined;
  for (const { kind, actor, data } of entries) {
    if (kind === 'control.taken') {
      const from = data['from'] as { user: string; controlRoom?: string } | undefined;
      if (holder === undefined) expect(from).toBeUndefined();
      else if (person(holder) !== person(actor)) {
        expect(from && person(from)).toBe(person(holder));
        expect([holder.role, actor.role]).not.toEqual([actor.role, actor.role]);
        expect(holder.controlRoom).toBeDefined();
        expect(actor.controlRoom).toBeUndefined();
      }
      holder = actor;
    }
    if (kind === 'control.released') {
      expect(holder && person(holder)).toBe(person(data));
      holder = undefined;
    }
    if (kind === 'desk.intent') expect(holder && person(holder)).toBe(person(actor));
  }
}

describe('who has a camera, whatever happens in whatever order', () => {
  it('is one person, nobody else moves it, and Stop follows the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const world = new World();
        try {
          for (const next of steps) {
            const { calls } = world.h.control('shop-1');
            const had = world.h.live.hands.held('shop-1')?.actor.user;
            const before = calls.length;
            world.act(next);
            world.check(before, had);
            await settle();
          }
          checkJournal([...world.h.journal.read()]);
        } finally {
          world.h.dispose();
        }
      }),
      { numRuns: 60, seed: 23 },
    );
  }, 180_000);
});
