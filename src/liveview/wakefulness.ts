import { isUnderWay } from './incident-machine.ts';
import type { Incident } from './model.ts';

/**
 * Sites at which something is going on, so that whoever looks there is in a hurry: those with an
 * incident that the centre works on.
 */
export function wakefulSites(incidents: Iterable<Incident>): ReadonlySet<string> {
  const sites = new Set<string>();
  for (const incident of incidents) if (isUnderWay(incident)) sites.add(incident.site);
  return sites;
}
