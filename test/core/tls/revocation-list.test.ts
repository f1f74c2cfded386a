import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseRevocationLists } from '../../../src/core/tls/revocation-list.ts';
import { PrivateCa } from '../../support/private-ca.ts';

let ca: PrivateCa;
let other: PrivateCa;
let revoked: X509Certificate;
let kept: X509Certificate;
let pem: string;
const from = new Date('2026-01-02T03:04:05Z');
const until = new Date('2051-06-07T08:09:10Z');

beforeAll(() => {
  ca = new PrivateCa('Police network');
  other = new PrivateCa('Police network');
  const stolen = ca.issue('stolen');
  revoked = new X509Certificate(stolen.cert);
  kept = new X509Certificate(ca.issue('kept').cert);
  ca.revoke(stolen);
  pem = ca.list(from, until);
});
afterAll(() => {
  for (const each of [ca, other]) each.remove();
});

const only = (bytes: Buffer) => {
  const [list, ...more] = parseRevocationLists(bytes);
  if (!list || more.length > 0) throw new Error(`${more.length + 1} lists`);
  return list;
};
const derOf = (text: string) => Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');

describe('a revocation list', () => {
  it.each(['PEM', 'DER'])('in %s says what is on it, and until when it holds', (form) => {
    const list = only(form === 'PEM' ? Buffer.from(pem) : derOf(pem));
    expect([list.has(revoked), list.has(kept)]).toEqual([true, false]);
    expect(list.thisUpdateUnixMs).toBe(from.getTime());
    // Past 2049 times have another form (RFC 5280 §5.1.2.5).
    expect(list.nextUpdateUnixMs).toBe(until.getTime());
    expect(derOf(list.pem)).toEqual(derOf(pem));
  });

  it('is of whoever signed it, not of whoever has that name', () => {
    const list = only(Buffer.from(pem));
    expect(list.isSignedBy(new X509Certificate(ca.cert))).toBe(true);
    expect(list.isSignedBy(new X509Certificate(other.cert))).toBe(false);
    const changed = derOf(pem);
    changed[changed.indexOf('260102030405Z')] = 0x31;
    expect(only(changed).isSignedBy(new X509Certificate(ca.cert))).toBe(false);
  });

  it('may have nothing on it, and others beside it in its file', () => {
    const lists = parseRevocationLists(Buffer.from(`a comment\n${other.list()}\n${pem}`));
    expect(lists.map((list) => list.has(revoked))).toEqual([false, true]);
    expect(parseRevocationLists(Buffer.from(''))).toEqual([]);
  });

  it.each([
    ['RSA', ['-newkey', 'rsa:2048'], []],
    ['RSA-PSS', ['-newkey', 'rsa:2048'], ['-sigopt', 'rsa_padding_mode:pss']],
    ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], []],
    ['Ed25519', ['-newkey', 'ed25519'], []],
  ])('may be signed with %s', (name, key, how) => {
    const cwd = ca.folder;
    const run = (...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' });
    const [crt, keyFile, list] = [`${name}.crt`, `${name}.key`, `${name}.crl`];
    const to = ['-nodes', '-keyout', keyFile, '-out', crt, '-subj', '/CN=Other', '-days', '9'];
    run('req', '-x509', ...key, ...to, '-config', 'openssl.cnf', '-extensions', 'root');
    const by = ['-config', 'openssl.cnf', '-cert', crt, '-keyfile', keyFile, ...how];
    const md = name === 'Ed25519' ? 'default' : 'sha384';
    run('ca', ...by, '-md', md, '-gencrl', '-crldays', '9', '-out', list);
    const read = (file: string) => execFileSync('cat', [file], { cwd });
    const parsed = only(read(list));
    expect(parsed.isSignedBy(new X509Certificate(read(crt)))).toBe(true);
    expect(parsed.isSignedBy(new X509Certificate(ca.cert))).toBe(false);
  });

  it('that is cut off anywhere is none, and says so', () => {
    const der = derOf(pem);
    for (let length = 1; length < der.length; length += 1) {
      expect(() => parseRevocationLists(der.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'malformed-der' }),
      );
    }
  });

  it('of which any byte is another is not signed, or refused as malformed', () => {
    const authority = new X509Certificate(ca.cert);
    const der = derOf(pem);
    // After what is signed comes its algorithm: ecdsa-with-SHA256.
    const end = der.lastIndexOf(Buffer.from('300a06082a8648ce3d040302', 'hex'));
    expect(end).toBeGreaterThan(100);
    for (let at = 0; at < end; at += 1) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      let outcome: string;
      try {
        outcome = String(parseRevocationLists(changed)[0]?.isSignedBy(authority) ?? 'none');
      } catch (error) {
        outcome = (error as { code: string }).code;
      }
      expect(['false', 'none', 'malformed-der']).toContain(outcome);
    }
  });
});
