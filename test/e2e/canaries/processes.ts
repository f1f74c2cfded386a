import { readdirSync, readFileSync } from 'node:fs';
import { childrenOf } from '../../support/child-processes.ts';

const EVERY_MS = 25;

/** Looks again and again at what anybody on the machine can see of every process, and at the environment of children. */
export class ProcessWatch {
  /** Command lines, titles and environments, each once. */
  readonly seen = new Set<string>();
  readonly encoders = new Set<number>();
  #of: () => number | undefined;
  #timer: NodeJS.Timeout;

  /** @param gateway whose children are looked into. */
  constructor(gateway: () => number | undefined) {
    this.#of = gateway;
    this.#timer = setInterval(() => this.look(), EVERY_MS);
  }

  look(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      for (const file of ['cmdline', 'comm']) this.#note(`/proc/${pid}/${file}`);
    }
    const gateway = this.#of() ?? 0;
    for (const child of childrenOf(gateway)) {
      // Before it has become another program it is the gateway still, with what the gateway was given.
      if (commandOf(child) === commandOf(gateway)) continue;
      this.encoders.add(child);
      this.#note(`/proc/${child}/environ`);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #note(file: string): void {
    try {
      this.seen.add(readFileSync(file, 'latin1'));
    } catch {
      // It has ended.
    }
  }
}

/** Undefined when it has ended. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return undefined;
  }
}
