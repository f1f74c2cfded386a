import type { Caller, Side } from './caller.ts';
import type { CallerRole } from './role.ts';
import { isLimited } from './site-limit.ts';

/** Who may do an action on one side: roles, or `everybody` without saying who they are. */
type Who = readonly CallerRole[] | 'everybody';
interface Rule {
  /** For people: what it is to do this. */
  readonly what: string;
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
 * limited to sites sees nothing of others (site-limit.ts). docs/reference/permissions.md is made from it.
 */
export const PERMISSIONS = {
  'console.load': {
    what: 'read the consoles and the description of the API',
    centre: 'everybody',
    police: 'everybody',
  },
  'session.open': {
    what: 'log in, and open a live socket that says who it is in its hello',
    centre: 'everybody',
    police: 'everybody',
  },
  'session.use': {
    what: 'ask who one is, log out, keep a live socket',
    centre: [...CENTRE, 'source'],
    police: POLICE,
  },
  'site.read': { what: 'see the sites', centre: CENTRE, police: NOBODY },
  'camera.read': {
    what: 'see the cameras, how their pictures are, and who has them',
    centre: CENTRE,
    police: NOBODY,
  },
  'camera.watch': {
    what: 'live images and snapshots',
    centre: ['operator', 'supervisor', 'admin', 'consumer'],
    police: POLICE,
  },
  'camera.steer': {
    what: "move a camera by the operator's own hand, and switch what hangs on it",
    centre: DUTY,
    police: NOBODY,
  },
  'alarm.read': { what: 'see alarms', centre: CENTRE, police: NOBODY },
  'alarm.raise': {
    what: 'tell of an alarm: a program with its token, or an operator by the button',
    centre: [...DUTY, 'source'],
    police: NOBODY,
  },
  'alarm.handle': {
    what: 'look at an alarm, judge it, add it to an incident, end it',
    centre: DUTY,
    police: NOBODY,
  },
  'control.force': {
    what: 'take a camera out of the hands of an equal',
    centre: ['supervisor'],
    police: NOBODY,
  },
  'incident.read': {
    what: 'see incidents and their screens; for the police those that are shared or offered',
    centre: CENTRE,
    police: POLICE,
  },
  'incident.manage': {
    what: 'open, change, share, withdraw, hand over, compose the screen, close',
    centre: DUTY,
    police: NOBODY,
  },
  'incident.take': {
    what: 'answer for an incident in place of whoever did',
    centre: ['supervisor'],
    police: NOBODY,
  },
  'note.write': {
    what: 'write in the running log of an incident, and say that it was read',
    centre: DUTY,
    police: ['dispatcher'],
  },
  'plan.read': {
    what: 'see plans of sites, stills and other images of incidents',
    centre: ['operator', 'supervisor', 'admin', 'consumer'],
    police: POLICE,
  },
  'plan.manage': {
    what: 'add and remove plans, and say where cameras stand on them',
    centre: [...DUTY, 'admin'],
    police: NOBODY,
  },
  'offer.decide': {
    what: 'accept or decline what the centre offers',
    centre: NOBODY,
    police: ['dispatcher'],
  },
  'request.make': {
    what: 'ask for a movement, another camera, a plan, images of a site',
    centre: DUTY,
    police: ['dispatcher'],
  },
  'request.read': {
    what: 'see what was asked for',
    centre: ['operator', 'supervisor', 'admin', 'auditor'],
    police: NOBODY,
  },
  'request.decide': { what: 'accept or decline what is asked', centre: DUTY, police: NOBODY },
  'journal.read': {
    what: 'read the journal',
    centre: ['supervisor', 'admin', 'auditor'],
    police: NOBODY,
  },
  'report.read': {
    what: 'the report of an incident, names and notes included',
    centre: [...DUTY, 'admin', 'auditor'],
    police: NOBODY,
  },
  'health.read': {
    what: 'whether the gateway lives and serves, yes or no',
    centre: 'everybody',
    police: NOBODY,
  },
  'diagnostics.read': {
    what: 'which cameras and parts are not well, and why, with addresses',
    centre: [...DUTY, 'admin'],
    police: NOBODY,
    whole: true,
  },
  'metrics.read': {
    what: 'figures for Prometheus',
    centre: CENTRE,
    police: NOBODY,
    whole: true,
  },
  'demonstration.play': {
    what: 'play an incident for a workshop, where there is a demonstration',
    centre: DUTY,
    police: NOBODY,
    whole: true,
  },
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
