import { asError, LiveViewError } from './errors.ts';

/** Something that is started once and stopped once. */
export interface Service {
  readonly name: string;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
}

/**
 * Starts services in order and stops them in reverse. A failed start stops what had started; a
 * failed stop does not keep the others from stopping, and all failures are reported together.
 */
export class Lifecycle {
  readonly #services: readonly Service[];
  #started: Service[] = [];

  constructor(services: readonly Service[]) {
    this.#services = services;
  }

  async start(): Promise<void> {
    for (const service of this.#services) {
      try {
        await service.start();
        this.#started.push(service);
      } catch (cause) {
        await this.stop().catch(() => undefined);
        throw cause;
      }
    }
  }

  /** @throws LiveViewError `stop-failed` with an AggregateError as its cause. */
  async stop(): Promise<void> {
    const failures: Error[] = [];
    const services = this.#started.reverse();
    this.#started = [];
    for (const service of services) {
      try {
        await service.stop();
      } catch (error) {
        failures.push(asError(error));
      }
    }
    if (failures.length === 0) return;
    const text = failures.map((failure) => failure.message).join('; ');
    throw new LiveViewError('stop-failed', `not everything stopped cleanly: ${text}`, {
      cause: new AggregateError(failures),
    });
  }
}
