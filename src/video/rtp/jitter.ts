/** Interarrival jitter of one sender (RFC 3550 §6.4.1 and appendix A.8), for a clock of 90 kHz. */
export class Jitter {
  #transit90k: number | undefined;
  #jitter90k = 0;

  /** The running estimate, in units of 1/90000 s. */
  get value90k(): number {
    return this.#jitter90k;
  }

  add(timestamp: number, captureUnixUs: number): void {
    const arrival90k = Math.round(captureUnixUs * 0.09) | 0;
    const transit90k = (arrival90k - timestamp) | 0;
    if (this.#transit90k !== undefined) {
      const step = Math.abs((transit90k - this.#transit90k) | 0);
      this.#jitter90k += (step - this.#jitter90k) / 16;
    }
    this.#transit90k = transit90k;
  }

  /** The next timestamp has no relation to the last. */
  restart(): void {
    this.#transit90k = undefined;
  }
}
