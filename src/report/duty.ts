import type { Entry } from '../journal/record.ts';
import { object, text } from './fields.ts';

/** A step that the centre wants done before closing. Times are Unix µs. */
export interface StepTold {
  readonly step: string;
  readonly text: { readonly nl: string | undefined; readonly en: string | undefined };
  readonly state: 'done' | 'explained';
  readonly by: string;
  readonly atUnixUs: number;
  readonly note: string | undefined;
}

/** Somebody answers for the incident since then. */
export interface InCharge {
  readonly user: string;
  readonly fromUnixUs: number;
}

const BEGINNINGS = ['incident.opened', 'images.granted', 'handover.accepted', 'handover.taken'];
const STATES: Readonly<Record<string, StepTold['state']>> = {
  'step.done': 'done',
  'step.explained': 'explained',
};

/** Who answered for one incident, and what was done before it was closed, as its entries tell it. */
export class Duty {
  readonly inCharge: InCharge[] = [];
  readonly #steps = new Map<string, StepTold>();

  get steps(): readonly StepTold[] {
    return [...this.#steps.values()];
  }

  add({ kind, data, actor, timeUnixUs: atUnixUs }: Entry): void {
    if (BEGINNINGS.includes(kind)) {
      this.inCharge.push({ user: actor.user, fromUnixUs: atUnixUs });
      return;
    }
    const step = text(data, 'step');
    if (!kind.startsWith('step.') || step === undefined) return;
    this.#steps.delete(step);
    const state = STATES[kind];
    if (state === undefined) return;
    const words = object(data, 'text');
    this.#steps.set(step, {
      ...{ step, state, by: actor.user, atUnixUs, note: text(data, 'note') },
      text: { nl: text(words, 'nl'), en: text(words, 'en') },
    });
  }
}
