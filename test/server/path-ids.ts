import type { SiteIds } from './two-sites.ts';

/** What `id` is the id of. */
const ID_OF: [string, keyof SiteIds][] = [
  ['/v1/cameras/', 'camera'],
  ['/v1/incidents/', 'incident'],
  ['/v1/alarms/', 'alarm'],
  ['/v1/requests/', 'request'],
  ['/v1/plans/', 'plan'],
  ['/v1/offers/', 'incident'],
];
/** Of which there is nothing to hide. */
const KNOWN: Record<string, string> = { controlRoom: 'rotterdam', step: 'call' };

/** A path with ids in place of `{camera}`, or of `:camera` as the framework writes it. */
export function pathWith(path: string, ids: SiteIds): string {
  const own = ID_OF.find(([prefix]) => path.startsWith(prefix))?.[1];
  return path.replace(/\{(\w+)\}|:(\w+)/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    const what = name === 'id' ? own : name;
    const id = KNOWN[name] ?? ids[what as keyof SiteIds];
    if (id === undefined) throw new Error(`what is ${name} of ${path}?`);
    return encodeURIComponent(id);
  });
}
