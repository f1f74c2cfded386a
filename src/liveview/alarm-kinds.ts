import type { AlarmKind, AlarmText } from './alarm-model.ts';

/** What holds of a kind of alarm where its source says no more. */
interface KindFacts {
  readonly priority: number;
  readonly text: AlarmText;
}

export const KIND_FACTS: Readonly<Record<AlarmKind, KindFacts>> = {
  'hold-up': { priority: 1, text: { nl: 'Overvalmelding', en: 'Hold-up alarm' } },
  fire: { priority: 1, text: { nl: 'Brandmelding', en: 'Fire alarm' } },
  medical: { priority: 1, text: { nl: 'Medische noodmelding', en: 'Medical emergency' } },
  burglary: { priority: 2, text: { nl: 'Inbraakmelding', en: 'Burglar alarm' } },
  tamper: { priority: 3, text: { nl: 'Sabotagemelding', en: 'Tamper alarm' } },
  technical: { priority: 4, text: { nl: 'Technische storing', en: 'Technical fault' } },
  motion: { priority: 4, text: { nl: 'Beweging gezien', en: 'Motion detected' } },
  other: { priority: 3, text: { nl: 'Melding', en: 'Alarm' } },
};
