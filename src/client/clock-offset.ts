interface Sample {
  readonly rttMs: number;
  readonly offsetMs: number;
}

/** Enough for half a minute of pings: a clock that drifts 50 ppm moves 1.5 ms in that time. */
const WINDOW = 16;

/**
 * How far the gateway's clock is ahead of ours, from pings. Of the last exchanges the one with the
 * shortest round trip is believed: its error is at most half that round trip, and queues in the
 * network only ever make a round trip longer (the filter of NTP, RFC 5905 §10).
 */
export class ClockOffset {
  #samples: Sample[] = [];

  /** @param sentMs, receivedMs our clock; `gatewayMs` the gateway's, in between; all Unix ms. */
  add(sentMs: number, gatewayMs: number, receivedMs: number): void {
    const rttMs = receivedMs - sentMs;
    if (!(rttMs >= 0) || !Number.isFinite(gatewayMs)) return;
    this.#samples.push({ rttMs, offsetMs: gatewayMs - (sentMs + receivedMs) / 2 });
    if (this.#samples.length > WINDOW) this.#samples.shift();
  }

  /** Gateway minus ours; undefined until the first answer. */
  get offsetMs(): number | undefined {
    return this.#best?.offsetMs;
  }

  /** Round trip of the exchange that is believed. */
  get rttMs(): number | undefined {
    return this.#best?.rttMs;
  }

  /** Another gateway, or the same one after an unknown time. */
  reset(): void {
    this.#samples = [];
  }

  get #best(): Sample | undefined {
    let best = this.#samples[0];
    for (const sample of this.#samples) if (best && sample.rttMs < best.rttMs) best = sample;
    return best;
  }
}
