import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { Disclosures, type DisclosuresOptions } from './disclosures.ts';
import { IncidentImages } from './incident-images.ts';
import type { Ledger } from './ledger.ts';
import type { Directory } from './model.ts';
import { NO_PICTURES, PictureKeeper } from './picture-keeper.ts';
import type { PictureStore } from './plan-model.ts';
import { PlanPointing, type ReadPointing } from './plan-pointing.ts';
import { Plans } from './plans.ts';

export interface PicturesOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  /** Without one there are no pictures. */
  store: PictureStore | undefined;
  visible: DisclosuresOptions['visible'];
  /** Without one nothing is known of where cameras point. */
  pointing: ReadPointing | undefined;
  /** Makes ids of a kind. */
  ids: (prefix: string) => () => string;
}

/** Plans, images, and who is shown them. */
export class Pictures {
  readonly plans: Plans;
  readonly images: IncidentImages;
  readonly disclosures: Disclosures;
  readonly pointing: PlanPointing;
  readonly #keeper: PictureKeeper;
  readonly #log: Logger;

  constructor({ clock, log, ledger, directory, ...options }: PicturesOptions) {
    const { store, visible, ids, pointing: read = async () => undefined } = options;
    const keeper = new PictureKeeper(store ?? NO_PICTURES, ledger.state);
    const kept = { ledger, directory, keeper };
    this.plans = new Plans({ ...kept, newId: ids('plan') });
    this.images = new IncidentImages({ ...kept, clock, log, newId: ids('image') });
    this.pointing = new PlanPointing({ clock, log, state: ledger.state, read });
    this.disclosures = new Disclosures({ ledger, keeper, visible });
    this.#keeper = keeper;
    this.#log = log;
  }

  start(): void {
    this.images.start();
  }

  stop(): void {
    this.images.stop();
    this.pointing.stop();
  }

  /** Removes the files of what has just been forgotten; those that stay for now go at the next start. */
  tidy(): void {
    this.sweep().catch((error: unknown) =>
      this.#log.error('pictures that nothing refers to any more could not be removed', { error }),
    );
  }

  /** Removes files that a crash left and nothing refers to; when the state is known. */
  sweep(): Promise<void> {
    return this.#keeper.sweep();
  }
}
