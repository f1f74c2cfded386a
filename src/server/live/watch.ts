import type { Caller } from '../../access/caller.ts';
import { actorOf } from '../../access/caller.ts';
import { codeOf, describe, LiveViewError } from '../../core/errors.ts';
import type { Permit } from '../../core/permit.ts';
import { PermitEndedError } from '../../core/permit.ts';
import type { Viewing } from '../../liveview/viewings.ts';
import type { Delivery } from '../../video/fragment.ts';
import type {
  ListenerDeps,
  MediaEnd,
  MediaListener,
  MediaReader,
  MediaWish,
  PictureCondition,
  ViewerStats,
} from '../deps.ts';
import type { Told } from '../egress/outlets.ts';
import { NOT_SHARED } from '../problem.ts';
import { Sight } from '../sight.ts';
import { ViewerReport } from './viewer-report.ts';

export interface WatchTarget {
  readonly camera: string;
  /** Required on the police side. */
  readonly incident: string | null;
}

/**
 * The right to see a camera now, which ends with the login or token of the caller. On the police side there is
 * one way to it: the gate, for the caller's own control room.
 *
 * @throws LiveViewError `not-shared`; on the centre side `unknown-camera`, `unknown-incident`.
 */
export function openPermit(deps: ListenerDeps, caller: Caller, target: WatchTarget): Permit {
  const permit = issuePermit(deps, caller, target);
  permit.onEnd(caller.onEnd(() => permit.end({ code: 'session-ended', reason: 'logged out' })));
  return permit;
}

function issuePermit(deps: ListenerDeps, caller: Caller, target: WatchTarget): Permit {
  const { liveview } = deps;
  const sight = new Sight(deps, caller);
  sight.check({ incident: target.incident, cameras: [target.camera] });
  if (caller.side === 'police') {
    if (caller.controlRoom === undefined || target.incident === null) throw NOT_SHARED;
    return liveview.gate.permit(caller.controlRoom, target.incident, target.camera);
  }
  if (target.incident !== null && !liveview.incident(target.incident)) {
    throw new LiveViewError('unknown-incident', `there is no incident ${target.incident}`);
  }
  return liveview.gate.centrePermit(target.camera, (site) => sight.seesSite(site));
}

/** How a viewing is called where what leaves is counted. */
export function countedAs({ camera, incident }: WatchTarget, viewing: string): Told {
  return { camera, ...(incident === null ? {} : { incident }), viewing };
}

/** Hands a permit back that nobody needs any more. */
export function returnPermit(permit: Permit): void {
  permit.end({ code: 'session-ended', reason: 'the viewer stopped watching' });
}

/**
 * One viewer of one camera: from the permit, over the journal's `viewing.started`, to its
 * `viewing.ended`. Nothing can be read before the start is in the journal, nor once the permit has
 * ended; the end is told in the tick in which the permit ends, and the journal right after.
 */
export class Watch {
  readonly target: WatchTarget;
  readonly #deps: ListenerDeps;
  readonly #permit: Permit;
  readonly #viewing: Viewing;
  readonly #listener: MediaListener;
  #forget: () => void = () => undefined;
  #reader: MediaReader | undefined;
  #bytes = 0;
  #pictures = 0;
  #dropped = 0;
  #beganMs = 0;
  #firstPictureMs: number | undefined;
  readonly #report = new ViewerReport();
  #over = false;

  /** @throws LiveViewError as `openPermit`; `journal-unwritable`; and what opening the media throws. */
  constructor(
    deps: ListenerDeps,
    caller: Caller,
    target: WatchTarget,
    wish: MediaWish,
    listener: MediaListener,
  ) {
    this.target = target;
    this.#deps = deps;
    this.#listener = listener;
    this.#permit = openPermit(deps, caller, target);
    this.#viewing = this.#begin(caller);
    try {
      this.#reader = deps.openMedia(this.#permit, wish, {
        readable: () => {
          if (!this.#over) listener.readable();
        },
        ended: (end) => this.#finish(end.code, end),
        condition: (condition) => {
          if (!this.#over) listener.condition?.(condition);
        },
      });
    } catch (error) {
      this.#finish(codeOf(error));
      throw error;
    }
    this.#forget = this.#permit.onEnd((end) => this.#finish(end.code, end));
  }

