import { LiveViewError } from '../core/errors.ts';
import type { MadePicture, PictureStore } from './plan-model.ts';
import type { State } from './state.ts';

/** Of a gateway without a place for pictures. */
export const NO_PICTURES: PictureStore = {
  keep: () => Promise.reject(nowhere()),
  read: () => Promise.reject(nowhere()),
  forget: () => Promise.resolve(),
  sweep: () => Promise.resolve(),
};

function nowhere(): LiveViewError {
  return new LiveViewError('images-unwritable', 'this gateway has no place for pictures');
}

/**
 * Keeps a picture for as long as something in the state refers to it. Its file is there before the
 * journal says so, and goes after the journal says that it is no longer referred to: whatever fails in
 * between, nothing refers to a file that is not there.
 */
export class PictureKeeper {
  readonly #store: PictureStore;
  readonly #state: State;
  /** About to be referred to: how many wait for that, by hash. */
  readonly #pinned = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: PictureStore, state: State) {
    this.#store = store;
    this.#state = state;
  }

  /** @param record journals that the picture is referred to; when it throws, the file goes again. */
  async keptFor<T>({ sha256, bytes }: MadePicture, record: () => T): Promise<T> {
    this.#pinned.set(sha256, (this.#pinned.get(sha256) ?? 0) + 1);
    try {
      await this.#inTurn(() => this.#store.keep(sha256, bytes));
      return record();
    } finally {
      this.#unpin(sha256);
      await this.forgetUnused(sha256);
    }
  }

  read(sha256: string): Promise<Buffer> {
    return this.#store.read(sha256);
  }

  /** Removes the file, unless something still refers to it. */
  forgetUnused(sha256: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#pinned.has(sha256) || this.#known().has(sha256)) return;
      await this.#store.forget(sha256);
    });
  }

  /** After a start: what a crash left. */
  sweep(): Promise<void> {
    return this.#inTurn(() => this.#store.sweep(this.#known()));
  }

  #known(): Set<string> {
    const { plans, incidents } = this.#state;
    return new Set([
      ...[...plans.values()].map(({ picture }) => picture.sha256),
      ...[...incidents.values()].flatMap(({ images = [] }) =>
        images.map(({ picture }) => picture.sha256),
      ),
    ]);
  }

  /** One at a time: a file that is being removed is not taken for one that is there. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #unpin(sha256: string): void {
    const left = (this.#pinned.get(sha256) ?? 0) - 1;
    if (left > 0) this.#pinned.set(sha256, left);
    else this.#pinned.delete(sha256);
  }
}
