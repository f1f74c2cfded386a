import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { supportCommand } from '../../src/cli/support.ts';
import { runCli } from '../support/cli.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'liveview-support-'));

function configuration(text: string): string {
  const file = join(folder(), 'cameras.yaml');
  writeFileSync(file, text);
  return file;
}

describe('liveview support', () => {
  it('puts what it finds in a new file that only its owner reads, and overwrites none', async () => {
    const dataDir = folder();
    writeFileSync(join(dataDir, 'users.json'), '{}', { mode: 0o600 });
    const config = configuration(`gateway: { dataDir: ${dataDir} }
sites: [{ id: s, name: Juwelier, address: Lijnbaan 1, contacts: [{ name: Jansen, phone: '010' }] }]
cameras: [{ id: a, site: s, rtsp: { main: 'rtsp://192.0.2.1/', username: u, password: { env: CAM } } }]
`);
    const out = join(folder(), 'support.json');
    const args = ['support', '--config', config, '--log', '-', '--out', out];
    const options = {
      env: { CAM: 'kanarie-4711' },
      stdin: 'the camera says kanarie-4711\nrtsp://u:p@h/\n',
    };
    expect(await runCli(args, options)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const text = readFileSync(out, 'utf8');
    for (const left of ['Lijnbaan', 'Jansen', 'kanarie']) expect(text).not.toContain(left);
    expect(JSON.parse(text)).toMatchObject({
      configuration: { cameras: [{ rtsp: { username: 'u', password: { env: 'CAM' } } }] },
      ...{ problems: [], warnings: [] },
      dataDir: [{ name: 'users.json', size: 2, mode: '600' }],
      journal: expect.stringContaining('there is no journal'),
      log: ['the camera says [secret]', 'rtsp://h/'],
    });
    const again = await runCli(args, options);
    expect([again.code, again.stderr]).toEqual([2, `liveview: ${out} is there already\n`]);
  });

  it('finds a secret with quotes in it, in whatever form a line of the log has it', async () => {
    const secret = 'kanarie "4711" \\ & é';
    const config = configuration(`gateway: { dataDir: ${folder()} }
cameras: [{ id: a, rtsp: { main: 'rtsp://192.0.2.1/', username: u, password: { env: CAM } } }]
`);
    const line = JSON.stringify({ message: `the camera says ${secret}`, name: 'a\u202eb' });
    const { stdout } = await runCli(['support', '--config', config, '--log', '-'], {
      env: { CAM: secret },
      stdin: `${secret}\n${line}\n${JSON.stringify({ line })}\n`,
    });
    expect(stdout).not.toMatch(/kanarie|4711|\u202e/);
    const { log } = JSON.parse(stdout) as { log: string[] };
    expect(log[0]).toBe('[secret]');
    expect(JSON.parse(log[1] ?? '')).toEqual({
      ...{ message: 'the camera says [secret]', name: 'a\u202eb' },
    });
  });

  it('finds one in two of the pieces in which a log comes, and leaves none in half where a log is cut', async () => {
    const secret = 'mus-é-8123&x y(1)';
    const config = configuration(`gateway: { dataDir: ${folder()} }
cameras: [{ id: a, rtsp: { main: 'rtsp://192.0.2.1/', username: u, password: { env: CAM } } }]
`);
    const args = ['support', '--config', config, '--log'];
    const env = { CAM: secret };
    const form = new URLSearchParams({ p: secret }).toString();
    const bytes = Buffer.from(`it says ${secret}\n${form}\n{"m":"mus-é-8123\\u0026x y(1)"}\n`);
    const half = bytes.indexOf('é') + 1;
    const context = { stdin: Readable.from([bytes.subarray(0, half), bytes.subarray(half)]) };
    const stdout = new PassThrough();
    const program = supportCommand({ ...context, env, stdout, stderr: new PassThrough() });
    await program.parseAsync(args.slice(1).concat('-'), { from: 'user' });
    expect(JSON.parse(String(stdout.read())).log).toEqual([
      ...['it says [secret]', 'p=[secret]', '{"m":"[secret]"}'],
    ]);
    const log = join(folder(), 'gateway.log');
    const line = `${secret} ${'x'.repeat(16 * 1024 * 1024 - 20)}`;
    writeFileSync(log, `${line}\nthe last line\n`);
    const cut = JSON.parse((await runCli([...args, log], { env })).stdout) as { log: string[] };
    expect(cut.log).toEqual(['the last line']);
    writeFileSync(log, `${line.slice(0, 1_000_000)}\nthe last line\n`);
    const long = JSON.parse((await runCli([...args, log], { env })).stdout) as { log: string[] };
    expect(long.log).toEqual(['[a line of 1000000 characters, left out]', 'the last line']);
  });

  it('takes no log in of which it cannot take the secrets out, unless told', async () => {
    const config = configuration(`gateway: { dataDir: ${folder()} }
cameras: [{ id: a, rtsp: { main: 'rtsp://192.0.2.1/', username: u, password: { credential: shop } } }]
`);
    const args = ['support', '--config', config];
    const log = { stdin: 'the camera says vogeltje-12\n' };
    const refused = await runCli([...args, '--log', '-'], log);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toContain('credential shop cannot be read here');
    expect(refused.stderr).toContain('--log-unchecked');
    const without = await runCli(args);
    expect(JSON.parse(without.stdout)).toMatchObject({ log: null });
    const told = await runCli([...args, '--log', '-', '--log-unchecked'], log);
    expect(JSON.parse(told.stdout)).toMatchObject({
      ...{ secretsNotTakenOut: ['credential shop'], log: ['the camera says vogeltje-12'] },
    });
  });

  it('reads the end of a log that is larger than it takes', async () => {
    const log = join(folder(), 'gateway.log');
    writeFileSync(log, `the first line\n${'x'.repeat(20 * 1024 * 1024)}\nthe last line\n`);
    const args = ['support', '--config', configuration('cameras: []\n'), '--log', log];
    const { log: lines } = JSON.parse((await runCli(args)).stdout) as { log: string[] };
    expect(lines.at(-1)).toBe('the last line');
    expect(lines.join('\n').length).toBeLessThanOrEqual(16 * 1024 * 1024);
    expect(lines).not.toContain('the first line');
  });

  it('helps with a configuration that is refused, too', async () => {
    const { code, stdout } = await runCli(['support', '--config', configuration('cameras: []\n')]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      configuration: null,
      problems: [{ line: 1, path: 'cameras' }],
      log: null,
    });
  });
});
