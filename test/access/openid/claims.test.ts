import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Claims, personOf } from '../../../src/access/openid/claims.ts';
import { directoryPerson } from '../../../src/access/openid/person.ts';
import type { RoleRule } from '../../../src/access/openid/terms.ts';
import { accountName } from '../../../src/access/role.ts';

const ROLES: readonly RoleRule[] = [
  { value: 'chiefs', role: 'supervisor' },
  { value: 'shop', role: 'operator', sites: ['jeweller'] },
  { value: 'square', role: 'operator', sites: ['square', 'jeweller'] },
  { value: 'everywhere', role: 'operator' },
  { value: 'board', role: 'auditor' },
];
const mapping = { roleClaim: ['groups'], roles: ROLES, requireAmr: [] as readonly string[] };
const person = (claims: object, more: Partial<typeof mapping> = {}) =>
  personOf({ sub: 'anna', ...claims } as Claims, { ...mapping, ...more }, 'terms');
const refused = (code: string) => expect.objectContaining({ code });

describe('the role of somebody', () => {
  it.each<[unknown, object]>([
    ['chiefs', { role: 'supervisor' }],
    [['board', 'chiefs'], { role: 'supervisor' }],
    [['shop'], { role: 'operator', sites: ['jeweller'] }],
    [['square', 'shop'], { role: 'operator', sites: ['jeweller', 'square'] }],
    [['shop', 'everywhere'], { role: 'operator' }],
    [['shop', 'board', 'other', 7, null, ['chiefs']], { role: 'operator', sites: ['jeweller'] }],
  ])('of %j is %j', (groups, expected) => {
    const { role, sites } = person({ groups });
    expect({ role, ...(sites ? { sites } : {}) }).toEqual(expected);
  });

  it.each<[string, object]>([
    ['none of them', { groups: ['others'] }],
    ['an empty list', { groups: [] }],
    ['no claim', {}],
    ['a number', { groups: 5 }],
    ['an object that has it as a name', { groups: { chiefs: true } }],
    ['part of a value', { groups: ['chief', 'chiefs ', 'CHIEFS'] }],
    ['several in one text', { groups: 'chiefs shop' }],
    ['a list in a list', { groups: [['chiefs']] }],
  ])('is nothing for %s', (_, claims) => {
    expect(() => person(claims)).toThrow(refused('openid-no-role'));
  });

  it('lies as deep as the configuration says, and in what the claims themselves have alone', () => {
    const deep = { roleClaim: ['realm_access', 'roles'] };
    expect(person({ realm_access: { roles: ['board'] } }, deep).role).toBe('auditor');
    const hostile = JSON.parse('{"__proto__": {"groups": ["chiefs"], "roles": ["chiefs"]}}');
    expect(() => person(hostile)).toThrow(refused('openid-no-role'));
    expect(() => person({ realm_access: hostile }, deep)).toThrow(refused('openid-no-role'));
    for (const name of ['__proto__', 'constructor', 'toString', 'length']) {
      expect(() => person({}, { roleClaim: [name] })).toThrow(refused('openid-no-role'));
      expect(() => person({ groups: [] }, { roleClaim: ['groups', name] })).toThrow(
        refused('openid-no-role'),
      );
    }
    const roles: readonly RoleRule[] = [{ value: 'Object', role: 'admin' }];
    expect(() => person({}, { roleClaim: ['constructor', 'name'], roles })).toThrow(
      refused('openid-no-role'),
    );
    expect(({} as { groups?: unknown }).groups).toBeUndefined();
  });

  it('is not what every object was given', () => {
    const all = Object.prototype as { groups?: unknown; sub?: unknown };
    try {
      Object.assign(all, { groups: ['board'], sub: 'everybody' });
      expect(() => person({})).toThrow(refused('openid-no-role'));
      expect(() => personOf({}, mapping, 'terms')).toThrow(refused('openid-failed'));
    } finally {
      delete all.groups;
      delete all.sub;
    }
  });

  it('is found among a hundred thousand groups', () => {
    const groups = Array.from({ length: 100_000 }, (_, index) => `group-${index}`);
    expect(person({ groups: [...groups, 'board'] }).role).toBe('auditor');
  });
});

describe('the name of somebody', () => {
  it('is the subject, which no local user or token can be called', () => {
    const { username } = person({ sub: 'olga', groups: 'board' });
    expect(username).toBe('openid:olga');
    expect(accountName.safeParse(username).success).toBe(false);
    expect(person({ sub: 'openid:olga', groups: 'board' }).username).toBe('openid:openid:olga');
  });

  it.each([
    undefined,
    null,
    7,
    '',
    'a b',
    'a\n',
    '\u001b[31m',
    'ólga',
    '\u202eagla',
    'x'.repeat(256),
    ['olga'],
    { olga: 1 },
  ])('is not %j', (sub) => {
    expect(() => person({ sub, groups: 'board' })).toThrow(refused('openid-failed'));
  });

  it.each<[object, string | undefined]>([
    [{ name: 'Olga de Vries' }, 'Olga de Vries'],
    [{ preferred_username: 'olga@centre.example' }, 'olga@centre.example'],
    [{ name: '\u0000\u200b \n', preferred_username: 'olga' }, 'olga'],
    [{ name: ['Olga'], preferred_username: 7 }, undefined],
    [{ name: ' a\r\nb\u001b[2Jc\u202ed\u2028e\u0007 ' }, 'a b [2Jc d e'],
    [{ name: 'x'.repeat(100_000) }, 'x'.repeat(64)],
    [{ name: `${'x'.repeat(63)}😀` }, 'x'.repeat(63)],
    [{ name: '😀'.repeat(40) }, '😀'.repeat(32)],
  ])('is shown of %j as %j', (claims, shown) => {
    expect(person({ groups: 'board', ...claims }).name).toBe(shown);
  });

  it('can be kept and read again, whatever the directory says', () => {
    fc.assert(
      fc.property(fc.record({ name: fc.anything(), sid: fc.anything() }), (claims) => {
        const made = person({ groups: 'shop', ...claims });
        const read: unknown = JSON.parse(JSON.stringify(made));
        expect(directoryPerson.parse(read)).toEqual(made);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const { name: shown = '' } = person({ groups: 'shop', name });
        expect(shown).not.toMatch(/\p{C}/u);
        expect(shown.length).toBeLessThanOrEqual(64);
      }),
    );
  });
});

describe('how somebody logged in at the directory', () => {
  const strict = { requireAmr: ['pwd', 'mfa'] };
  it('is its own affair unless told', () => {
    expect(person({ groups: 'board' }).role).toBe('auditor');
  });
  it.each<[unknown, boolean]>([
    [['pwd', 'mfa'], true],
    [['mfa', 'otp', 'pwd'], true],
    [['pwd'], false],
    ['mfa', false],
    [undefined, false],
    [[['pwd', 'mfa']], false],
    [{ pwd: 1, mfa: 1 }, false],
  ])('with %j is enough: %j', (amr, enough) => {
    const login = () => person({ groups: 'board', amr }, strict);
    if (enough) expect(login().role).toBe('auditor');
    else expect(login).toThrow(refused('openid-second-factor'));
  });
});
