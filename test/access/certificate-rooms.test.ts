import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CertificateRooms } from '../../src/access/certificate-rooms.ts';
import { PrivateCa } from '../support/private-ca.ts';

let ca: PrivateCa;
beforeAll(() => {
  ca = new PrivateCa('Root');
});
afterAll(() => ca.remove());

const rooms = new CertificateRooms([
  { id: 'rotterdam', certificates: [{ name: 'desk.rotterdam.example' }] },
  { id: 'den-haag', certificates: [{ name: 'Desk.den-haag.example' }] },
]);
const shown = (name: string, san: string) => new X509Certificate(ca.issue(name, { san }).cert);

describe('the control room that a certificate stands for', () => {
  it.each([
    ['its name', 'DNS:desk.rotterdam.example', ['rotterdam']],
    ['its name among others', 'DNS:a.example,DNS:desk.rotterdam.example', ['rotterdam']],
    ['its name in capitals', 'DNS:DESK.ROTTERDAM.EXAMPLE', ['rotterdam']],
    ['the name of a room written with capitals', 'DNS:desk.den-haag.example', ['den-haag']],
    ['another name', 'DNS:desk.utrecht.example', []],
    ['a name below it', 'DNS:a.desk.rotterdam.example', []],
    ['a name that ends alike', 'DNS:otherdesk.rotterdam.example', []],
    ['a wildcard that covers it', 'DNS:*.rotterdam.example', []],
    ['its name as an address of mail', 'email:desk.rotterdam.example', []],
    ['its name as a URI', 'URI:https://desk.rotterdam.example', []],
    [
      'a name in which another is hidden',
      '@names\n[names]\nDNS.1 = a.example, DNS:desk.rotterdam.example',
      [],
    ],
    [
      'names of two rooms',
      'DNS:desk.rotterdam.example,DNS:desk.den-haag.example',
      ['rotterdam', 'den-haag'],
    ],
  ])('follows from %s', (_what, san, expected) => {
    expect(rooms.of(shown('desk', san))).toEqual(expected);
  });

  it('does not follow from the subject, which anything may be written in', () => {
    expect(rooms.of(shown('desk.rotterdam.example', 'DNS:other.example'))).toEqual([]);
    expect(rooms.of(shown('desk.rotterdam.example', 'IP:192.0.2.1'))).toEqual([]);
  });

  it('follows from the fingerprint of one certificate, however it is written', () => {
    const one = shown('desk', 'DNS:other.example');
    const colons = one.fingerprint256;
    for (const fingerprint of [colons, colons.replaceAll(':', '').toLowerCase()]) {
      const pinned = new CertificateRooms([{ id: 'rotterdam', certificates: [{ fingerprint }] }]);
      expect(pinned.of(one)).toEqual(['rotterdam']);
      expect(pinned.of(shown('desk', 'DNS:other.example'))).toEqual([]);
    }
  });

  it('is another after another configuration', () => {
    const changing = new CertificateRooms([]);
    expect(changing.isUsed).toBe(false);
    const desk = shown('desk', 'DNS:desk.example');
    for (const id of ['rotterdam', 'den-haag']) {
      changing.update([{ id, certificates: [{ name: 'desk.example' }] }]);
      expect([changing.isUsed, changing.of(desk)]).toEqual([true, [id]]);
    }
    changing.update([{ id: 'rotterdam', certificates: [] }]);
    expect([changing.isUsed, changing.of(desk)]).toEqual([false, []]);
  });
});