  get quality(): MediaReader['quality'] {
    return this.#reader?.quality;
  }

  /** The pictures are made anew, not passed on as the camera makes them. */
  get transcoded(): boolean {
    return this.#reader?.transcoded === true;
  }

  /** How its pictures are now; undefined when nothing is known. */
  get condition(): PictureCondition | undefined {
    return this.#over ? undefined : this.#reader?.condition;
  }

  /** How it is called where what leaves is counted. */
  get counted(): Told {
    return countedAs(this.target, this.#viewing.id);
  }

  get over(): boolean {
    return this.#over;
  }

  /** The next thing to send, which the caller sends at once; undefined when there is none, or no more. */
  next(): Delivery | undefined {
    if (this.#over || this.#permit.ended || !this.#reader) return undefined;
    const delivery = this.#read(this.#reader);
    if (!delivery || this.#over) return undefined;
    this.#bytes += delivery.fragment.bytes.length;
    this.#dropped += delivery.droppedBefore;
    if (delivery.fragment.kind === 'media') this.#countPicture();
    return delivery;
  }

  #countPicture(): void {
    this.#pictures += 1;
    this.#firstPictureMs ??= Math.round(this.#deps.clock.nowMs() - this.#beganMs);
  }

  /** It was not sent after all. */
  putBack({ fragment, droppedBefore }: Delivery): void {
    this.#bytes -= fragment.bytes.length;
    this.#dropped -= droppedBefore;
    if (fragment.kind === 'media') this.#pictures -= 1;
  }

  /** What the viewer measured. @returns the delay as it is counted, ms; undefined when it is not. */
  report(stats: ViewerStats): number | undefined {
    if (this.#over || this.#permit.ended) return undefined;
    const delayMs = this.#report.add(stats, this.#deps.clock.nowMs());
    if (delayMs !== undefined) this.#reader?.report?.({ ...stats, latencyMs: delayMs });
    return delayMs;
  }

  /** The viewer has gone, or wants no more. @param reason a stable code, for the journal. */
  close(reason: string): void {
    this.#finish(reason);
  }

  #begin(caller: Caller): Viewing {
    try {
      const { camera, incident } = this.target;
      const about = { camera, incident, permit: this.#permit };
      this.#beganMs = this.#deps.clock.nowMs();
      return this.#deps.viewings.begin(actorOf(caller), about);
    } catch (error) {
      returnPermit(this.#permit);
      throw error;
    }
  }

  #read(reader: MediaReader): Delivery | undefined {
    try {
      return reader.next();
    } catch (error) {
      const code = error instanceof PermitEndedError ? error.code : 'media-failed';
      if (code === 'media-failed') {
        this.#deps.log.error('reading fragments failed', { camera: this.target.camera, error });
      }
      this.#finish(code, { code, reason: describe(error) });
      return undefined;
    }
  }

  #finish(reason: string, end?: MediaEnd): void {
    if (this.#over) return;
    this.#over = true;
    if (end) this.#listener.ended(end);
    this.#forget();
    this.#reader?.close();
    returnPermit(this.#permit);
    // After this tick, so that of a thousand viewers none waits for another's line in the journal.
    queueMicrotask(() => this.#record(reason));
  }

  #record(reason: string): void {
    try {
      const [bytes, pictures, dropped] = [this.#bytes, this.#pictures, this.#dropped];
      const saidByViewer = this.#report.summary();
      const firstPictureMs = pictures > 0 ? this.#firstPictureMs : undefined;
      this.#viewing.end({ bytes, pictures, dropped, firstPictureMs, reason, saidByViewer });
    } catch (error) {
      const { camera } = this.target;
      this.#deps.log.error('the end of a viewing could not be recorded', { camera, error });
    }
  }
}
