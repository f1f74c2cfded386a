import { type Clock, rfc3339, type Timer } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import type { Astray, CameraChange } from './camera-desk.ts';
import { deskOf } from './desk-state.ts';
import { claim, type Hold, isSame } from './hold-rules.ts';
import type { Happening, Ledger } from './ledger.ts';
import type { Directory } from './model.ts';
import type { Order } from './order.ts';
import type { ReasonCode } from './reasons.ts';

/** What a hold is used for: the last thing that whoever has the camera did with it. */
interface Use {
  readonly request: string;
  readonly incident: string | null;
  readonly atMs: number;
}

/** What others may ask about who has a camera, and do about it. */
export type CameraHands = Pick<
  Holds,
  'held' | 'touched' | 'astray' | 'free' | 'forceFree' | 'leave'
>;

/** A hold with what is not in the journal: when it was used last, and when it ends unless used again. */
export interface HeldCamera extends Hold {
  /** RFC 3339 UTC. */
  readonly lastUsed: string;
  readonly until: string;
}

export interface HoldsOptions {
  clock: Clock;
  ledger: Ledger;
  directory: Directory;
  isMoving: (camera: string) => boolean;
  /** A hold is about to end: whatever moves by it stops in this tick. */
  onEnding: (hold: Hold, why: ReasonCode) => void;
  /** It has ended; `taken` when others made it end. */
  onLost: (hold: Hold, taken: boolean) => void;
}

/**
 * Who has each camera: one person at a time. A camera is taken by moving it or in so many words, and
 * is free again when it is given up, after a while without use, or when whoever has it goes away.
 */
