import type { AlarmKind } from '../liveview/alarm-model.ts';
import type { IncidentType } from '../liveview/model.ts';

/** What an incident is, unless told, that is opened from an alarm of this kind. */
export const INCIDENT_TYPE_OF: Readonly<Record<AlarmKind, IncidentType>> = {
  'hold-up': 'robbery',
  burglary: 'burglary',
  fire: 'fire',
  medical: 'medical',
  tamper: 'other',
  technical: 'other',
  motion: 'other',
  other: 'other',
};
