import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import { knownIncident } from './known-incident.ts';
import type { Ledger } from './ledger.ts';
import type { ClosingStep, Directory, Incident, StepMark } from './model.ts';

/** A step as it stands in an incident; `open` is neither done nor explained. */
export interface StepNow extends Pick<ClosingStep, 'id' | 'text' | 'required'> {
  readonly state: 'open' | StepMark['state'];
  readonly by?: string;
  readonly at?: string;
  readonly note?: string;
}

/** The steps that the configuration asks for of such an incident, in its order. */
export function stepsOf(
  { closingSteps }: Pick<Directory, 'closingSteps'>,
  { type, steps = [] }: Pick<Incident, 'type' | 'steps'>,
): StepNow[] {
  return closingSteps
    .filter(({ types }) => types?.includes(type) ?? true)
    .map(({ id, text, required }) => {
      const { step: _, ...mark } = steps.find(({ step }) => step === id) ?? { step: id };
      return { id, text, required, state: 'open', ...mark };
    });
}

/** @throws LiveViewError `steps-open` while something required is neither done nor explained */
export function checkSteps(directory: Pick<Directory, 'closingSteps'>, incident: Incident): void {
  const open = stepsOf(directory, incident).filter(
    ({ required, state }) => required && state === 'open',
  );
  if (open.length === 0) return;
  const names = open.map(({ text }) => text.en).join('; ');
  throw new LiveViewError('steps-open', `first do, or explain why not: ${names}`);
}

export interface StepsOptions {
  ledger: Ledger;
  directory: Directory;
}

/** What a centre wants done before an incident is closed. */
export class Steps {
  readonly #ledger: Ledger;
  readonly #directory: Directory;

  constructor({ ledger, directory }: StepsOptions) {
    this.#ledger = ledger;
    this.#directory = directory;
  }

  /**
   * @param state what it is from now on; `explained` needs the note.
   * @throws LiveViewError `unknown-step`, `invalid-request`, `incident-closed`
   */
  mark(actor: Actor, id: string, step: string, state: StepNow['state'], note?: string): Incident {
    const known = stepsOf(this.#directory, this.#incident(id)).find((each) => each.id === step);
    if (!known) throw new LiveViewError('unknown-step', 'this incident has no such step');
    const data = { step, text: known.text, ...(note === undefined ? {} : { note }) };
    if (state === 'done') this.#ledger.record('step.done', actor, id, data);
    else if (state === 'explained') this.#ledger.record('step.explained', actor, id, data);
    else if (known.state !== 'open') {
      this.#ledger.record('step.reopened', actor, id, { step, text: known.text });
    }
    return this.#incident(id);
  }

  #incident(id: string): Incident {
    return knownIncident(this.#ledger.state, id);
  }
}
