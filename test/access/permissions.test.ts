import { describe, expect, it } from '@jest/globals';
import type { Caller, Side } from '../../src/access/caller.ts';
import type { Action } from '../../src/access/permissions.ts';
import { isPublic, may, PERMISSIONS } from '../../src/access/permissions.ts';
import type { CallerRole } from '../../src/access/role.ts';
import { ROLES } from '../../src/access/role.ts';

const actions = Object.keys(PERMISSIONS) as Action[];
const caller = (role: CallerRole, side: Side): Caller => ({
  ...{ user: 'ada', role, side, session: 's' },
  onEnd: () => () => undefined,
});
const allowed = (role: CallerRole, side: Side) =>
  actions.filter((action) => may(caller(role, side), action) && !isPublic(action, side)).sort();

const DUTY_ALONE = ['incident.manage', 'camera.steer', 'request.decide', 'alarm.handle'] as const;

describe('the permissions', () => {
  it.each([
    [
      'dispatcher',
      [
        'camera.watch',
        'incident.read',
        'note.write',
        'offer.decide',
        'plan.read',
        'request.make',
        'session.use',
      ],
    ],
    ['consumer', ['camera.watch', 'incident.read', 'plan.read', 'session.use']],
    ['operator', []],
    ['supervisor', []],
    ['admin', []],
    ['auditor', []],
    ['source', []],
  ] as const)('of a %s on the police side', (role, expected) => {
    expect(allowed(role, 'police')).toEqual(expected);
  });

  it.each([
    ['dispatcher', []],
    ['source', ['alarm.raise', 'session.use']],
    [
      'auditor',
      [
        ...['alarm.read', 'camera.read', 'incident.read', 'journal.read', 'metrics.read'],
        ...['report.read', 'request.read', 'session.use', 'site.read'],
      ],
    ],
    [
      'consumer',
      [
        ...['alarm.read', 'camera.read', 'camera.watch', 'incident.read', 'metrics.read'],
        ...['plan.read', 'session.use', 'site.read'],
      ],
    ],
    [
      'admin',
      [
        ...['alarm.read', 'camera.read', 'camera.watch', 'diagnostics.read', 'incident.read'],
        ...['journal.read', 'metrics.read', 'plan.manage', 'plan.read', 'report.read'],
        ...['request.read', 'session.use', 'site.read'],
      ],
    ],
  ] as const)('of a %s at the centre', (role, expected) => {
    expect(allowed(role, 'centre')).toEqual(expected);
  });

  it('let nobody who is limited to sites do what is about the whole centre', () => {
    const whole = (role: CallerRole, sites?: string[]) =>
      actions.filter((action) =>
        may({ ...caller(role, 'centre'), ...(sites ? { sites } : {}) }, action),
      );
    for (const role of ['operator', 'supervisor'] as const) {
      const lost = whole(role).filter((action) => !whole(role, ['a']).includes(action));
      expect(lost).toEqual(['diagnostics.read', 'metrics.read', 'demonstration.play']);
    }
    expect(whole('consumer', ['a'])).not.toContain('metrics.read');
  });

  it('let only a supervisor take a camera out of the hands of an equal', () => {
    const roles = ROLES.filter((role) => may(caller(role, 'centre'), 'control.force'));
    expect(roles).toEqual(['supervisor']);
  });

  it('let only those on duty disclose, steer and decide', () => {
    for (const action of DUTY_ALONE) {
      const roles = ROLES.filter((role) => may(caller(role, 'centre'), action));
      expect(roles).toEqual(['operator', 'supervisor']);
    }
  });

  it('ask everybody who they are before anything but logging in and the empty console', () => {
    const open = (side: Side) => actions.filter((action) => isPublic(action, side));
    expect(open('police')).toEqual(['console.load', 'session.open']);
    expect(open('centre')).toEqual(['console.load', 'session.open', 'health.read']);
  });
});
