import type { Incident } from './model.ts';

/**
 * Sites at which something is going on, so that whoever looks there is in a hurry: those with an
 * incident that is not closed.
 */
export function wakefulSites(incidents: Iterable<Incident>): ReadonlySet<string> {
  const sites = new Set<string>();
  for (const { state, site } of incidents) if (state === 'open') sites.add(site);
  return sites;
}
