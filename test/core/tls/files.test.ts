import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TlsFiles } from '../../../src/core/tls/files.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type IssuedCertificate, PrivateCa } from '../../support/private-ca.ts';
import { Complaints, Folder } from './support.ts';

const LOOK_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

let ca: PrivateCa;
let before: IssuedCertificate;
let after: IssuedCertificate;
beforeAll(() => {
  ca = new PrivateCa('Root');
  before = ca.issue('before');
  after = ca.issue('after');
});
afterAll(() => ca.remove());

let folder: Folder;
let clock: ManualClock;
let log: Complaints;
let files: TlsFiles | undefined;
let changes: number;
beforeEach(() => {
  folder = new Folder();
  clock = new ManualClock(Date.now() * 1000);
  log = new Complaints();
  changes = 0;
});
afterEach(() => files?.stop());

/** @param at the folder that holds the pair. */
function watched(at = folder.path, more: { clientCa?: string; clientCrl?: string[] } = {}) {
  const names = { cert: join(at, 'tls.crt'), key: join(at, 'tls.key') };
  const clientCert = more.clientCa === undefined ? ('off' as const) : ('required' as const);
  files = new TlsFiles({
    ...{ listener: 'police', files: { ...names, clientCert, ...more }, clock, log },
  });
  files.onLook((changed) => {
    if (changed) changes += 1;
  });
  files.start();
  return files;
}

function put({ cert, key }: IssuedCertificate, at = folder.path): void {
  writeFileSync(join(at, 'tls.crt'), cert);
  writeFileSync(join(at, 'tls.key'), key);
}

const shown = (of: TlsFiles) => of.material.chain[0]?.subject;

describe('a certificate that is replaced', () => {
  it.each([
    ['in place', () => put(after)],
    [
      'by files that are renamed over it',
      () => {
        for (const [name, text] of [
          ['tls.crt', after.cert],
          ['tls.key', after.key],
        ] as const) {
          renameSync(folder.write(`.${name}`, text), join(folder.path, name));
        }
      },
    ],
  ])('%s is shown at the next look', (_how, replace) => {
    put(before);
    const watching = watched();
    clock.advance(LOOK_MS);
    expect([shown(watching), changes]).toEqual(['CN=before', 0]);
    replace();
    clock.advance(LOOK_MS);
    expect([shown(watching), changes]).toEqual(['CN=after', 1]);
    clock.advance(10 * LOOK_MS);
    expect([changes, log.said]).toEqual([1, []]);
  });

  it.each([
    ['of the folder (as Kubernetes does)', false],
    ['of each file (as certbot does)', true],
  ])('by another symbolic link %s is shown at the next look', (_how, ofEach) => {
    const [live, old, next] = ['live', 'one', 'two'].map((name) => join(folder.path, name));
    if (!live || !old || !next) throw new Error('no folders');
    for (const [at, pair] of [
      [old, before],
      [next, after],
    ] as const) {
      mkdirSync(at);
      put(pair, at);
    }
    const link = (to: string) => {
      const names = ofEach ? ['tls.crt', 'tls.key'] : [''];
      if (ofEach) mkdirSync(live, { recursive: true });
      for (const name of names) {
        symlinkSync(join(to, name), `${join(live, name)}.new`);
        renameSync(`${join(live, name)}.new`, join(live, name));
      }
    };
    if (!ofEach) symlinkSync(old, live);
    else link(old);
    const watching = watched(live);
    if (!ofEach) {
      symlinkSync(next, `${live}.new`);
      renameSync(`${live}.new`, live);
    } else link(next);
    clock.advance(LOOK_MS);
    expect([shown(watching), log.said]).toEqual(['CN=after', []]);
  });

  it('is taken when it is whole, and nothing is said of a moment in which it was not', () => {
    put(before);
    const watching = watched();
    folder.write('tls.crt', after.cert);
    clock.advance(LOOK_MS);
    expect([shown(watching), watching.problems]).toEqual(['CN=before', []]);
    folder.write('tls.key', after.key);
    clock.advance(LOOK_MS);
    expect([shown(watching), log.said]).toEqual(['CN=after', []]);
  });

  it.each([
    ['does not fit its key', () => folder.write('tls.crt', after.cert), 'is not the key of'],
    ['is half written', () => folder.write('tls.crt', after.cert.slice(0, 99)), 'half written'],
    ['is empty', () => folder.write('tls.crt', ''), 'is empty or half written'],
    ['is gone', () => rmSync(join(folder.path, 'tls.key')), 'cannot be read (ENOENT)'],
  ])(
    'and %s is told once, and the old one stays until the new one is whole',
    (_how, spoil, why) => {
      put(before);
      const watching = watched();
      spoil();
      clock.advance(10 * LOOK_MS);
      expect(log.said).toEqual([
        expect.stringMatching(
          /^warn: the certificates of the listener police .* the old ones stay: /,
        ),
      ]);
      expect(log.said[0]).toContain(why);
      expect(watching.problems).toEqual([expect.stringContaining(why)]);
      expect([shown(watching), changes]).toEqual(['CN=before', 0]);
      put(after);
      clock.advance(LOOK_MS);
      expect([shown(watching), changes, watching.problems]).toEqual(['CN=after', 1, []]);
      expect(log.said).toHaveLength(1);
    },
  );

  it('by what it was is in order again', () => {
    put(before);
    const watching = watched();
    folder.write('tls.crt', '');
    clock.advance(2 * LOOK_MS);
    expect(watching.problems).toHaveLength(1);
    put(before);
    clock.advance(LOOK_MS);
    expect([watching.problems, changes]).toEqual([[], 0]);
  });

  it('by one that does not hold now stays, until that does', () => {
    put(before);
    const watching = watched();
    const from = new Date(Date.now() + 3_600_000);
    put(ca.issue('early', { from }));
    clock.advance(2 * LOOK_MS);
    expect(shown(watching)).toBe('CN=before');
    expect(watching.problems).toEqual([expect.stringContaining('not now')]);
    clock.advance(3_600_000);
    expect([shown(watching), watching.problems]).toEqual(['CN=early', []]);
  });

  it('is looked at once more by whoever asks, and by nobody after the end', () => {
    put(before);
    const watching = watched();
    put(after);
    watching.look();
    expect(shown(watching)).toBe('CN=after');
    watching.stop();
    put(before);
    clock.advance(10 * LOOK_MS);
    expect(shown(watching)).toBe('CN=after');
    expect(clock.timers).toBe(0);
  });
});

