import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { runCli } from '../support/cli.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { makeTrialAuthority, openssl, type TrialAuthority } from '../support/trial-authority.ts';
import { until } from '../support/until.ts';

let trial: TrialAuthority;
beforeEach(async () => {
  trial = await makeTrialAuthority();
});
afterEach(() => trial[Symbol.asyncDispose]());

const read = (name: string) => readFileSync(trial.file(name), 'utf8');
const listed = async () =>
  (await trial.certJson('list'))['certificates'] as Record<string, unknown>[];

describe('liveview cert', () => {
  it('keeps everything for its owner alone, and prints no key', async () => {
    const said = [
      await trial.cert('server', '--host', 'liveview.example'),
      await trial.cert('client', '--name', 'Meldkamer Rotterdam', '--json'),
      await trial.cert('revoke', trial.file('client-meldkamer-rotterdam.crt')),
      await trial.cert('list'),
    ];
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(statSync(trial.dir).mode & 0o777).toBe(0o700);
    const files = readdirSync(trial.dir).sort();
    expect(files).toEqual([
      'ca.crl',
      'ca.crt',
      'ca.key',
      'client-meldkamer-rotterdam.crt',
      'client-meldkamer-rotterdam.key',
      'register.json',
      'server-liveview.example.crt',
      'server-liveview.example.key',
    ]);
    const keys = files.filter((file) => file.endsWith('.key'));
    for (const file of files) expect(statSync(trial.file(file)).mode & 0o777).toBe(0o600);
    const words = said.map(({ stdout, stderr }) => stdout + stderr).join('');
    expect(words).not.toContain('PRIVATE KEY');
    for (const key of keys) expect(words).not.toContain(read(key).split('\n')[1]);
  });

  it('says the fingerprint, and what to write in the configuration', async () => {
    const { stdout } = await trial.cert('server', '--host', 'liveview.example');
    const { fingerprint256 } = new X509Certificate(read('server-liveview.example.crt'));
    expect(stdout).toContain(`SHA-256 ${fingerprint256}\n`);
    const line = stdout.split('\n').find((each) => each.startsWith('tls: '));
    const camera = 'cameras: [{ id: a, name: A, rtsp: { main: "rtsp://192.0.2.1/1" } }]';
    const file = join(dirname(trial.dir), 'pasted.yaml');
    writeFileSync(file, `police:\n  listen: 0.0.0.0:8443\n  ${line}\n${camera}\n`);
    const checked = await runCli(['check', '--config', file, '--json']);
    expect(JSON.parse(checked.stdout)).toEqual({ ok: true, problems: [], warnings: [] });
    expect(loadConfig(file).police?.tls).toMatchObject({
      cert: trial.file('server-liveview.example.crt'),
      key: trial.file('server-liveview.example.key'),
      clientCa: trial.file('ca.crt'),
      clientCrl: [trial.file('ca.crl')],
      clientCert: 'required',
    });
  });

  it('says by what a control room is known: its names, or this certificate alone', async () => {
    const lineOf = async (...args: string[]) => {
      const { stdout } = await trial.cert('client', ...args);
      return stdout.split('\n').find((each) => each.startsWith('certificates: ')) ?? '';
    };
    const host = 'desk.rotterdam.example';
    const named = await lineOf('--name', 'Meldkamer Rotterdam', '--host', host);
    const pinned = await lineOf('--name', 'Meldkamer Zuid');
    const { stdout } = await trial.cert('server', '--host', 'liveview.example');
    const config = parseConfig(
      `police:
  listen: 0.0.0.0:8443
  ${stdout.slice(stdout.indexOf('tls: '))}
controlRooms:
  - { id: rotterdam, name: Rotterdam, ${named} }
  - { id: zuid, name: Zuid, ${pinned} }
cameras: [{ id: a, name: A, rtsp: { main: "rtsp://192.0.2.1/1" } }]
`,
      'pasted.yaml',
    );
    const { fingerprint256 } = new X509Certificate(read('client-meldkamer-zuid.crt'));
    expect(config.controlRooms.map(({ certificates }) => certificates)).toEqual([
      [{ name: host }],
      [{ fingerprint: fingerprint256 }],
    ]);
    const { subjectAltName } = new X509Certificate(read('client-meldkamer-rotterdam.crt'));
    expect(subjectAltName).toBe(`DNS:${host}`);
  });

  it('lists what was issued, until when it holds, and what was revoked', async () => {
    await trial.cert('server', '--host', 'a.example', '--host', '2001:DB8:0::1', '--days', '30');
    const { serial } = await trial.certJson('client', '--name', 'Meldkamer Rotterdam');
    await trial.cert('revoke', String(serial));
    const [server, client] = await listed();
    expect(server).toMatchObject({ kind: 'server', hosts: ['a.example', '2001:db8::1'] });
    const days = (Date.parse(String(server?.['notAfter'])) - Date.now()) / (24 * 3_600_000);
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
    expect([server?.['state'], client?.['state']]).toEqual(['valid', 'revoked']);
    const table = await trial.cert('list');
    expect(table.stdout).toMatch(/^SERIAL +KIND +FOR +FILE +UNTIL +STATE\n/);
    expect(table.stdout).toMatch(/ server +a\.example, 2001:db8::1 .* valid\n/);
    expect(table.stdout).toMatch(/ client +Meldkamer Rotterdam .* revoked 20\d\d-.*\n/);
    expect(table.stderr).toContain('its revocation list 2 until');
  });

  it('takes a serial number as OpenSSL writes it, and stays at the first revocation', async () => {
    const { serial } = await trial.certJson('client', '--name', 'A');
    const colons = String(serial)
      .toUpperCase()
      .replace(/..(?=.)/g, '$&:');
    const first = await trial.certJson('revoke', colons);
    const again = await trial.certJson('revoke', String(serial));
    expect(again['revokedAt']).toBe(first['revokedAt']);
    expect((await trial.certJson('list'))['crl']).toMatchObject({ number: 3 });
  });

  it('makes the revocation list anew, to hold for as long as was said last', async () => {
    const daysOf = (list: Record<string, unknown>) =>
      Math.round((Date.parse(String(list['nextUpdate'])) - Date.now()) / (24 * 3_600_000));
    expect(daysOf(await trial.certJson('crl'))).toBe(30);
    expect(daysOf(await trial.certJson('crl', '--days', '90'))).toBe(90);
    const { serial } = await trial.certJson('client', '--name', 'A');
    await trial.cert('revoke', String(serial));
    const { crl } = await trial.certJson('list');
    expect(crl).toMatchObject({ number: 4 });
    expect(daysOf(crl as Record<string, unknown>)).toBe(90);
  });

  it('renews when asked, with another key; the one before can still be revoked', async () => {
    const first = await trial.certJson('client', '--name', 'Meldkamer Rotterdam');
    const before = read('client-meldkamer-rotterdam.key');
    const refused = await trial.cert('client', '--name', 'Meldkamer Rotterdam');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--renew') });
    expect(read('client-meldkamer-rotterdam.key')).toBe(before);
    const second = await trial.certJson('client', '--name', 'Meldkamer Rotterdam', '--renew');
    expect(second['serial']).not.toBe(first['serial']);
    expect(read('client-meldkamer-rotterdam.key')).not.toBe(before);
    await trial.cert('revoke', String(first['serial']));
    expect((await listed()).map(({ state }) => state)).toEqual(['revoked', 'valid']);
  });

  it('names a file by what can be in a file name, and never gives one name to two', async () => {
    const odd = await trial.certJson('client', '--name', '../../etc/Café, O="x" \\ #1');
    expect(odd['file']).toBe('client-etc-cafe-o-x-1.crt');
    const digest = await trial.certJson('client', '--name', '消防');
    expect(digest['file']).toMatch(/^client-[0-9a-f]{12}\.crt$/);
    await trial.certJson('client', '--name', 'A B');
    for (const more of [[], ['--renew']]) {
      const { code, stderr } = await trial.cert('client', '--name', 'A/B', ...more);
      expect([code, stderr]).toEqual([1, expect.stringContaining('that of A B')]);
    }
  });

  it('loses nothing when several run at once, and no list takes back what another revoked', async () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F'];
    const made = await Promise.all(names.map((name) => trial.certJson('client', '--name', name)));
    await Promise.all(made.map(({ serial }) => trial.cert('revoke', String(serial))));
    const states = (await listed()).map(({ name, state }) => `${name} ${state}`).sort();
    expect(states).toEqual(names.map((name) => `${name} revoked`));
    expect((await trial.certJson('list'))['crl']).toMatchObject({ number: 7 });
    expect(readdirSync(trial.dir).filter((file) => /lock|new/.test(file))).toEqual([]);
  });
});

