import { LiveViewError } from '../core/errors.ts';
import type { Alarm, AlarmKind } from './alarm-model.ts';
import type { OpenIncident } from './incidents.ts';
import type { Directory, IncidentType } from './model.ts';

const TYPES: Record<AlarmKind, IncidentType> = {
  'hold-up': 'robbery',
  burglary: 'burglary',
  fire: 'fire',
  medical: 'medical',
  tamper: 'other',
  technical: 'other',
  motion: 'other',
  other: 'other',
};

/**
 * What an incident is to be. What is not said follows from the alarm that it is opened from; without
 * one, its type and its site have to be said.
 *
 * @throws LiveViewError `invalid-request`, also for an alarm of another site
 */
export function incidentFrom(
  told: Partial<OpenIncident>,
  alarm: Alarm | undefined,
  { cameras: known }: Pick<Directory, 'cameras'>,
): OpenIncident {
  const { type = alarm && TYPES[alarm.kind], site = alarm?.site } = told;
  if (type === undefined || site === undefined) {
    throw new LiveViewError('invalid-request', 'say the type and the site, or name an alarm');
  }
  if (alarm && site !== alarm.site) {
    throw new LiveViewError('invalid-request', `this alarm is of the site ${alarm.site}`);
  }
  const summary = told.summary ?? alarm?.text.nl ?? '';
  // One that has been taken out of the configuration since sees nothing.
  const seeing = alarm?.cameras.filter((camera) => known.has(camera)) ?? [];
  const cameras = told.cameras ?? seeing;
  return { type, site, summary, cameras, ...(alarm ? { alarm: alarm.id } : {}) };
}