describe('what ends', () => {
  it('is told once at each step, and is a problem when it has ended', () => {
    put(ca.issue('ending', { until: new Date(Date.now() + 60 * DAY_MS) }));
    const watching = watched();
    expect(watching.ends.get('certificate')).toBeGreaterThan(Date.now() + 59 * DAY_MS);
    const pass = (days: number) => {
      clock.stepWall(days * DAY_MS * 1000);
      clock.advance(3 * LOOK_MS);
      return log.said.splice(0);
    };
    const soon = expect.stringMatching(/^warn: police: the certificate in .* holds until /);
    expect(pass(29)).toEqual([]);
    expect(pass(2)).toEqual([soon]);
    expect(pass(10)).toEqual([]);
    expect(pass(13)).toEqual([soon]);
    expect(watching.problems).toEqual([]);
    expect(pass(7)).toEqual([expect.stringMatching(/^error: police: .* has expired/)]);
    expect(watching.problems).toEqual([expect.stringContaining('has expired')]);
    put(before);
    expect(pass(0)).toEqual([]);
    expect(watching.problems).toEqual([]);
  });

  it('and is a list is an error that says that everybody is refused', () => {
    put(before);
    const list = folder.write('list.pem', ca.list(new Date(), new Date(Date.now() + 40 * DAY_MS)));
    const watching = watched(folder.path, { clientCa: ca.certFile, clientCrl: [list] });
    clock.stepWall(39.5 * DAY_MS * 1000);
    clock.advance(2 * LOOK_MS);
    clock.stepWall(DAY_MS * 1000);
    clock.advance(2 * LOOK_MS);
    expect(log.said).toEqual([
      expect.stringMatching(/^warn: police: the revocation list .* holds until /),
      expect.stringMatching(
        /^error: police: .*every client certificate of its authority is refused/,
      ),
    ]);
    expect([...watching.ends.keys()]).toEqual(['certificate', 'client-ca', 'revocation-list']);
  });
});
