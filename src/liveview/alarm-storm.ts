import type { AlarmReport } from './alarms.ts';

/** Beside an urgent alarm it is one. */
const PRIORITY = 3;

/**
 * What stands for the alarms of a source that are too many: one alarm of the gateway's own, on which
 * each further one counts, and which is as urgent as the most urgent of them.
 */
export function stormOf({ source, site, text, priority }: AlarmReport): AlarmReport {
  const name = `${source.type} ${source.id}`;
  return {
    source: { type: 'gateway', id: 'storm' },
    site,
    kind: 'technical',
    priority: Math.min(PRIORITY, priority),
    text: {
      nl: `Te veel alarmen van ${name}: verdere worden alleen geteld`,
      en: `Too many alarms from ${name}: further ones are only counted`,
    },
    key: name,
    details: { source: name, first: text.en },
  };
}
