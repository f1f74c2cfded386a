import type { Config } from './schema.ts';

/** Settings that are valid and have no effect in this version; nobody is to rely on them unknowingly. */
export function configNotes(config: Config): string[] {
  if (!config.alarms.dc09) return [];
  return ['alarms.dc09 has no effect yet: this version takes no alarms in'];
}
