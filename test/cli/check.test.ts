import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exampleYaml } from '../../src/config/documents.ts';
import { runCli } from '../support/cli.ts';
import { PrivateCa } from '../support/private-ca.ts';

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'cameras.yaml');
  writeFileSync(path, text);
  return path;
}

describe('liveview check', () => {
  it('says that a good configuration is in order', async () => {
    const path = file('cameras: [{ id: a, onvif: { host: 192.0.2.1 } }]\n');
    expect(await runCli(['check', '--config', path])).toEqual({
      code: 0,
      stdout: `${path}: in order\n`,
      stderr: '',
    });
  });

  it('names every problem with file and line, and exits with 3', async () => {
    const path = file(
      'cameras:\n  - id: a\n  - { id: B, onvif: { host: h } }\npolicy: { ptz: often }\n',
    );
    const { code, stderr } = await runCli(['check', '--config', path]);
    expect(code).toBe(3);
    expect(stderr).toContain(`${path}:3: cameras[1].id:`);
    expect(stderr).toContain(`${path}:4: policy.ptz: must be auto, confirm, never`);
  });

  it('looks whether the passwords are there, unless told not to', async () => {
    const path = file(exampleYaml());
    const { code, stdout } = await runCli(['check', '--json', '--config', path]);
    expect(code).toBe(3);
    const { problems } = JSON.parse(stdout);
    const lines = exampleYaml().split('\n');
    for (const { path, line } of problems as { path: string; line: number }[]) {
      expect(lines[line - 1]).toContain(`${path.split('.').at(-1)}:`);
    }
    expect(problems.map((problem: { path: string }) => problem.path)).toEqual([
      'access.openid.clientSecret',
      'cameras[0].onvif.password',
      'cameras[1].rtsp.password',
      'alarms.dc09.accounts.1409.key',
      'police.tls.cert',
      'police.tls.key',
      'police.tls.clientCa',
      'police.tls.clientCrl',
    ]);
    expect((await runCli(['check', '--no-secrets', '--config', path])).code).toBe(0);
  });

  it('says what is wrong with the key of a panel, and does not say the key', async () => {
    const text = `
sites: [{ id: shop, name: Shop }]
cameras: [{ id: a, site: shop, onvif: { host: 192.0.2.1 } }]
alarms:
  dc09:
    listen: 127.0.0.1:10500
    accounts:
      "1409": { site: shop, key: { env: PANEL_KEY } }
`;
    const check = (key: string) =>
      runCli(['check', '--config', file(text)], { env: { PANEL_KEY: key } });
    const good = ['0'.repeat(32), 'Af'.repeat(24), '9'.repeat(64)];
    for (const key of good) expect(await check(key)).toMatchObject({ code: 0 });
    for (const key of ['s3cret', '0'.repeat(33), 'x'.repeat(32)]) {
      const { code, stderr } = await check(key);
      expect(code).toBe(3);
      expect(stderr).toContain(':8: alarms.dc09.accounts.1409.key: environment variable PANEL_KEY');
      expect(stderr).not.toContain(key);
    }
  });

  it('warns of panels that nobody misses, once, also when secrets are not looked at', async () => {
    const accounts = Array.from({ length: 12 }, (_, index) => `"${1_500 + index}": shop`);
    const path = file(`sites: [{ id: shop, name: Shop }]
cameras: [{ id: a, site: shop, onvif: { host: 192.0.2.1 } }]
alarms:
  dc09:
    listen: 127.0.0.1:10500
    accounts: { "1409": { site: shop, supervisionSeconds: 300 }, ${accounts.join(', ')} }
`);
    for (const flags of [[], ['--no-secrets']]) {
      const { code, stderr } = await runCli(['check', ...flags, '--config', path]);
      expect(code).toBe(0);
      expect(stderr).toContain(`warning: ${path}:6: alarms.dc09.accounts: not supervised: 1500, `);
      expect(stderr).toContain(' and 2 more; nobody is told when such a panel falls silent');
      expect(stderr).not.toContain('1409');
    }
  });

  it('warns of a secret that others can read, and of one that only the service is given', async () => {
    const secret = file('geheim\n');
    chmodSync(secret, 0o644);
    const path = file(`cameras:
  - { id: a, rtsp: { main: 'rtsp://192.0.2.1/', username: u, password: { file: ${secret} } } }
  - { id: b, rtsp: { main: 'rtsp://192.0.2.2/', username: u, password: { credential: square } } }
`);
    const { code, stderr } = await runCli(['check', '--config', path]);
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: ${path}:2: cameras[0].rtsp.password: file ${secret} can be`);
    expect(stderr).toContain(`warning: ${path}:3: cameras[1].rtsp.password: credential square is`);
    const { stdout } = await runCli(['check', '--json', '--config', path]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, problems: [], warnings: [{}, {}] });
    const given = await runCli(['check', '--config', path], {
      env: { CREDENTIALS_DIRECTORY: '/nowhere' },
    });
    expect(given.code).toBe(3);
    expect(given.stderr).toContain(
      ':3: cameras[1].rtsp.password: credential square cannot be read',
    );
  });

  it('says what is wrong with certificates, and which of them end soon', async () => {
    const ca = new PrivateCa('Root');
    const soon = ca.issue('soon', { until: new Date(Date.now() + 3 * 24 * 3_600_000) });
    const other = ca.issue('other');
    const write = (cert: string, key: string, more = '') =>
      file(`cameras: [{ id: a, onvif: { host: 192.0.2.1 } }]
centre:
  tls:
    cert: ${cert}
    key: ${key}
    ${more}
`);
    const good = write(soon.certFile, soon.keyFile);
    const { code, stderr } = await runCli(['check', '--config', good]);
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: ${good}:4: centre.tls.cert: the certificate in `);
    const bad = async (path: string) => (await runCli(['check', '--config', path])).stderr;
    const mixed = write(soon.certFile, other.keyFile);
    expect(await bad(mixed)).toContain(`${mixed}:5: centre.tls.key: ${other.keyFile} is not the`);
    const list = file('half a list');
    const client = `clientCa: ${ca.certFile}\n    clientCert: required\n    clientCrl: [${list}]`;
    const torn = write(other.certFile, other.keyFile, client);
    expect(await bad(torn)).toContain(`${torn}:8: centre.tls.clientCrl: ${list} is empty or half`);
    ca.remove();
  });

  it('warns of a control room that no certificate stands for, where each needs one', async () => {
    const text = (clientCert: string) => `cameras: [{ id: a, onvif: { host: 192.0.2.1 } }]
police:
  listen: 192.0.2.1:8443
  tls: { cert: a, key: b, clientCa: c, clientCert: ${clientCert} }
controlRooms:
  - { id: rotterdam, name: Rotterdam, certificates: [{ name: desk.example }] }
  - { id: den-haag, name: Den Haag }
`;
    const warned = async (path: string) =>
      (await runCli(['check', '--config', path])).stderr.match(/warning: .*/g);
    const path = file(text('required'));
    expect(await warned(path)).toEqual([
      expect.stringContaining(`warning: ${path}:7: controlRooms[1]: den-haag has no certificates`),
    ]);
    expect(await warned(file(text('optional')))).toBeNull();
  });

  it('asks for the file when none is named', async () => {
    expect(await runCli(['check'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--config'),
    });
  });
});
