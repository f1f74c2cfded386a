import type { Alarm } from './alarm-model.ts';
import { isUnderWay } from './incident-machine.ts';
import type { Incident } from './model.ts';

/**
 * Sites at which something is going on, so that whoever looks there is in a hurry: those with an
 * incident that the centre works on, or with an open alarm.
 */
export function wakefulSites(
  incidents: Iterable<Incident>,
  alarms: Iterable<Alarm>,
): ReadonlySet<string> {
  const sites = new Set<string>();
  for (const incident of incidents) if (isUnderWay(incident)) sites.add(incident.site);
  for (const { state, site } of alarms) if (state === 'open') sites.add(site);
  return sites;
}
