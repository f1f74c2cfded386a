import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decoyHash, hashPassword } from '../../src/access/password.ts';
import { UserStore } from '../../src/access/users.ts';
import { Secret } from '../../src/core/secret.ts';
import { ManualClock } from '../support/manual-clock.ts';

const cost = { n: 2 ** 10, r: 8, p: 1 };
const password = new Secret('correct horse battery');
const ada = { username: 'ada', password, role: 'operator' as const };

describe('the users', () => {
  let folder: string;
  let users: UserStore;
  const clock = new ManualClock();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-users-'));
    users = new UserStore(folder, clock, { cost });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('come in with their own password and no other', async () => {
    await users.add(ada);
    expect(await users.authenticate('ada', password)).toMatchObject({ username: 'ada' });
    expect(await users.authenticate('ADA', password)).toMatchObject({ username: 'ada' });
    expect(await users.authenticate('ada', new Secret('correct horse batterY'))).toBeUndefined();
    expect(await users.authenticate('eve', password)).toBeUndefined();
  });

  it('are kept in a file that only its owner reads, without the password', async () => {
    await users.add(ada);
    const file = join(folder, 'users.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [stored] = JSON.parse(readFileSync(file, 'utf8')).users;
    expect(JSON.stringify(stored)).not.toContain('correct horse');
    expect(stored.password).toMatchObject({ algorithm: 'scrypt', ...cost });
    expect(users.list()).toEqual([
      {
        username: 'ada',
        role: 'operator',
        createdAt: '2026-01-01T00:00:00.000Z',
        changedAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('have a hash of their own even with the same password', async () => {
    await users.add(ada);
    await users.add({ ...ada, username: 'bob' });
    const [first, second] = JSON.parse(readFileSync(join(folder, 'users.json'), 'utf8')).users;
    expect(first.password.salt).not.toBe(second.password.salt);
    expect(first.password.hash).not.toBe(second.password.hash);
  });

  it('are seen at once when another process adds, changes or removes them', async () => {
    expect(await users.authenticate('ada', password)).toBeUndefined();
    const commandLine = new UserStore(folder, clock, { cost });
    await commandLine.add(ada);
    expect(await users.authenticate('ada', password)).toBeDefined();
    const other = new Secret('a different password');
    await commandLine.setPassword('ada', other);
    expect(await users.authenticate('ada', password)).toBeUndefined();
    expect(await users.authenticate('ada', other)).toBeDefined();
    commandLine.remove('ada');
    expect(await users.authenticate('ada', other)).toBeUndefined();
  });

  it.each([
    ['user-exists', { username: 'Ada' }],
    ['password-too-short', { username: 'bob', password: new Secret('ninechars') }],
    ['password-too-long', { username: 'bob', password: new Secret('x'.repeat(257)) }],
    ['bad-name', { username: 'bob smith' }],
    ['bad-name', { username: '\u001b[31mbob' }],
    ['role-needs-control-room', { username: 'bob', role: 'dispatcher' as const }],
    ['role-without-control-room', { username: 'bob', controlRoom: 'rotterdam' }],
    [
      'bad-control-room',
      { username: 'bob', role: 'dispatcher' as const, controlRoom: 'Rotterdam/..' },
    ],
  ])('refuse with %s: %j', async (code, change) => {
    await users.add(ada);
    await expect(users.add({ ...ada, ...change })).rejects.toMatchObject({ code });
    expect(users.list()).toHaveLength(1);
  });

  it('that do not exist cannot be changed', async () => {
    await expect(users.setPassword('eve', password)).rejects.toMatchObject({
      code: 'unknown-user',
    });
    expect(() => users.remove('eve')).toThrow(expect.objectContaining({ code: 'unknown-user' }));
  });

  it('let nobody in while the file is damaged', async () => {
    await users.add(ada);
    writeFileSync(join(folder, 'users.json'), '{"version":1,"users":[{"username":"ada"}]}');
    await expect(users.authenticate('ada', password)).rejects.toMatchObject({
      code: 'state-file-unreadable',
    });
  });

  it('change only when the change could be recorded', async () => {
    const kinds: string[] = [];
    const recorded = new UserStore(folder, clock, {
      cost,
      accessLog: (kind, data) => {
        kinds.push(`${kind} ${JSON.stringify(data)}`);
        if (kind === 'user.removed') throw new Error('disk full');
      },
    });
    await recorded.add({ ...ada, role: 'dispatcher', controlRoom: 'rotterdam' });
    await recorded.setPassword('ada', password);
    expect(() => recorded.remove('ada')).toThrow('disk full');
    expect(users.list()).toHaveLength(1);
    expect(kinds).toEqual([
      'user.added {"user":"ada","role":"dispatcher","controlRoom":"rotterdam"}',
      'user.password-changed {"user":"ada"}',
      'user.removed {"user":"ada"}',
    ]);
  });

  it('take as long to refuse an unknown name as a wrong password, hashed at another cost or not', async () => {
    await new UserStore(folder, clock, { cost: { n: 2 ** 14, r: 8, p: 1 } }).add(ada);
    const wrong = new Secret('another password');
    // Of the processor, which others cannot use up for us.
    const timeOf = async (name: string) => {
      const start = process.cpuUsage();
      for (let i = 0; i < 5; i += 1) await users.authenticate(name, wrong);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    await timeOf('ada');
    const ratio = (await timeOf('eve')) / (await timeOf('ada'));
    expect(ratio).toBeGreaterThan(0.3);
    expect(ratio).toBeLessThan(3);
  });

  it('of several costs have unknown names that take each of these, and a name the same each time', async () => {
    const hashes = await Promise.all(
      [10, 11].map((power) => hashPassword(password, { ...cost, n: 2 ** power })),
    );
    const names = Array.from({ length: 40 }, (_, i) => `nobody-${i}`);
    const costs = () => names.map((name) => decoyHash(name, hashes).n);
    expect(new Set(costs())).toEqual(new Set([2 ** 10, 2 ** 11]));
    expect(costs()).toEqual(costs());
    expect(names.map((name) => decoyHash(name.toUpperCase(), hashes).n)).toEqual(costs());
    expect(decoyHash('nobody', [], cost)).toMatchObject(cost);
  });
});
