import { Counter, Gauge, type Registry } from 'prom-client';

/** What `/metrics` says of viewers who left the choice of the quality to the gateway. */
export class QualityFigures {
  readonly #viewers = new Gauge({
    name: 'liveview_auto_viewers',
    help: 'Viewers that left the quality to the gateway, by what they have now',
    labelNames: ['quality'],
    registers: [],
  });
  readonly #moves = new Counter({
    name: 'liveview_quality_moves_total',
    help: 'Times that such a viewer was moved to another quality',
    labelNames: ['direction'],
    registers: [],
  });

  constructor() {
    for (const direction of ['up', 'down']) this.#moves.inc({ direction }, 0);
  }

  has(quality: string): void {
    this.#viewers.inc({ quality });
  }

  leaves(quality: string): void {
    this.#viewers.dec({ quality });
  }

  moved(from: string, to: string, up: boolean): void {
    this.leaves(from);
    this.has(to);
    this.#moves.inc({ direction: up ? 'up' : 'down' });
  }

  register(registry: Registry): void {
    registry.registerMetric(this.#viewers);
    registry.registerMetric(this.#moves);
  }
}