export class Holds {
  readonly #options: HoldsOptions;
  readonly #uses = new Map<string, Use>();
  readonly #idle = new Map<string, Timer>();

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  /** With the times of its use; undefined when nobody has the camera. */
  held(camera: string): HeldCamera | undefined {
    const hold = this.of(camera);
    if (!hold) return undefined;
    const { clock } = this.#options;
    const idleMs = this.#options.isMoving(camera) ? 0 : clock.nowMs() - this.#usedAtMs(camera);
    const at = (ms: number) => rfc3339(clock.unixUs() + Math.round(ms * 1000));
    return { ...hold, lastUsed: at(-idleMs), until: at(this.#limitMs - idleMs) };
  }

  of(camera: string): Hold | undefined {
    return deskOf(this.#options.ledger.state, camera).hold;
  }

  /** Why it is not at its place, after the incidents in which it was moved. */
  astray(camera: string): Astray | undefined {
    return deskOf(this.#options.ledger.state, camera).astray;
  }

  /** Cameras of which there is something to say. */
  touched(): Iterable<string> {
    return this.#options.ledger.state.cameras.keys();
  }

  all(): Hold[] {
    const { cameras } = this.#options.ledger.state;
    return [...cameras.values()].flatMap(({ hold }) => hold ?? []);
  }

  /** The incident for which the hold was used last. */
  usedIn({ camera, incident }: Hold): string | null {
    const use = this.#uses.get(camera);
    return use ? use.incident : incident;
  }

  /** @throws LiveViewError `control-taken` when somebody has the camera who need not give way. */
  check(actor: Actor, camera: string): void {
    const holder = this.of(camera)?.actor;
    if (!holder || claim(holder, actor) !== 'taken') return;
    throw new LiveViewError('control-taken', `${holder.user} has this camera`);
  }

  /**
   * The event by which the camera comes into these hands; none when it is in them already, unless it is
   * taken in so many words: then the request lasts as long as the hold. It is recorded with what is done
   * first, so that taking costs no wait for the disk of its own.
   */
  taking({ actor, camera, incident, request, command }: Order): readonly Happening[] {
    const before = this.of(camera)?.actor;
    const found = claim(before, actor);
    if (actor.role === 'gateway' || (found === 'own' && command.kind !== 'take')) return [];
    const from = before && found === 'take-over' ? { from: personOf(before) } : {};
    const asked = command.kind === 'take' ? { request } : {};
    const data = { camera, ...asked, ...from };
    return [{ kind: 'control.taken', actor, incident: incident ?? undefined, data }];
  }

  used(camera: string, use: Omit<Use, 'atMs'>): void {
    this.#uses.set(camera, { ...use, atMs: this.#options.clock.nowMs() });
  }

  /** What was ordered has ended: from now on the camera is not used. */
  rested({ camera, actor }: Order): void {
    const use = this.#uses.get(camera);
    const hold = this.of(camera);
    if (use && hold && isSame(hold.actor, actor)) this.used(camera, use);
  }

  /**
   * The event by which the camera is passed on to whoever's request is accepted, by whoever has it or
   * could take it over; undefined when nobody has it, and when it moves: a hand on the stick goes first.
   */
  passing(actor: Actor, camera: string): Happening | undefined {
    const hold = this.of(camera);
    if (!hold || this.#options.isMoving(camera)) return undefined;
    if (claim(hold.actor, actor) === 'taken') return undefined;
    return this.#released(hold, actor, 'handed-over');
  }

  /** Gives the camera up, when it is in these hands. */
  free(actor: Actor, camera: string): void {
    const hold = this.of(camera);
    if (hold && isSame(hold.actor, actor)) this.end(hold, actor, 'released');
  }

  /** Takes the camera out of whosever hands it is in, and gives it to nobody. For supervisors. */
  forceFree(actor: Actor, camera: string, note?: string): void {
    const hold = this.of(camera);
    if (hold) this.end(hold, actor, 'control-forced', note);
  }

  /** Whoever made this request is gone: the camera is free, unless it was used otherwise since. */
  leave(actor: Actor, camera: string, request: string): void {
    const hold = this.of(camera);
    if (!hold || !isSame(hold.actor, actor)) return;
    const last = this.#uses.get(camera)?.request ?? hold.request;
    if (last === request) this.end(hold, actor, 'asker-gone');
  }

  /** Ends a hold, whether that can be journalled or not. @param by whoever ends it. */
  end(hold: Hold, by: Actor, why: ReasonCode, note?: string): void {
    if (this.of(hold.camera) !== hold) return;
    this.#options.onEnding(hold, why);
    this.#options.ledger.concludeAll([this.#released(hold, by, why, note)]);
  }

  /** Ends all of them, in one write. */
  endAll(why: ReasonCode): void {
    const all = this.all();
    for (const hold of all) this.#options.onEnding(hold, why);
    const ended = all.map((hold) => this.#released(hold, GATEWAY_ACTOR, why));
    this.#options.ledger.concludeAll(ended);
  }

  /** Follows what was recorded. */
  changed({ camera, why, ...change }: CameraChange): void {
    const { before, now } = { before: change.before.hold, now: change.now.hold };
    if (before === now) return;
    const isOwn = before && now && isSame(before.actor, now.actor);
    if (!now) this.#forget(camera);
    else if (!isOwn) {
      this.used(camera, { request: now.request ?? '', incident: now.incident });
      this.#watch(camera, this.#limitMs);
    } else if (now.request !== before.request) {
      this.used(camera, { request: now.request ?? '', incident: now.incident });
    }
    if (before && !isOwn) this.#options.onLost(before, !why || TAKEN_AWAY.includes(why));
  }

  get #limitMs(): number {
    return this.#options.directory.holdSeconds * 1000;
  }

  #usedAtMs(camera: string): number {
    return this.#uses.get(camera)?.atMs ?? Number.NEGATIVE_INFINITY;
  }

  #watch(camera: string, delayMs: number): void {
    const { clock } = this.#options;
    this.#idle.get(camera)?.cancel();
    this.#idle.set(
      camera,
      clock.setTimer(delayMs, () => this.#look(camera)),
    );
  }

  #look(camera: string): void {
    const hold = this.of(camera);
    if (!hold) return;
    const { clock, isMoving } = this.#options;
    const idleMs = isMoving(camera) ? 0 : clock.nowMs() - this.#usedAtMs(camera);
    const leftMs = this.#limitMs - idleMs;
    if (leftMs > 0) this.#watch(camera, leftMs);
    else this.end(hold, GATEWAY_ACTOR, 'control-idle');
  }

  #forget(camera: string): void {
    this.#idle.get(camera)?.cancel();
    this.#idle.delete(camera);
    this.#uses.delete(camera);
  }

  #released(hold: Hold, actor: Actor, why: ReasonCode, note?: string): Happening {
    const { camera } = hold;
    const incident = this.usedIn(hold) ?? undefined;
    const more = note === undefined ? {} : { note };
    const data = { camera, ...personOf(hold.actor), why, ...more };
    return { kind: 'control.released', actor, incident, data };
  }
}

const TAKEN_AWAY: readonly ReasonCode[] = ['control-forced', 'handed-over'];

function personOf({ user, controlRoom }: Actor) {
  return { user, ...(controlRoom === undefined ? {} : { controlRoom }) };
}
