import { describe, expect, it } from '@jest/globals';
import { PERSON_ROLES as KNOWN } from '../../src/access/role.ts';
import { access, PERSON_ROLES } from '../../src/config/access.ts';

describe('the configuration of who gets in', () => {
  it('wants no second factor and ends logins as it always did, unless told otherwise', () => {
    expect(access.parse({})).toEqual({ secondFactor: [], idleMinutes: 30, sessionHours: 12 });
  });

  it('knows the roles of people, and no other', () => {
    expect([...PERSON_ROLES]).toEqual(KNOWN);
    expect(access.safeParse({ secondFactor: ['source'] }).success).toBe(false);
  });

  it.each([{ idleMinutes: 0 }, { idleMinutes: 1_441 }, { sessionHours: 25 }, { sessionHours: 0 }])(
    'refuses %j',
    (value) => {
      expect(access.safeParse(value).success).toBe(false);
    },
  );
});
