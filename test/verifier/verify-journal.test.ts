import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../src/journal/canonical.ts';
import { fill, SignedJournal } from '../journal/support.ts';
import { runCli } from '../support/cli.ts';

const BUILT = fileURLToPath(new URL('../../dist/verify-journal.mjs', import.meta.url));

/** In a folder that has nothing but the script and the files, as on the machine of an auditor. */
describe('the verifier that is one file', () => {
  let dir: string;
  let head: string;

  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'liveview-'));
    const signed = new SignedJournal(dataDir);
    signed.journal.sign();
    fill(signed.journal, signed.clock, 6);
    signed.close('inc_a');
    signed.journal.close();
    dir = mkdtempSync(join(tmpdir(), 'auditor-'));
    copyFileSync(BUILT, join(dir, 'verify-journal.mjs'));
    const journal = async (...args: string[]) =>
      (await runCli(['journal', ...args, '--data-dir', dataDir])).stdout;
    writeFileSync(join(dir, 'journal.jsonl'), await journal('export'));
    writeFileSync(join(dir, 'incident.jsonl'), await journal('export', '--incident', 'inc_a'));
    writeFileSync(join(dir, 'key.pem'), await journal('key'));
    const verdict = JSON.parse(await journal('verify', '--json'));
    head = `${verdict.head.seq}:${verdict.head.hash}`;
  });

  const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, ['verify-journal.mjs', ...args], { cwd: dir, env: {} })
      .then((output) => ({ code: 0, ...output }))
      .catch(({ code, stdout, stderr }) => ({ code, stdout, stderr }));

  it('says what holds, of a whole journal and of one incident', async () => {
    expect(await run('journal.jsonl', '--key', 'key.pem', '--head', head)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^It holds: 10 entries, up to entry 10\.\nCheckpoints cover it up to entry 9\.\nThe file as a whole is signed\.\nThe key is the one that was kept/,
      ),
    });
    const extract = await run('incident.jsonl', '--key', 'key.pem', '--json');
    expect(JSON.parse(extract.stdout)).toMatchObject({ ok: true, entries: 5, incident: 'inc_a' });
  });

  it('exits with 6 and the entry when it does not, and with 2 when it is used wrongly', async () => {
    const spoilt = readFileSync(join(dir, 'journal.jsonl'), 'utf8').replace('regel 4', 'regel 5');
    writeFileSync(join(dir, 'spoilt.jsonl'), spoilt);
    expect(await run('spoilt.jsonl')).toMatchObject({
      code: 6,
      stdout: 'It does not hold, at entry 6: its content was changed.\n',
    });
    for (const args of [[], ['nowhere'], ['journal.jsonl', '--key', 'journal.jsonl'], ['--x']]) {
      expect(await run(...args)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('shows what a file would have the terminal do, as the command of the gateway does', async () => {
    const incident = 'inc_a\u001b[2K\rIt holds: all\n\u009b1A';
    const header = {
      format: 'liveview.journal.v1',
      head: { hash: '0'.repeat(64), seq: 0 },
      incident,
    };
    const file = join(dir, 'escapes.jsonl');
    writeFileSync(file, `${canonicalJson(header)}\n`);
    const outputs = [await run(file), await runCli(['journal', 'verify', file])];
    for (const { code, stdout } of outputs) {
      expect(code).toBe(0);
      expect(stdout).toContain('0 entries of inc_a�[2K�It holds: all��1A, up to entry 0');
      expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });

  it('is small, readable, and uses nothing but Node', () => {
    const text = readFileSync(BUILT, 'utf8');
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
    expect(imports.filter((name) => !name?.startsWith('node:'))).toEqual([]);
    expect(statSync(BUILT).size).toBeLessThan(32 * 1024);
    expect(text).toMatch(/^#!\/usr\/bin\/env node\n\/\*\*\n \* Verifies the exported journal/);
  });
});
