import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exampleYaml } from '../../src/config/documents.ts';
import { runCli } from '../support/cli.ts';

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
    const { problems, notes } = JSON.parse(stdout);
    const lines = exampleYaml().split('\n');
    for (const { path, line } of problems as { path: string; line: number }[]) {
      expect(lines[line - 1]).toContain(`${path.split('.').at(-1)}:`);
    }
    expect(problems.map((problem: { path: string }) => problem.path)).toEqual([
      'cameras[0].onvif.password',
      'cameras[1].rtsp.password',
      'police.tls.cert',
      'police.tls.key',
      'police.tls.clientCa',
    ]);
    expect(notes).toEqual([expect.stringMatching(/^alarms.dc09 has no effect/)]);
    expect((await runCli(['check', '--no-secrets', '--config', path])).code).toBe(0);
  });

  it('asks for the file when none is named', async () => {
    expect(await runCli(['check'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--config'),
    });
  });
});