describe('liveview cert, when a command is killed or fails', () => {
  it('forgets nothing that was revoked before its list could not be written', async () => {
    const { serial } = await trial.certJson('client', '--name', 'A');
    const list = read('ca.crl');
    rmSync(trial.file('ca.crl'));
    mkdirSync(trial.file('ca.crl'));
    const { code, stderr } = await trial.cert('revoke', String(serial));
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be written')]);
    expect((await listed())[0]).toMatchObject({ state: 'revoked' });
    rmSync(trial.file('ca.crl'), { recursive: true });
    writeFileSync(trial.file('ca.crl'), list);
    await trial.certJson('crl');
    const { says } = await openssl('crl', '-in', trial.file('ca.crl'), '-noout', '-text');
    expect(says).toContain(String(serial).toUpperCase());
  });

  it('goes on when its lock is removed, with whatever the killed one had done', async () => {
    const at = ['cert', 'client', '--dir', trial.dir, '--name'];
    const killed = new LiveviewProcess([...at, 'A']);
    await until('the lock', () => !killed.running || existsSync(trial.file('lock')));
    await killed.stop('SIGKILL');
    rmSync(trial.file('lock'), { force: true });
    await trial.certJson('client', '--name', 'B');
    const { says } = await openssl('crl', '-in', trial.file('ca.crl'), '-noout', '-text');
    expect(says).toContain('No Revoked Certificates');
    expect((await listed()).at(-1)).toMatchObject({ name: 'B', state: 'valid' });
  });

  it('loses nothing between processes of their own', async () => {
    const names = ['A', 'B', 'C'];
    const commands = names.map(
      (name) => new LiveviewProcess(['cert', 'client', '--dir', trial.dir, '--name', name]),
    );
    for (const command of commands) expect(await command.ended()).toBe(0);
    expect((await listed()).map(({ name }) => name).sort()).toEqual(names);
  });
});

