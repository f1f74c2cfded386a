import type { Side } from '../../src/access/caller.ts';
import { type Action, PERMISSIONS } from '../../src/access/permissions.ts';
import type { CallerRole } from '../../src/access/role.ts';
import type { Harness } from './harness.ts';

/** Who asks: a role of a side, perhaps limited to sites; nobody; or whoever belongs on the other side. */
export interface Who {
  readonly name: string;
  readonly role?: CallerRole;
  readonly room?: string;
  readonly sites?: string[];
}

const SITES = ['jeweller'];
const CENTRE_ROLES = ['operator', 'supervisor', 'admin', 'auditor', 'consumer', 'source'] as const;
export const STRANGERS: Record<Side, Who[]> = {
  centre: [
    { name: 'nobody' },
    { name: 'a dispatcher', role: 'dispatcher', room: 'rotterdam' },
    { name: 'a consumer of the police', role: 'consumer', room: 'rotterdam' },
  ],
  police: [
    { name: 'nobody' },
    ...CENTRE_ROLES.map((role): Who => ({ name: `${role} of the centre`, role })),
    { name: 'a limited operator', role: 'operator', sites: SITES },
  ],
};
export const CALLERS: Record<Side, Who[]> = {
  centre: [
    ...CENTRE_ROLES.map((role): Who => ({ name: role, role })),
    ...(['operator', 'supervisor', 'consumer', 'source'] as const).map(
      (role): Who => ({ name: `${role} limited to sites`, role, sites: SITES }),
    ),
  ],
  police: [
    { name: 'dispatcher', role: 'dispatcher', room: 'rotterdam' },
    { name: 'consumer', role: 'consumer', room: 'rotterdam' },
    { name: 'consumer limited to sites', role: 'consumer', room: 'rotterdam', sites: SITES },
  ],
};
export function tokenOf(harness: Harness, { role, room, sites }: Who): string | undefined {
  return role && harness.token(role, room, sites);
}

/** What the table says of this caller; `unknown` for those who have not said who they are on this side. */
export function said(action: Action, side: Side, who: Who): 'allowed' | 'refused' | 'unknown' {
  const rule: { centre: unknown; police: unknown; whole?: true } = PERMISSIONS[action];
  const roles = rule[side] as 'everybody' | readonly CallerRole[];
  if (roles === 'everybody') return 'allowed';
  if (STRANGERS[side].includes(who) || who.role === undefined) return 'unknown';
  return roles.includes(who.role) && !(rule.whole && who.sites) ? 'allowed' : 'refused';
}

/** How what is not allowed is answered. */
export const REFUSAL = {
  centre: { refused: [403, 'not-allowed'], unknown: [401, 'unauthenticated'] },
  police: { refused: [404, 'not-shared'], unknown: [401, 'unauthenticated'] },
} as const;

export const SIDES = ['centre', 'police'] as const;
