import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTlsMaterial } from '../../../src/core/tls/material.ts';
import { sayTerm, stageOf, termsOf } from '../../../src/core/tls/terms.ts';
import type { TlsFileNames } from '../../../src/core/tls/tls-bytes.ts';
import { type IssuedCertificate, PrivateCa } from '../../support/private-ca.ts';
import { Folder } from './support.ts';

let ca: PrivateCa;
let below: PrivateCa;
let server: IssuedCertificate;
let folder: Folder;
let files: TlsFileNames;
beforeAll(() => {
  ca = new PrivateCa('Root');
  below = new PrivateCa('Below', ca);
  server = below.issue('gateway');
  folder = new Folder();
  files = { cert: server.certFile, key: server.keyFile, clientCert: 'off' };
});
afterAll(() => {
  for (const each of [ca, below]) each.remove();
});

const asked = (more: Partial<TlsFileNames> = {}): TlsFileNames => {
  return { ...files, clientCert: 'required', clientCa: ca.certFile, ...more };
};

describe('the certificates of a listener', () => {
  it('are those in its files', () => {
    const list = folder.write('list.pem', ca.list());
    const { chain, authorities, lists, options } = readTlsMaterial(asked({ clientCrl: [list] }));
    expect(chain.map(({ subject }) => subject)).toEqual(['CN=gateway', 'CN=Below']);
    expect(authorities.map(({ subject }) => subject)).toEqual(['CN=Root']);
    expect(lists).toHaveLength(1);
    expect(options).toMatchObject({ requestCert: true, rejectUnauthorized: true });
  });

  type Wrong = [what: string, code: string, setting: string, of: () => TlsFileNames];
  it.each<Wrong>([
    [
      'a file that is not there',
      'certificate-unreadable',
      'key',
      () => ({ ...files, key: '/nowhere/key.pem' }),
    ],
    ['a folder', 'certificate-unreadable', 'cert', () => ({ ...files, cert: folder.path })],
    [
      'an empty file',
      'certificate-damaged',
      'cert',
      () => ({ ...files, cert: folder.write('empty', '') }),
    ],
    [
      'half a certificate',
      'certificate-damaged',
      'cert',
      () => ({ ...files, cert: folder.write('half', server.cert.slice(0, 200)) }),
    ],
    [
      'a certificate with other bytes in the middle',
      'certificate-damaged',
      'cert',
      () => ({
        ...files,
        cert: folder.write('other', server.cert.replace(/\n.{8}/, '\nAAAAAAAA')),
      }),
    ],
    [
      'half a key',
      'certificate-key-damaged',
      'key',
      () => ({ ...files, key: folder.write('half.key', server.key.slice(0, 90)) }),
    ],
    [
      'the key of another',
      'certificate-key-mismatch',
      'key',
      () => ({ ...files, key: ca.issue('another').keyFile }),
    ],
    [
      'an authority that is not a root',
      'client-ca-without-root',
      'clientCa',
      () => asked({ clientCa: folder.write('middle', below.cert) }),
    ],
    [
      'an authority that is empty',
      'certificate-damaged',
      'clientCa',
      () => asked({ clientCa: folder.write('none', '') }),
    ],
    [
      'a list that is half there',
      'revocation-list-damaged',
      'clientCrl',
      () => asked({ clientCrl: [folder.write('half.pem', ca.list().slice(0, 200))] }),
    ],
    [
      'a list of another authority',
      'revocation-list-foreign',
      'clientCrl',
      () => asked({ clientCrl: [folder.write('below.pem', below.list())] }),
    ],
    [
      'an authority without a list, where another has one',
      'revocation-list-missing',
      'clientCrl',
      () =>
        asked({
          clientCa: folder.write('both', ca.cert + below.cert),
          clientCrl: [folder.write('one.pem', ca.list())],
        }),
    ],
  ])('are not taken when there is %s', (_what, code, setting, of) => {
    const names = of();
    expect(() => readTlsMaterial(names)).toThrow(expect.objectContaining({ code, setting }));
  });

  it('that are refused are named, and what is in them is not', () => {
    const key = folder.write('torn.key', `${server.key.slice(0, -60)}\n`);
    expect(() => readTlsMaterial({ ...files, key })).toThrow(`${key} is empty or half written`);
    const secret = server.key.split('\n')[1] ?? 'none';
    try {
      readTlsMaterial({ ...files, key });
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain(secret);
    }
  });

  it('may not be larger than any real file', () => {
    const huge = folder.write('huge', Buffer.alloc(16 * 1024 * 1024 + 1));
    expect(() => readTlsMaterial({ ...files, cert: huge })).toThrow(/too large/);
  });
});

describe('what of a listener ends', () => {
  const DAY_MS = 24 * 3_600_000;
  const stages = (file: TlsFileNames, nowUnixMs: number) =>
    termsOf(readTlsMaterial(file)).map((term) => [term.kind, stageOf(term, nowUnixMs)]);

  it('is told 30 days, 7 days and no day before a certificate does', () => {
    const until = new Date(Math.floor(Date.now() / 1000) * 1000 + 300 * DAY_MS);
    const { certFile: cert, keyFile: key } = ca.issue('short', { until });
    const at = (leftMs: number) =>
      stages({ cert, key, clientCert: 'off' }, until.getTime() - leftMs);
    expect(at(30 * DAY_MS + 1)).toEqual([['certificate', 'fine']]);
    expect(at(30 * DAY_MS)).toEqual([['certificate', 'soon']]);
    expect(at(7 * DAY_MS)).toEqual([['certificate', 'urgent']]);
    expect(at(0)).toEqual([['certificate', 'over']]);
  });

  it('is the first in a file, an authority in a chain too', () => {
    const [term] = termsOf(readTlsMaterial(files));
    const read = readTlsMaterial(files).chain.map(({ validTo }) => Date.parse(validTo));
    expect(term?.endsUnixMs).toBe(Math.min(...read));
  });

  it.each([
    ['a day before a list of weeks does', 28 * DAY_MS, DAY_MS],
    ['when the last quarter of a shorter list begins', 4 * 3_600_000, 3_600_000],
  ])('is told %s', (_when, holdsMs, leftMs) => {
    const from = new Date(Math.floor(Date.now() / 1000) * 1000);
    const until = new Date(from.getTime() + holdsMs);
    const clientCrl = [folder.write('timed.pem', ca.list(from, until))];
    const at = (left: number) => stages(asked({ clientCrl }), until.getTime() - left);
    expect(at(leftMs + 1)).toContainEqual(['revocation-list', 'fine']);
    expect(at(leftMs)).toContainEqual(['revocation-list', 'urgent']);
    expect(at(0)).toContainEqual(['revocation-list', 'over']);
  });

  it('says what follows and what to do', () => {
    const [term] = termsOf(readTlsMaterial(files));
    if (!term) throw new Error('no term');
    expect(sayTerm(term, 'soon')).toMatch(/holds until 20.*; put a new one there before/);
    expect(sayTerm(term, 'over')).toMatch(/has expired, on 20.*whoever checks it does not connect/);
  });
});
