import type { Incident } from '../liveview/model.ts';

/** Whether the centre works on the incident: not a question that waits to be answered, and not over. */
export function isUnderWay({ state }: Pick<Incident, 'state'>): boolean {
  return state === 'open' || state === 'shared' || state === 'offered';
}
