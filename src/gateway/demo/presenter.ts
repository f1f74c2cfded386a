import type { Clock, Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Demonstration, DemonstrationScript } from '../../server/deps.ts';

/** Something that happens by itself in a script, at its time. */
export interface Step {
  readonly afterSeconds: number;
  readonly text: { readonly nl: string; readonly en: string };
  /** What there is to be done; a step without is only told of. */
  readonly run?: () => Promise<void> | void;
}

export interface Script extends Omit<DemonstrationScript, 'steps'> {
  /** In the order of their times. */
  readonly steps: readonly Step[];
}

/**
 * Plays one incident at a time: what the world does. What the people do about it is for those at the
 * consoles.
 */
export class Presenter implements Demonstration {
  readonly scripts: readonly Script[];
  readonly #clock: Clock;
  readonly #log: Logger;
  #timers: Timer[] = [];
  #running: Demonstration['running'];

  constructor(options: { clock: Clock; log: Logger; scripts: readonly Script[] }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.scripts = options.scripts;
  }

  get running(): Demonstration['running'] {
    return this.#running;
  }

  start(id: string): void {
    const script = this.scripts.find((each) => each.id === id);
    if (!script) throw new LiveViewError('unknown-script', `there is no demonstration ${id}`);
    if (this.#running) {
      throw new LiveViewError('demonstration-running', 'one is being played; stop it first');
    }
    this.#running = { script: id, sinceUnixUs: this.#clock.unixUs(), failedSeconds: [] };
    for (const step of script.steps) {
      this.#after(step.afterSeconds, () => this.#play(step));
    }
    this.#after(script.seconds, () => this.stop());
  }

  /** What has happened stays; nothing more of it comes. */
  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    this.#running = undefined;
  }

  #after(seconds: number, task: () => void): void {
    this.#timers.push(this.#clock.setTimer(seconds * 1_000, task));
  }

  /** A step that fails does not keep the next from coming. */
  #play({ afterSeconds, text, run }: Step): void {
    const of = this.#running?.sinceUnixUs;
    void (async () => run?.())().catch((error: unknown) => {
      this.#log.error('a step of the demonstration failed', { step: text.en, error });
      const running = this.#running;
      if (!running || running.sinceUnixUs !== of) return;
      const failedSeconds = [...running.failedSeconds, afterSeconds];
      this.#running = { ...running, failedSeconds };
    });
  }
}
