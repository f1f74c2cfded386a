import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import type { CallerRole } from './role.ts';

const MAX_SITES = 1_024;
/** As the configuration calls a site; whether there is one is not known here. */
const SITE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** What an account may be limited to; absent: every site, those that come later too. */
export const siteIds = z.array(z.string().regex(SITE_ID)).min(1).max(MAX_SITES).readonly();

/** An account, or whoever came in by it. */
export interface Limitable {
  readonly sites?: readonly string[] | undefined;
}

/** Roles that work at sites; what the others do is of the whole centre, or of their control room. */
const LIMITABLE: readonly CallerRole[] = ['operator', 'supervisor', 'consumer', 'source'];

/** Whether this account has to do with this site at all. */
export function mayAt({ sites }: Limitable, site: string | undefined): boolean {
  return sites === undefined || (site !== undefined && sites.includes(site));
}

export function isLimited({ sites }: Limitable): boolean {
  return sites !== undefined;
}

/** Whether two accounts have a site in common. */
export function meet(one: Limitable, other: Limitable): boolean {
  return one.sites === undefined || one.sites.some((site) => mayAt(other, site));
}

/** As it is kept: each once. @throws LiveViewError `role-without-sites`, `bad-site`. */
export function checkSites(
  of: CallerRole,
  sites: readonly string[] | undefined,
): { readonly sites?: readonly string[] } {
  if (sites === undefined) return {};
  if (!LIMITABLE.includes(of)) {
    throw new LiveViewError(
      'role-without-sites',
      `the role ${of} cannot be limited to sites; ${LIMITABLE.join(', ')} can`,
    );
  }
  const once = [...new Set(sites)];
  if (siteIds.safeParse(once).success) return { sites: once };
  throw new LiveViewError(
    'bad-site',
    `name 1–${MAX_SITES} sites by their ids: lower-case letters, digits and hyphens`,
  );
}
