import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { MediaListener, MediaReader } from '../../server/deps.ts';
import type { Delivery } from '../../video/fragment.ts';

export interface CandidateOptions {
  readonly quality: string;
  readonly clock: Clock;
  /** It begins at a key frame newer than this, as it is then; at whichever it has when undefined. */
  readonly newerThanUnixUs: () => number | undefined;
  /** @throws LiveViewError when it is not to be had. */
  readonly open: (listener: MediaListener) => MediaReader;
  /** It can take over. */
  readonly onReady: () => void;
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
  readonly #sinceMs: number;
  #init: Delivery | undefined;
  #keyFrame: Delivery | undefined;
  #begun = false;
  #failed = false;
  #tookOver = false;

  /** @throws what `open` throws. */
  constructor(options: CandidateOptions) {
    this.#options = options;
    this.quality = options.quality;
    this.#sinceMs = options.clock.nowMs();
    this.#reader = options.open({
      readable: () => this.#readable(),
      ended: (end) => {
        this.#failed = true;
        if (this.#tookOver) options.owner.ended(end);
      },
    });
  }

  get failed(): boolean {
    const late = this.#options.clock.nowMs() - this.#sinceMs >= BEGINS_WITHIN_MS;
    return this.#failed || (late && !this.#begun);
  }

  /** Passes over what nobody is to see. @returns whether it can take over now. */
  look(): boolean {
    while (!this.#keyFrame && !this.#failed) {
      const delivery = this.#reader.next();
      if (!delivery) break;
      this.#begun = true;
      if (delivery.fragment.kind === 'init') this.#init = delivery;
      else if (this.#mayBegin(delivery)) this.#keyFrame = delivery;
    }
    return this.#keyFrame !== undefined && !this.#failed;
  }

  /** The reader, and what comes before anything that it has: its init segment and its key frame. */
  takeOver(): { readonly reader: MediaReader; readonly first: readonly Delivery[] } {
    this.#tookOver = true;
    const first = [this.#init, this.#keyFrame].filter((delivery) => delivery !== undefined);
    return { reader: this.#reader, first };
  }

  close(): void {
    this.#reader.close();
  }

  #mayBegin({ fragment }: Delivery): boolean {
    if (fragment.kind === 'init' || !fragment.keyFrame || !this.#init) return false;
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
      this.#failed = true;
      if (error instanceof LiveViewError) return false;
      throw error;
    }
  }
}
