import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';

type Listener = (healthy: boolean) => void;

/** Whether the journal can be written, and who wants to know when that changes. */
export class Health {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  #failingSinceUnixUs: number | undefined;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  get failingSinceUnixUs(): number | undefined {
    return this.#failingSinceUnixUs;
  }

  get healthy(): boolean {
    return this.#failingSinceUnixUs === undefined;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Never throws: what was recorded was recorded, whatever a listener makes of it. */
  set(healthy: boolean): void {
    if (this.healthy === healthy) return;
    this.#failingSinceUnixUs = healthy ? undefined : this.#clock.unixUs();
    for (const listener of [...this.#listeners]) this.#tell(listener, healthy);
  }

  #tell(listener: Listener, healthy: boolean): void {
    try {
      listener(healthy);
    } catch (error) {
      const what = 'not everybody could be told whether the journal can be written';
      this.#log.error(what, { healthy, error });
    }
  }
}
