import type { Result } from './desk-result.ts';
import { keyOf, type OutputOrder } from './output-order.ts';
import { because } from './reasons.ts';

/**
 * What is not sent yet, because the camera has not said that it can: one an output, the newest. What
 * ends meanwhile, or is followed by a newer order for the same output, is never sent.
 */
export class WaitingOrders {
  readonly #orders = new Map<string, OutputOrder>();
  readonly #finished: (order: OutputOrder, result: Result) => void;

  constructor(finished: (order: OutputOrder, result: Result) => void) {
    this.#finished = finished;
  }

  all(): OutputOrder[] {
    return [...this.#orders.values()];
  }

  /** False when the order may not be carried out any more; whoever asked was told then. */
  async wait(order: OutputOrder, word: Promise<unknown>): Promise<boolean> {
    this.#orders.set(keyOf(order), order);
    try {
      await word;
      return this.#has(order);
    } finally {
      if (this.#has(order)) this.#orders.delete(keyOf(order));
    }
  }

  /** Harmless for an order that does not wait. */
  end(order: OutputOrder, result: Result): void {
    if (!this.#has(order)) return;
    this.#orders.delete(keyOf(order));
    this.#finished(order, { ...result, ok: false });
  }

  /** A newer order for the same output has come. */
  makeWay(newer: OutputOrder): void {
    const before = this.#orders.get(keyOf(newer));
    if (before) this.end(before, { ok: false, ...because('replaced') });
  }

  #has(order: OutputOrder): boolean {
    return this.#orders.get(keyOf(order)) === order;
  }
}
