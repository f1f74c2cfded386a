import type { Clock, Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { MediaListener, MediaReader } from '../../server/deps.ts';
import type { Delivery } from '../../video/fragment.ts';

export interface CandidateOptions {
  readonly quality: string;
  readonly clock: Clock;
  /** It begins at a key frame newer than this, as it is then; at whichever it has when undefined. */
  readonly newerThanUnixUs: () => number | undefined;
  /** It begins at the newest key frame that it has when it takes over, as the line carries no backlog. */
  readonly atNewest: boolean;
  /** @throws LiveViewError when it is not to be had. */
  readonly open: (listener: MediaListener) => MediaReader;
  /** It can take over. */
  readonly onReady: () => void;
  /** It has not begun in time. */
  readonly onLate: () => void;
  /** Who is told of it once it has taken over. */
  readonly owner: MediaListener;
}

/** A picture that is begun in this time comes; one that has not begun is not to be had. */
const BEGINS_WITHIN_MS = 15_000;

/**
 * The picture to which a viewer is moved, until it can take the place of the one that it has: what it
 * has before its first key frame is passed over.
 */
export class Candidate {
  readonly quality: string;
  readonly #options: CandidateOptions;
  readonly #reader: MediaReader;
  #late: Timer | undefined;
  #init: Delivery | undefined;
  /** Its init segment, its key frame, and what was read after that; empty until there is one. */
  #first: Delivery[] = [];
  #failed = false;
  #tookOver = false;

  /** @throws what `open` throws. */
  constructor(options: CandidateOptions) {
    this.#options = options;
    this.quality = options.quality;
    this.#reader = options.open({
      readable: () => this.#readable(),
      ended: (end) => {
        this.#fail();
        if (this.#tookOver) options.owner.ended(end);
      },
    });
    this.#late = options.clock.setTimer(BEGINS_WITHIN_MS, () => {
      this.#fail();
      options.onLate();
    });
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Passes over what nobody is to see. @returns whether it can take over now. */
  look(): boolean {
    while (this.#first.length === 0 && !this.#failed && this.#read());
    return this.#first.length > 0 && !this.#failed;
  }

  /**
   * The reader, and what comes before anything that it has: its init segment, its key frame and what
   * followed.
   *
   * @throws PermitEndedError when nothing may be given any more.
   */
  takeOver(): { readonly reader: MediaReader; readonly first: readonly Delivery[] } {
    if (this.#options.atNewest) while (this.#read());
    this.#tookOver = true;
    return { reader: this.#reader, first: this.#first };
  }

  close(): void {
    this.#late?.cancel();
    this.#reader.close();
  }

  /** @returns whether there was anything. */
  #read(): boolean {
    const delivery = this.#reader.next();
    if (!delivery) return false;
    const { last } = delivery;
    this.#late?.cancel();
    if (delivery.fragment.kind === 'init') this.#init = delivery;
    if (this.#init && this.#mayBegin(delivery)) this.#first = [this.#init, kept(begins(delivery))];
    else if (this.#first.length > 0) this.#first.push(kept(delivery));
    return !last;
  }

  #fail(): void {
    this.#late?.cancel();
    this.#failed = true;
  }

  #mayBegin({ fragment }: Delivery): boolean {
    if (fragment.kind === 'init' || !fragment.keyFrame) return false;
    const newerThanUnixUs = this.#options.newerThanUnixUs();
    return newerThanUnixUs === undefined || fragment.captureUnixUs > newerThanUnixUs;
  }

  #readable(): void {
    if (this.#tookOver) this.#options.owner.readable();
    else if (this.#looks()) this.#options.onReady();
  }

  /** In somebody else's turn: what goes wrong here is no failure of the picture that is shown. */
  #looks(): boolean {
    try {
      return this.look();
    } catch (error) {
      this.#fail();
      if (error instanceof LiveViewError) return false;
      throw error;
    }
  }
}

/** There may be more behind it by the time that it is given. */
function kept(delivery: Delivery): Delivery {
  return delivery.last ? { ...delivery, last: false } : delivery;
}

/** What lies before it was not to be seen, so nothing of it was missed. */
function begins(delivery: Delivery): Delivery {
  return delivery.droppedBefore === 0 ? delivery : { ...delivery, droppedBefore: 0 };
}
