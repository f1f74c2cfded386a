import type { Logger } from '../core/log.ts';
import type { Alarm } from './alarm-model.ts';
import type { Incident, LiveRequest, Screen } from './model.ts';
import type { ReasonCode } from './reasons.ts';

/** What subscribers are told, after it happened and after permits and movements ended. */
export type Change =
  | {
      readonly kind: 'incident';
      readonly incident: Incident;
      /** As it was; whoever could see that and cannot see `incident` is told `farewell` (sharing.ts). */
      readonly before: Incident | undefined;
    }
  | { readonly kind: 'screen'; readonly incident: string; readonly screen: Screen }
  /** Another has a camera, or nobody, and then `why`; see `hands`. */
  | { readonly kind: 'control'; readonly camera: string; readonly why?: ReasonCode }
  | { readonly kind: 'request'; readonly request: LiveRequest }
  /** What is done can be recorded again, or no longer; for the centre alone. */
  | { readonly kind: 'recording' }
  /** For the centre alone. */
  | { readonly kind: 'alarm'; readonly alarm: Alarm };

/** Those who are told; one that fails keeps nothing from the others. */
export class Subscribers {
  readonly #log: Logger;
  readonly #all = new Set<(change: Change) => void>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Returns how to stop listening. */
  add(listener: (change: Change) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(change: Change): void {
    for (const subscriber of [...this.#all]) {
      try {
        subscriber(change);
      } catch (error) {
        this.#log.error('a subscriber failed', { change: change.kind, error });
      }
    }
  }
}
