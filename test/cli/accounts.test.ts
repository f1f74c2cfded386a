import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DirectoryLogouts } from '../../src/access/openid/logouts.ts';
import { TokenUses } from '../../src/access/token-uses.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import { fromBase32, totpCode, totpStep } from '../../src/access/totp.ts';
import { UserStore } from '../../src/access/users.ts';
import { main } from '../../src/cli/main.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { runCli } from '../support/cli.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'correct horse battery';
let dir: string;
let at: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveview-'));
  at = ['--data-dir', dir];
});

function journalled(): string[] {
  const journal = openJournal(join(dir, 'journal.db'));
  const kinds = [...journal.read()].map((entry) => entry.kind);
  journal.close();
  return kinds;
}

describe('liveview user', () => {
  const add = (name: string, ...more: string[]) =>
    runCli(['user', 'add', name, ...more, '--password-stdin', ...at], { stdin: `${PASSWORD}\n` });

  it('adds somebody who can then log in, and journals it', async () => {
    expect((await add('noor', '--role', 'operator')).code).toBe(0);
    const users = new UserStore(dir, systemClock);
    expect(await users.authenticate('noor', new Secret(PASSWORD))).toMatchObject({
      role: 'operator',
    });
    expect(journalled()).toEqual(['user.added']);
  });

  it('lists, changes the password of, and removes', async () => {
    await add('noor', '--role', 'operator');
    await add('sam', '--role', 'dispatcher', '--control-room', 'rotterdam');
    const listed = await runCli(['user', 'list', '--json', ...at]);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { username: 'noor', role: 'operator' },
      { username: 'sam', role: 'dispatcher', controlRoom: 'rotterdam' },
    ]);
    expect((await runCli(['user', 'list', ...at])).stdout).toMatch(
      /^NAME +ROLE .*\nnoor +operator/,
    );
    await runCli(['user', 'password', 'noor', ...at], { stdin: 'another long password\n' });
    const users = new UserStore(dir, systemClock);
    expect(await users.authenticate('noor', new Secret(PASSWORD))).toBeUndefined();
    await runCli(['user', 'remove', 'noor', ...at]);
    expect(users.list().map((user) => user.username)).toEqual(['sam']);
    expect(journalled()).toEqual([
      'user.added',
      'user.added',
      'user.password-changed',
      'user.removed',
    ]);
  });

  it('never stores or prints the password', async () => {
    const { stdout, stderr } = await add('noor', '--role', 'operator');
    const stored = ['users.json', 'journal.db'].map((name) =>
      readFileSync(join(dir, name), 'latin1'),
    );
    expect([stdout, stderr, ...stored].join('')).not.toContain(PASSWORD);
    expect(statSync(join(dir, 'users.json')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['an unknown role', ['user', 'add', 'x', '--role', 'boss'], 2, 'Allowed choices'],
    [
      'a dispatcher without control room',
      ['user', 'add', 'x', '--role', 'dispatcher'],
      2,
      'control',
    ],
    ['somebody who is not there', ['user', 'remove', 'x'], 1, 'no user x'],
    ['an unknown command', ['user', 'promote'], 2, 'unknown command'],
  ])('refuses %s', async (_what, args, code, says) => {
    const where = args[1] === 'promote' ? [] : at;
    const result = await runCli([...args, ...where], { stdin: `${PASSWORD}\n` });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(says);
  });

  it('refuses a role of programs', async () => {
    const result = await add('alarm', '--role', 'source');
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('Allowed choices') });
    const user = { username: 'alarm', password: new Secret(PASSWORD), role: 'source' as const };
    await expect(new UserStore(dir, systemClock).add(user)).rejects.toMatchObject({
      code: 'role-of-programs',
      message: expect.stringContaining('liveview token add'),
    });
  });

  it('looks up the control room in the configuration, or says that it did not', async () => {
    const config = join(dir, 'cameras.yaml');
    writeFileSync(
      config,
      'controlRooms: [{ id: rotterdam, name: R }]\ncameras: [{ id: a, onvif: { host: h } }]\n',
    );
    const dispatcher = (name: string, room: string, ...more: string[]) =>
      add(name, '--role', 'dispatcher', '--control-room', room, ...more);
    expect(await dispatcher('sam', 'nowhere', '--config', config)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no control room nowhere in .*: it names rotterdam/),
    });
    expect(await dispatcher('sam', 'rotterdam', '--config', config)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await dispatcher('kim', 'nowhere')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/control room nowhere was not looked up; --config FILE does/),
    });
    const users = new UserStore(dir, systemClock).list();
    expect(users.map(({ username }) => username)).toEqual(['sam', 'kim']);
  });

  it('limits somebody to sites, and no longer', async () => {
    await add('elsa', '--role', 'operator', '--sites', 'jeweller,square');
    const users = new UserStore(dir, systemClock);
    expect(users.find('elsa')?.sites).toEqual(['jeweller', 'square']);
    expect((await runCli(['user', 'list', ...at])).stdout).toContain('jeweller square');
    await runCli(['user', 'sites', 'elsa', '--sites', 'square', ...at]);
    expect(users.find('elsa')?.sites).toEqual(['square']);
    const neither = await runCli(['user', 'sites', 'elsa', ...at]);
    expect(neither).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') });
    await runCli(['user', 'sites', 'elsa', '--all', ...at]);
    expect(users.find('elsa')).not.toHaveProperty('sites');
    expect(journalled()).toEqual(['user.added', 'user.sites-changed', 'user.sites-changed']);
  });

  it.each(['admin', 'auditor'])('limits no %s to sites', async (role) => {
    const result = await add('x', '--role', role, '--sites', 'jeweller');
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be limited') });
    expect(new UserStore(dir, systemClock).list()).toEqual([]);
  });

  it('looks up the sites in the configuration, or says that it did not', async () => {
    const config = join(dir, 'cameras.yaml');
    writeFileSync(
      config,
      'sites: [{ id: shop, name: S }]\ncameras: [{ id: a, site: shop, onvif: { host: h } }]\n',
    );
    const limited = (name: string, ...more: string[]) => add(name, '--role', 'supervisor', ...more);
    expect(await limited('sam', '--sites', 'shpo', '--config', config)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no site shpo in .*: it has shop/),
    });
    expect(await limited('sam', '--sites', 'shop', '--config', config)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await limited('kim', '--sites', 'shop')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/sites shop was not looked up; --config FILE does/),
    });
    expect(await limited('lex', '--sites', 'shop,,x')).toMatchObject({ code: 2 });
  });

  it('gives a second factor that counts once the app shows a code, and takes it away', async () => {
    await add('noor', '--role', 'operator');
    const output = new PassThrough({ encoding: 'utf8' });
    const stdin = new PassThrough();
    const running = main(['user', 'totp', 'noor', ...at], {
      ...{ stdout: output, stderr: output, stdin, env: {} },
    });
    let shown = '';
    output.on('data', (text: string) => {
      shown += text;
    });
    const address =
      /^otpauth:\/\/totp\/Live%20View:noor\?secret=([A-Z2-7]{32})&issuer=Live%20View$/m;
    await until('the address is shown', () => address.test(shown));
    expect(shown).toMatch(/^█▀▀/m);
    const users = new UserStore(dir, systemClock);
    expect(users.find('noor')?.secondFactor).toBeUndefined();
    const secret = fromBase32(address.exec(shown)?.[1] ?? '');
    stdin.end(`${totpCode(secret, totpStep(Date.now()))}\n`);
    expect(await running).toBe(0);
    await until('the recovery codes are shown', () => /^ {2}[A-Z2-7-]{19}$/m.test(shown));
    expect(users.find('noor')?.secondFactor).toBe(true);
    expect((await runCli(['user', 'list', ...at])).stdout).toMatch(/noor +operator +all +yes /);
    const recoveryCode = /^ {2}([A-Z2-7-]{19})$/m.exec(shown)?.[1] ?? '';
    expect(users.spendCode('noor', recoveryCode)).toBe('recovery-code');
    expect((await runCli(['user', 'totp', 'noor', '--remove', ...at])).code).toBe(0);
    expect(users.find('noor')?.secondFactor).toBeUndefined();
    expect(journalled()).toEqual([
      ...['user.added', 'user.second-factor-set', 'user.second-factor-removed'],
    ]);
  });

  it('gives no second factor for a wrong code, nor to nobody', async () => {
    await add('noor', '--role', 'operator');
    const wrong = await runCli(['user', 'totp', 'noor', ...at], { stdin: 'no code\n' });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('code is wrong') });
    expect(new UserStore(dir, systemClock).find('noor')?.secondFactor).toBeUndefined();
    const nobody = await runCli(['user', 'totp', 'x', ...at], { stdin: '123456\n' });
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('no user x') });
    expect(journalled()).toEqual(['user.added']);
  });

  it('logs somebody out, and journals it', async () => {
    await add('noor', '--role', 'operator');
    const users = new UserStore(dir, systemClock);
    const before = users.find('noor')?.changedAt;
    expect((await runCli(['user', 'logout', 'noor', ...at])).code).toBe(0);
    expect(users.find('noor')?.changedAt).not.toBe(before);
    expect(journalled()).toEqual(['user.added', 'user.logged-out']);
  });

  it('logs somebody of the directory out, who is no local user', async () => {
    const name = 'openid:8b6f5c0e-2d7a';
    expect((await runCli(['user', 'logout', name, ...at])).code).toBe(0);
    expect(new DirectoryLogouts(dir, systemClock).lastOf(name)).toMatch(/^\d{4}-/);
    expect(journalled()).toEqual(['user.logged-out']);
    const wrong = await runCli(['user', 'logout', 'openid:a b', ...at]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('openid: and what') });
    const local = await runCli(['user', 'add', name, '--role', 'operator', ...at], {
      stdin: 'een lang wachtwoord\n',
    });
    expect(local).toMatchObject({ code: 2, stderr: expect.stringContaining('a name has') });
  });

  it('refuses an empty password', async () => {
    const result = await runCli(['user', 'add', 'x', '--role', 'operator', ...at], { stdin: '\n' });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('no password') });
  });
});

