import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { warnOfSharedNames } from '../../src/access/shared-names.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import { UserStore } from '../../src/access/users.ts';
import { silentLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('the tokens', () => {
  let folder: string;
  let clock: ManualClock;
  let tokens: TokenStore;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-tokens-'));
    clock = new ManualClock();
    tokens = new TokenStore(folder, clock);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are 256 random bits, shown once and kept as a hash only', () => {
    const { token, secret } = tokens.issue({ name: 'wall', role: 'consumer' });
    expect(secret.reveal()).toMatch(/^lv_[A-Za-z0-9_-]{43}$/);
    expect(String(secret)).toBe('[secret]');
    const text = readFileSync(join(folder, 'tokens.json'), 'utf8');
    expect(text).not.toContain(secret.reveal());
    expect(tokens.list()).toEqual([token]);
    expect(tokens.authenticate(secret.reveal())).toEqual(token);
  });

  it('let nobody in who shows another', () => {
    const secret = tokens.issue({ name: 'wall', role: 'consumer' }).secret.reveal();
    for (const wrong of ['', 'lv_', `${secret}x`, secret.slice(0, -1), secret.slice(3)]) {
      expect(tokens.authenticate(wrong)).toBeUndefined();
    }
  });

  it('end when their time has run out', () => {
    const { token, secret } = tokens.issue({ name: 'a', role: 'consumer', expiresInMs: 1_000 });
    clock.advance(999);
    expect(tokens.authenticate(secret.reveal())).toEqual(token);
    expect(tokens.isValid(token.id)).toBe(true);
    clock.advance(1);
    expect(tokens.authenticate(secret.reveal())).toBeUndefined();
    expect(tokens.isValid(token.id)).toBe(false);
  });

  it('are revoked by name or id, also by another process', () => {
    const one = tokens.issue({ name: 'one', role: 'consumer' });
    const two = tokens.issue({ name: 'two', role: 'dispatcher', controlRoom: 'rotterdam' });
    const commandLine = new TokenStore(folder, clock);
    commandLine.revoke('one');
    commandLine.revoke(two.token.id);
    expect(tokens.authenticate(one.secret.reveal())).toBeUndefined();
    expect(tokens.authenticate(two.secret.reveal())).toBeUndefined();
    expect(() => commandLine.revoke('one')).toThrow(
      expect.objectContaining({ code: 'unknown-token' }),
    );
  });

  it.each([
    ['token-exists', { name: 'wall', role: 'consumer' as const }],
    ['role-needs-control-room', { name: 'b', role: 'dispatcher' as const }],
    ['bad-expiry', { name: 'b', role: 'consumer' as const, expiresInMs: 0 }],
    ['bad-expiry', { name: 'b', role: 'consumer' as const, expiresInMs: Number.NaN }],
    ['bad-expiry', { name: 'b', role: 'consumer' as const, expiresInMs: 1e18 }],
    ['bad-name', { name: '', role: 'consumer' as const }],
  ])('refuse with %s: %j', (code, token) => {
    tokens.issue({ name: 'wall', role: 'consumer' });
    expect(() => tokens.issue(token)).toThrow(expect.objectContaining({ code }));
  });

  it('and users have no name in common, in whatever case; those that have one still work, which is said', async () => {
    const password = new Secret('correct horse battery');
    const users = new UserStore(folder, clock, { cost: { n: 2 ** 10, r: 8, p: 1 } });
    await users.add({ username: 'Olga', password, role: 'operator' });
    const refused = expect.objectContaining({ code: 'name-of-user' });
    expect(() => tokens.issue({ name: 'olga', role: 'consumer' })).toThrow(refused);
    const { secret } = tokens.issue({ name: 'Wall', role: 'consumer' });
    const added = users.add({ username: 'wall', password, role: 'operator' });
    await expect(added).rejects.toMatchObject({ code: 'name-of-token' });

    const warned: unknown[] = [];
    const log = { ...silentLogger, warn: (_: string, fields: unknown) => warned.push(fields) };
    warnOfSharedNames(folder, log);
    expect(warned).toEqual([]);
    const path = join(folder, 'users.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"Olga"', '"WALL"'));
    warnOfSharedNames(folder, log);
    expect(warned).toEqual([{ name: 'WALL' }]);
    expect(tokens.authenticate(secret.reveal())?.name).toBe('Wall');
    expect((await users.authenticate('wall', password))?.username).toBe('WALL');
    writeFileSync(path, '{');
    warnOfSharedNames(folder, log);
    expect(warned).toHaveLength(1);
  });
});