describe('liveview cert refuses', () => {
  it.each([
    ['no host', ['server', '--host', 'https://a.example'], 'is no host'],
    ['a host with a port', ['server', '--host', 'a.example:8443'], 'is no host'],
    ['half an address', ['server', '--host', '192.0.2'], 'is no host'],
    ['an empty host', ['server', '--host', ''], 'is no host'],
    ['a server without a host', ['server'], '--host'],
    ['a client that is an address', ['client', '--name', 'A', '--host', '::1'], 'DNS names'],
    ['an empty name', ['client', '--name', '  '], 'a name is needed'],
    ['a name that colours the terminal', ['client', '--name', '\u001b[31mA'], 'do not print'],
    ['a name that turns text round', ['client', '--name', 'A\u202eB'], 'do not print'],
    ['a long name', ['client', '--name', 'x'.repeat(65)], 'at most 64'],
    ['no days', ['client', '--name', 'A', '--days', '0'], 'from 1 to 825'],
    ['too many days', ['client', '--name', 'A', '--days', '826'], 'from 1 to 825'],
    ['a list for years', ['crl', '--days', '366'], 'from 1 to 365'],
  ])('%s', async (_what, args, says) => {
    const { code, stdout, stderr } = await trial.cert(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('\u001b');
    expect(await listed()).toEqual([]);
  });

  it('to put an authority in the place of another, or of what is left of one', async () => {
    const before = read('ca.key');
    const { code, stderr } = await trial.cert('ca', '--name', 'Another');
    expect([code, stderr]).toEqual([1, expect.stringContaining('take another folder')]);
    expect(read('ca.key')).toBe(before);
    rmSync(trial.file('ca.key'));
    expect((await trial.cert('ca', '--name', 'Another')).code).toBe(1);
    expect(existsSync(trial.file('ca.key'))).toBe(false);
  });

  it('a folder without an authority', async () => {
    const dir = join(dirname(trial.dir), 'other');
    const { code, stderr } = await runCli(['cert', 'list', '--dir', dir]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('liveview cert ca --dir')]);
  });

  it('a folder that others can get into, a new one too', async () => {
    chmodSync(trial.dir, 0o750);
    const { code, stderr } = await trial.cert('client', '--name', 'A');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`chmod 700 ${trial.dir}`)]);
    const open = join(dirname(trial.dir), 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const made = await runCli(['cert', 'ca', '--dir', open, '--name', 'A']);
    expect([made.code, made.stderr]).toEqual([1, expect.stringContaining(`chmod 700 ${open}`)]);
    expect(readdirSync(open)).toEqual([]);
  });

  describe('to sign', () => {
    const refused = async (says: string) => {
      const before = await read('register.json');
      const { code, stderr } = await trial.cert('client', '--name', 'A');
      expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
      expect(read('register.json')).toBe(before);
      expect(readdirSync(trial.dir).filter((file) => /client|lock|new/.test(file))).toEqual([]);
    };

    it('with a key that others could have read', async () => {
      chmodSync(trial.file('ca.key'), 0o644);
      await refused('chmod 600');
    });

    it('with a key that is not that of the certificate', async () => {
      await using other = await makeTrialAuthority();
      copyFileSync(other.file('ca.key'), trial.file('ca.key'));
      await refused('is not the key of');
    });

    it('with half a key, or none', async () => {
      writeFileSync(trial.file('ca.key'), read('ca.key').slice(0, 80));
      await refused('is no private key');
      rmSync(trial.file('ca.key'));
      await refused('put it back from a backup');
    });

    it('as what is no authority', async () => {
      await trial.cert('server', '--host', 'a.example');
      for (const end of ['crt', 'key']) {
        copyFileSync(trial.file(`server-a.example.${end}`), trial.file(`ca.${end}`));
      }
      await refused('is not the certificate of an authority');
    });
  });

  it.each([
    ['torn', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['edited', (text: string) => text.replace('"number": 1', '"number": "x"')],
  ])('to go on with a register that is %s', async (_what, damage) => {
    writeFileSync(trial.file('register.json'), damage(read('register.json')));
    const before = read('ca.crl');
    for (const args of [['client', '--name', 'A'], ['crl'], ['list']]) {
      const { code, stderr } = await trial.cert(...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('put it back from a backup')]);
    }
    expect(read('ca.crl')).toBe(before);
  });

  it('to revoke what is none of its own, or no certificate', async () => {
    await using other = await makeTrialAuthority();
    await other.cert('client', '--name', 'A');
    for (const [which, says] of [
      [other.file('client-a.crt'), 'is none of this authority'],
      ['0123456789abcdef0123456789abcdef', 'is none of this authority'],
      [trial.file('ca.crt'), 'is none of this authority'],
      [trial.file('ca.key'), 'neither a serial number nor a file'],
      ['nothing', 'neither a serial number nor a file'],
    ] as const) {
      const { code, stderr } = await trial.cert('revoke', which);
      expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
    }
  });

  it('to renew what there is not', async () => {
    const { code, stderr } = await trial.cert('client', '--name', 'A', '--renew');
    expect([code, stderr]).toEqual([1, expect.stringContaining('leave out --renew')]);
  });
});
