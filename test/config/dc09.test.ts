import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfig } from '../../src/config/load.ts';

const CENTRE = `
sites: [{ id: shop, name: Shop }, { id: square, name: Square }]
cameras:
  - { id: shop-1, site: shop, onvif: { host: 192.0.2.1 } }
alarms:
  dc09:
`;

/** What is wrong with the section, below `alarms.dc09`. */
function problems(section: string): string[] {
  try {
    parseConfig(CENTRE + section.replace(/^/gm, '    '), 'c.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(
      ({ path, message }) => `${path.replace('alarms.dc09', '')}: ${message}`,
    );
  }
}

const account = (written: string) => `listen: 127.0.0.1:10500\naccounts: { "1409": ${written} }`;

describe('the section alarms.dc09', () => {
  it('is short where that is enough', () => {
    const { alarms } = parseConfig(`${CENTRE}    ${account('shop').replace('\n', '\n    ')}`, 'c');
    expect(alarms.dc09).toEqual({ listen: '127.0.0.1:10500', accounts: { '1409': 'shop' } });
  });

  it.each([
    '{ site: shop }',
    '{ site: shop, key: { env: KEY }, unencrypted: true, timestamps: none, supervisionSeconds: 60 }',
    '{ site: shop, cameras: [shop-1], zones: { "012": { name: Door, cameras: [shop-1] }, "3": {} } }',
  ])('takes %s', (written) => {
    expect(problems(account(written))).toEqual([]);
  });

  it.each([
    ['nowhere', '.accounts.1409: there is no site nowhere'],
    ['{ site: nowhere }', '.accounts.1409: there is no site nowhere'],
    ['{ site: shop, cameras: [shop-9] }', '.accounts.1409.cameras[0]: there is no camera shop-9'],
    [
      '{ site: shop, zones: { "1": { cameras: [shop-9] } } }',
      '.accounts.1409.zones.1.cameras[0]: there is no camera shop-9',
    ],
    ['{ site: shop, zones: { door: {} } }', /^\.accounts\.1409\.zones\.door: /],
    ['{ site: shop, keys: 1 }', /^\.accounts\.1409\.keys: is not a setting here/],
    ['{ site: shop, key: 00ff }', /^\.accounts\.1409\.key: write \{ file:/],
    [
      '{ site: shop, supervisionSeconds: 1 }',
      '.accounts.1409.supervisionSeconds: must be at least 10',
    ],
    ['{}', '.accounts.1409.site: is missing'],
    ['7', /^\.accounts\.1409: write the id of a site, or \{ site:/],
  ])('says what is wrong with %s', (written, expected) => {
    expect(problems(account(written))).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });

  it('knows a panel by the digits that are written, in quotes or not', () => {
    const accounts = 'accounts: { 001234: shop, 12E4: square, "0042": shop }';
    const text = `${CENTRE}    listen: 127.0.0.1:10500\n    ${accounts}`;
    const { alarms } = parseConfig(text, 'c');
    expect(Object.keys(alarms.dc09?.accounts ?? {})).toEqual(['001234', '12E4', '0042']);
  });

  it('knows that digits have no case', () => {
    const twice = 'listen: 127.0.0.1:10500\naccounts: { "14af": shop, "14AF": square }';
    expect(problems(twice)).toEqual(['.accounts.14AF: 14AF is there twice']);
  });

  it('has an address, or one for TLS', () => {
    const accounts = 'accounts: { "1409": shop }';
    expect(problems(accounts)).toEqual([expect.stringContaining('say where panels report')]);
    const tls = 'tls: { listen: 127.0.0.1:10501, cert: a, key: b }';
    expect(problems(`${tls}\n${accounts}`)).toEqual([]);
  });

  it('has no TLS over UDP, nor certificates of panels without who signs them', () => {
    const tls = 'listen: 127.0.0.1:10500\ntls: { cert: a, key: b, clientCert: required }';
    expect(problems(`${tls}\ntransport: both\naccounts: {}`)).toEqual([
      expect.stringMatching(/^\.tls\.clientCert: client certificates need clientCa/),
      expect.stringMatching(/^\.transport: there is no TLS over UDP/),
    ]);
  });

  const AUTHORITY = 'cert: a, key: b, clientCa: c, clientCert: required';
  it.each([
    ['on loopback', 'listen: 127.0.0.1:10500', 'shop', true],
    ['where others reach it', 'listen: 0.0.0.0:10500', 'shop', false],
    ['with insecure', 'listen: 0.0.0.0:10500\ninsecure: true', 'shop', true],
    ['with a key', 'listen: 0.0.0.0:10500', '{ site: shop, key: { env: K } }', true],
    [
      'with a key that is not needed',
      'listen: 0.0.0.0:10500',
      '{ site: shop, key: { env: K }, unencrypted: true }',
      false,
    ],
    ['in TLS', 'listen: 0.0.0.0:10500\ntls: { cert: a, key: b }', 'shop', false],
    ['in TLS with a certificate', `listen: 0.0.0.0:10500\ntls: { ${AUTHORITY} }`, 'shop', true],
    [
      'in TLS with a certificate, and in the clear',
      `listen: 0.0.0.0:10500\ntls: { listen: "0.0.0.0:10501", ${AUTHORITY} }`,
      'shop',
      false,
    ],
    [
      'in TLS with a certificate, and in the clear on loopback',
      `listen: 127.0.0.1:10500\ntls: { listen: "0.0.0.0:10501", ${AUTHORITY} }`,
      'shop',
      true,
    ],
  ])('takes a panel %s only when nobody can pass for it: %s', (_, section, panel, isTaken) => {
    const found = problems(`${section}\naccounts: { "1409": ${panel} }`);
    if (isTaken) expect(found).toEqual([]);
    else expect(found).toEqual([expect.stringMatching(/^\.accounts\.1409: add key: /)]);
  });
});
