import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Authority } from '../../src/pki/authority.ts';
import { AuthorityFolder } from '../../src/pki/folder.ts';
import { parseHost } from '../../src/pki/names.ts';
import { ManualClock } from '../support/manual-clock.ts';

const DAY_MS = 24 * 3_600_000;

describe('an authority', () => {
  let dir: string;
  let clock: ManualClock;
  let authority: Authority;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'liveview-authority-'));
    clock = new ManualClock();
    authority = new Authority(new AuthorityFolder(dir), clock);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const client = (days: number) =>
    authority.issue({ kind: 'client', name: 'A', hosts: [], days, isRenewal: false });
  const read = (file: string) => new X509Certificate(readFileSync(join(dir, file)));

  it('holds for ten years, and what it issues for no longer than itself', async () => {
    const { notAfter } = await authority.make('Trial');
    const made = clock.unixUs() / 1000;
    expect(Date.parse(notAfter) - made).toBeLessThanOrEqual(3650 * DAY_MS);
    expect(Date.parse(notAfter) - made).toBeGreaterThan(3649 * DAY_MS);
    clock.advance(3600 * DAY_MS);
    await expect(client(51)).rejects.toMatchObject({ code: 'bad-term' });
    expect((await client(49)).name).toBe('A');
  });

  it('gives five minutes to clocks that are behind, and whole seconds', async () => {
    await authority.make('Trial');
    const issued = await client(1);
    const { validFrom, validTo } = read('client-a.crt');
    expect(Date.parse(validFrom)).toBe(Date.parse(issued.notBefore));
    expect(Date.parse(validTo)).toBe(Date.parse(issued.notAfter));
    const nowS = Math.floor(clock.unixUs() / 1_000_000);
    expect(Date.parse(issued.notBefore) / 1000).toBe(nowS - 300);
    expect(Date.parse(issued.notAfter) / 1000).toBe(nowS + 24 * 3600);
  });

  it('knows what is over', async () => {
    await authority.make('Trial');
    const issued = await client(1);
    expect(authority.stateOf(issued)).toBe('valid');
    clock.advance(DAY_MS);
    expect(authority.stateOf(issued)).toBe('expired');
    expect(authority.stateOf(await authority.revoke(issued.serial))).toBe('revoked');
  });

  it('numbers certificates by 16 octets of chance, none twice', async () => {
    await authority.make('Trial');
    const serials = new Set<string>();
    for (let count = 0; count < 16; count += 1) {
      const { serial } = await authority.issue({
        kind: 'server',
        hosts: [parseHost(`h${count}.example`)],
        days: 1,
        isRenewal: false,
      });
      expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
      serials.add(serial);
    }
    expect(serials.size).toBe(16);
  });

  it('issues for hosts that are longer than a name in a certificate', async () => {
    await authority.make('Trial');
    const hosts = ['a', 'b'].map((end) => parseHost(`${'x'.repeat(40)}.${'y'.repeat(60)}.${end}`));
    for (const host of hosts) {
      const wish = { kind: 'server', hosts: [host], days: 1, isRenewal: false } as const;
      if (host === hosts[0]) expect((await authority.issue(wish)).name).toBe(host.value);
      // Their files would be the same: neither takes the place of the other.
      else await expect(authority.issue(wish)).rejects.toMatchObject({ code: 'cert-exists' });
    }
    const [first] = readdirSync(dir).filter((file) => /^server.*crt$/.test(file));
    const { subject, subjectAltName } = read(first ?? '');
    expect([subject, subjectAltName]).toEqual(['CN=Live View gateway', `DNS:${hosts[0]?.value}`]);
  });

  it('does not break the lock of another command, and says which file it is', async () => {
    await authority.make('Trial');
    const lock = join(dir, 'lock');
    writeFileSync(lock, '1');
    const impatient = new Authority(new AuthorityFolder(dir, 0), clock);
    await expect(impatient.renewList()).rejects.toMatchObject({
      code: 'cert-busy',
      message: expect.stringContaining(lock),
    });
    expect(readFileSync(lock, 'utf8')).toBe('1');
    rmSync(lock);
    expect((await impatient.renewList()).number).toBe(2);
  });

  it('of which another command was killed before it had its key was never one', async () => {
    writeFileSync(join(dir, 'ca.crt'), 'x');
    await expect(authority.make('Trial')).rejects.toMatchObject({ code: 'cert-exists' });
    expect(readdirSync(dir)).toEqual(['ca.crt']);
  });
});
