import type { Config } from './schema.ts';

/** Settings that are valid and have no effect in this version; nobody is to rely on them unknowingly. */
export function configNotes(config: Config): string[] {
  const notes: string[] = [];
  if (config.alarms.dc09) {
    notes.push('alarms.dc09 has no effect yet: this version takes no alarms in');
  }
  for (const { id, stream } of config.cameras) {
    if (stream.warm === 'on-alarm') {
      notes.push(`camera ${id}: warm: on-alarm is taken as on-demand, until alarms are taken in`);
    }
  }
  return notes;
}
