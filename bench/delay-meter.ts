/** A picture that arrived. */
export interface Arrival {
  /** When the camera sent it, Unix µs of the shared clock; undefined when the picture does not tell. */
  readonly sentUs: number | undefined;
  /** When all of it was here, by the same clock. */
  readonly receivedUs: number;
  /** Its place in the stream, from which missing ones follow. */
  readonly seconds: number;
}

export interface StreamFigures {
  readonly delaysMs: readonly number[];
  /** Pictures missing between the first and the last. */
  readonly lost: number;
  /** Pictures that do not tell when they were sent. */
  readonly unstamped: number;
  /** The longest time between two pictures at the camera itself; milliseconds. */
  readonly longestPauseMs: number;
}

/** Collects the pictures of one stream while it is open. */
export class DelayMeter {
  /** The first picture is here, whether the meter is open or not. */
  readonly begun: Promise<void>;
  readonly #framesPerSecond: number;
  readonly #arrivals: Arrival[] = [];
  #begin: () => void = () => undefined;
  #open = false;

  constructor(framesPerSecond: number) {
    this.#framesPerSecond = framesPerSecond;
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  open(): void {
    this.#open = true;
  }

  close(): void {
    this.#open = false;
  }

  arrived(arrival: Arrival): void {
    this.#begin();
    if (this.#open) this.#arrivals.push(arrival);
  }

  figures(): StreamFigures {
    const stamped = this.#arrivals.flatMap(({ sentUs, receivedUs }) =>
      sentUs === undefined ? [] : [{ sentUs, receivedUs }],
    );
    const pausesUs = steps(stamped.map(({ sentUs }) => sentUs));
    return {
      delaysMs: stamped.map(({ sentUs, receivedUs }) => (receivedUs - sentUs) / 1_000),
      lost: this.#lost(),
      unstamped: this.#arrivals.length - stamped.length,
      longestPauseMs: Math.max(0, ...pausesUs) / 1_000,
    };
  }

  /** From the times in the stream, which are the camera's own and know no jitter. */
  #lost(): number {
    const seconds = steps(this.#arrivals.map((arrival) => arrival.seconds));
    const missing = seconds.map((step) => Math.round(step * this.#framesPerSecond) - 1);
    return missing.reduce((sum, count) => sum + Math.max(0, count), 0);
  }
}

function steps(values: readonly number[]): number[] {
  return values.slice(1).map((later, i) => later - (values[i] ?? later));
}
