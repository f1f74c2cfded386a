import { describe, expect, it } from '@jest/globals';
import { checkSites } from '../../src/access/site-limit.ts';
import { parseConfig } from '../../src/config/load.ts';
import { CALLBACK_PATH } from '../../src/config/openid.ts';

const OPENID = {
  issuer: 'https://login.example/realms/centre',
  clientId: 'liveview',
  clientSecret: { file: '/etc/liveview/openid.secret' },
  redirectUrl: `http://127.0.0.1:8080${CALLBACK_PATH}`,
  name: 'De centrale',
  roles: [{ value: 'operators', role: 'operator' }],
};
const TLS = { cert: 'c', key: 'k' };

function configOf(openid: object, more: object = {}) {
  const config = {
    access: { openid: { ...OPENID, ...openid } },
    sites: [{ id: 'jeweller', name: 'Juwelier' }],
    cameras: [{ id: 'shop-1', site: 'jeweller', rtsp: { main: 'rtsp://192.0.2.10/1' } }],
    ...more,
  };
  return parseConfig(JSON.stringify(config), 'test.yaml');
}

/** What is wrong; empty when nothing is. */
function problem(openid: object, more?: object): string {
  try {
    configOf(openid, more);
    return '';
  } catch (error) {
    return String(error);
  }
}

describe('access.openid', () => {
  it('asks for the profile, looks at groups, keeps local users, and demands nothing unless told', () => {
    expect(configOf({}).access.openid).toEqual({
      ...OPENID,
      ...{ scopes: ['profile'], roleClaim: 'groups', requireAmr: [], localUsers: true },
    });
  });

  it.each([
    'https://login.example',
    'https://login.example:8443/realms/centre',
    'http://127.0.0.1:4000',
    'http://localhost:4000/',
    'http://[::1]:4000',
  ])('takes the issuer %s', (issuer) => {
    expect(problem({ issuer })).toBe('');
  });

  it.each([
    'http://login.example',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
    'ftp://login.example',
    'login.example',
    'https://user:password@login.example',
    'https://login.example/?tenant=1',
    'https://login.example/#a',
    '',
  ])('refuses the issuer %j', (issuer) => {
    expect(problem({ issuer })).toContain('access.openid.issuer');
  });

  it.each<[string, object]>([
    [`http://127.0.0.1:8080${CALLBACK_PATH}`, {}],
    [`http://localhost:9000${CALLBACK_PATH}`, { centre: { listen: '127.0.0.1:9000' } }],
    [
      `https://liveview.example${CALLBACK_PATH}`,
      { centre: { listen: '127.0.0.1:8080', allowedOrigins: ['https://liveview.example'] } },
    ],
    [
      `https://liveview.example:8443${CALLBACK_PATH}`,
      { centre: { listen: '0.0.0.0:8443', tls: TLS } },
    ],
    [`https://liveview.example${CALLBACK_PATH}`, { centre: { listen: '0.0.0.0:443', tls: TLS } }],
  ])(
    'takes the way back to %s, where the centre listens or its proxy does',
    (redirectUrl, more) => {
      expect(problem({ redirectUrl }, more)).toBe('');
    },
  );

  it.each<[string, object]>([
    [`https://evil.example${CALLBACK_PATH}`, {}],
    [`http://127.0.0.1:9000${CALLBACK_PATH}`, {}],
    [`http://evil.example:8080${CALLBACK_PATH}`, {}],
    [`https://127.0.0.1:8080${CALLBACK_PATH}`, {}],
    ['http://127.0.0.1:8080/', {}],
    [`http://127.0.0.1:8080/x${CALLBACK_PATH}`, {}],
    [`http://127.0.0.1:8080${CALLBACK_PATH}?next=1`, {}],
    [`http://127.0.0.1:8080${CALLBACK_PATH}#x`, {}],
    [`http://evil.example@127.0.0.1:8080${CALLBACK_PATH}`, {}],
    [`http://127.0.0.1:8443${CALLBACK_PATH}`, { centre: { listen: '0.0.0.0:8443', tls: TLS } }],
  ])('refuses the way back to %s', (redirectUrl, more) => {
    expect(problem({ redirectUrl }, more)).toContain('access.openid.redirectUrl');
  });

  it.each<[string, object, string]>([
    ['no roles', { roles: [] }, 'say who has which role'],
    ['a role of control rooms', { roles: [{ value: 'a', role: 'dispatcher' }] }, 'roles[0].role'],
    ['a role of programs', { roles: [{ value: 'a', role: 'source' }] }, 'roles[0].role'],
    [
      'a site that is not there',
      { roles: [{ value: 'a', role: 'operator', sites: ['x'] }] },
      'there is no site x',
    ],
    ['an empty list of sites', { roles: [{ value: 'a', role: 'operator', sites: [] }] }, 'sites'],
    ['a secret in the file', { clientSecret: 'hunter2' }, 'a secret does not belong in this file'],
    ['a scope with blanks', { scopes: ['profile groups'] }, 'scopes[0]'],
    ['a claim without a name', { roleClaim: [] }, 'roleClaim'],
    ['a misspelt setting', { roleClaims: 'groups' }, 'roleClaims'],
  ])('refuses %s', (_, openid, told) => {
    expect(problem(openid)).toContain(told);
  });

  it.each(['operator', 'supervisor', 'admin', 'auditor'] as const)(
    'limits %s to sites where the gateway does',
    (role) => {
      let isLimitable = true;
      try {
        checkSites(role, ['jeweller']);
      } catch {
        isLimitable = false;
      }
      const told = problem({ roles: [{ value: 'a', role, sites: ['jeweller'] }] });
      expect(told.includes('cannot be limited to sites')).toBe(!isLimitable);
    },
  );
});