describe('liveview token', () => {
  it('prints a token once, which then lets a program in until it is revoked', async () => {
    const args = ['token', 'add', 'wall', '--role', 'consumer', '--control-room', 'rotterdam'];
    const made = await runCli([...args, ...at]);
    const secret = made.stdout.trim();
    expect(secret).toMatch(/^lv_[\w-]{43}$/);
    const tokens = new TokenStore(dir, systemClock);
    expect(tokens.authenticate(secret)).toMatchObject({ name: 'wall', controlRoom: 'rotterdam' });
    const listed = await runCli(['token', 'list', ...at]);
    expect(listed.stdout).toContain('wall');
    expect(listed.stdout).not.toContain(secret);
    expect((await runCli(['token', 'revoke', 'wall', ...at])).code).toBe(0);
    expect(tokens.authenticate(secret)).toBeUndefined();
    expect(journalled()).toEqual(['token.issued', 'token.revoked']);
  });

  it('lets a token expire unless told, and lists until when, and when it was used last', async () => {
    const add = async (name: string, ...more: string[]) =>
      JSON.parse(
        (await runCli(['token', 'add', name, '--role', 'consumer', '--json', ...more, ...at]))
          .stdout,
      );
    const wall = await add('wall');
    const days = (Date.parse(wall.expiresAt) - Date.parse(wall.createdAt)) / 86_400_000;
    expect(days).toBe(90);
    const brief = await add('brief', '--expires', '1ms');
    await until('over', () => Date.now() > Date.parse(brief.expiresAt));
    new TokenUses(dir).write({ [wall.id]: '2026-01-01T10:00:00.000Z' });
    const { stdout } = await runCli(['token', 'list', ...at]);
    expect(stdout).toMatch(/wall .*Z +2026-01-01T10:00:00.000Z/);
    expect(stdout).toMatch(/brief .* \(over\) +never/);
    const listed = JSON.parse((await runCli(['token', 'list', '--json', ...at])).stdout);
    expect(listed).toMatchObject([{ lastUsed: '2026-01-01T10:00:00.000Z' }, { name: 'brief' }]);
    expect(new TokenStore(dir, systemClock).authenticate(brief.token)).toBeUndefined();
    expect(
      await runCli(['token', 'add', 'x', '--role', 'consumer', '--expires', '0s', ...at]),
    ).toMatchObject({
      code: 2,
    });
  });

  it('limits a token to sites', async () => {
    const args = ['token', 'add', 'wall', '--role', 'consumer', '--sites', 'jeweller', '--json'];
    const made = JSON.parse((await runCli([...args, ...at])).stdout);
    expect(made).toMatchObject({ role: 'consumer', sites: ['jeweller'] });
    expect(new TokenStore(dir, systemClock).authenticate(made.token)).toMatchObject({
      sites: ['jeweller'],
    });
    expect((await runCli(['token', 'list', ...at])).stdout).toMatch(
      /wall .* consumer .* jeweller /,
    );
    const refused = ['token', 'add', 'x', '--role', 'auditor', '--sites', 'jeweller', ...at];
    expect(await runCli(refused)).toMatchObject({ code: 2 });
  });

  it('looks up the control room too', async () => {
    const config = join(dir, 'cameras.yaml');
    writeFileSync(config, 'cameras: [{ id: a, onvif: { host: h } }]\n');
    const args = ['token', 'add', 'wall', '--role', 'consumer', '--control-room', 'nowhere'];
    expect(await runCli([...args, '--config', config, ...at])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('it names none'),
    });
    expect(existsSync(join(dir, 'tokens.json'))).toBe(false);
  });

  it('refuses a duration without a unit', async () => {
    const result = await runCli([
      'token',
      'add',
      'x',
      '--role',
      'consumer',
      '--expires',
      '90',
      ...at,
    ]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('90d') });
  });
});
