import type { Logger } from '../../core/log.ts';

/** What is wrong with a stream; each thing is said once and not for every picture. */
export class Diagnosis {
  readonly #log: Logger;
  #said = '';

  constructor(log: Logger) {
    this.#log = log;
  }

  readonly say = (diagnosis: string): void => {
    if (diagnosis === this.#said) return;
    this.#said = diagnosis;
    this.#log.warn(diagnosis);
  };

  /** It is well again: what was said before would be news. */
  clear(): void {
    this.#said = '';
  }
}
