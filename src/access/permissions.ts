import type { Caller, Side } from './caller.ts';
import type { CallerRole } from './role.ts';
import { isLimited } from './site-limit.ts';

/** Who may do an action on one side: roles, or `everybody` without saying who they are. */
type Who = readonly CallerRole[] | 'everybody';
interface Rule {
  readonly centre: Who;
  readonly police: Who;
  /** It is about the centre as a whole: not for those who are limited to sites. */
  readonly whole?: true;
}

const NOBODY: readonly CallerRole[] = [];
const DUTY = ['operator', 'supervisor'] as const;
const CENTRE = ['operator', 'supervisor', 'admin', 'auditor', 'consumer'] as const;
const POLICE = ['dispatcher', 'consumer'] as const;

/**
 * Who may do what. Every route and every message of the live socket names one of these actions, and
 * nothing is served that names none. That a role may do an action does not mean that it may do it to
 * everything: on the police side each incident and camera goes through the gate besides, and whoever is
 * limited to sites sees nothing of others (site-limit.ts).
 */
export const PERMISSIONS = {
  /** Reading the consoles, the description of the API, and logging in. */
  'console.load': { centre: 'everybody', police: 'everybody' },
  'session.open': { centre: 'everybody', police: 'everybody' },
  /** Who am I, log out, keep a live socket. */
  'session.use': { centre: [...CENTRE, 'source'], police: POLICE },
  'site.read': { centre: CENTRE, police: NOBODY },
  'camera.read': { centre: CENTRE, police: NOBODY },
  /** Live images and snapshots. */
  'camera.watch': { centre: ['operator', 'supervisor', 'admin', 'consumer'], police: POLICE },
  'camera.steer': { centre: DUTY, police: NOBODY },
  'alarm.read': { centre: CENTRE, police: NOBODY },
  /** Tell of one: a program with its token, or an operator by the button. */
  'alarm.raise': { centre: [...DUTY, 'source'], police: NOBODY },
  /** Look at it, judge it, end it. */
  'alarm.handle': { centre: DUTY, police: NOBODY },
  /** Take a camera out of the hands of an equal. */
  'control.force': { centre: ['supervisor'], police: NOBODY },
  'incident.read': { centre: CENTRE, police: POLICE },
  /** Open, change, share, withdraw, compose the screen, close. */
  'incident.manage': { centre: DUTY, police: NOBODY },
  /** Answer for an incident in place of whoever did. */
  'incident.take': { centre: ['supervisor'], police: NOBODY },
  /** Write in the running log of an incident, and say that it was read. */
  'note.write': { centre: DUTY, police: ['dispatcher'] },
  /** Plans of sites, stills and other images of incidents. */
  'plan.read': { centre: ['operator', 'supervisor', 'admin', 'consumer'], police: POLICE },
  /** Add and remove plans, and say where cameras stand on them. */
  'plan.manage': { centre: [...DUTY, 'admin'], police: NOBODY },
  /** Accept or decline what the centre offers. */
  'offer.decide': { centre: NOBODY, police: ['dispatcher'] },
  'request.make': { centre: DUTY, police: ['dispatcher'] },
  'request.read': { centre: ['operator', 'supervisor', 'admin', 'auditor'], police: NOBODY },
  'request.decide': { centre: DUTY, police: NOBODY },
  'journal.read': { centre: ['supervisor', 'admin', 'auditor'], police: NOBODY },
  /** The report of an incident, names and notes included. */
  'report.read': { centre: [...DUTY, 'admin', 'auditor'], police: NOBODY },
  /** Whether it lives and serves; yes or no. */
  'health.read': { centre: 'everybody', police: NOBODY },
  /** Which cameras and parts are not well, and why, with addresses. */
  'diagnostics.read': { centre: [...DUTY, 'admin'], police: NOBODY, whole: true },
  'metrics.read': { centre: CENTRE, police: NOBODY, whole: true },
  /** Play an incident for a workshop. */
  'demonstration.play': { centre: DUTY, police: NOBODY, whole: true },
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof PERMISSIONS;

export const ACTIONS = Object.keys(PERMISSIONS) as Action[];

/** All that this caller may do, for whoever shows it what it may do. */
export function actionsOf(caller: Caller): Action[] {
  return ACTIONS.filter((action) => may(caller, action));
}

/** Whether nobody needs to say who they are for this. */
export function isPublic(action: Action, side: Side): boolean {
  return PERMISSIONS[action][side] === 'everybody';
}

/** Whether this caller may do this on the side that it came in by. */
export function may(caller: Caller, action: Action): boolean {
  const rule: Rule = PERMISSIONS[action];
  const who = rule[caller.side];
  if (who === 'everybody') return true;
  return who.includes(caller.role) && !(rule.whole && isLimited(caller));
}
