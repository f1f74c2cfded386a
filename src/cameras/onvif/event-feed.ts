import type { CameraEvent, CameraEventListener, CameraEvents } from '../events.ts';
import { EventWatch, type EventWatchOptions } from './event-watch.ts';

/** A camera has a few states for each input, source and rule; a recorder some hundreds. */
const MAX_STATES = 512;

/** Who listens to a camera, and the states that it has told in the present subscription. */
export class EventFeed implements CameraEvents {
  readonly #watch: EventWatch;
  readonly #listeners = new Set<CameraEventListener>();
  readonly #states = new Map<string, CameraEvent>();

  constructor(options: Omit<EventWatchOptions, 'listener'>) {
    const listener: CameraEventListener = {
      event: (event) => this.#event(event),
      interrupted: () => this.#interrupted(),
    };
    this.#watch = new EventWatch({ ...options, listener });
  }

  listen(listener: CameraEventListener): () => void {
    this.#listeners.add(listener);
    for (const state of this.#states.values()) {
      listener.event({ ...state, operation: 'Initialized' });
    }
    this.#watch.start();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) void this.#end();
    };
  }

  /** Resolves when there is no subscription at the camera any more. */
  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#end();
  }

  /** Never rejects, as the watch does not. */
  async #end(): Promise<void> {
    this.#states.clear();
    await this.#watch.stop();
  }

  #event(event: CameraEvent): void {
    this.#remember(event);
    for (const listener of [...this.#listeners]) listener.event(event);
  }

  #remember(event: CameraEvent): void {
    if (!event.operation) return;
    const key = JSON.stringify([event.topic, ...event.source]);
    this.#states.delete(key);
    if (event.operation !== 'Deleted' && this.#states.size < MAX_STATES) {
      this.#states.set(key, event);
    }
  }

  #interrupted(): void {
    this.#states.clear();
    for (const listener of [...this.#listeners]) listener.interrupted();
  }
}
