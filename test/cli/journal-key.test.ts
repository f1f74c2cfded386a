import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { KeyFile } from '../../src/journal/key-file.ts';
import { KeyRing } from '../../src/journal/key-ring.ts';
import { GATEWAY_ACTOR } from '../../src/journal/record.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { runCli } from '../support/cli.ts';

let dir: string;

/** As a gateway leaves it: signed, with one incident. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveview-'));
  const keys = new KeyRing(new KeyFile(dir));
  const journal = openJournal(join(dir, 'journal.db'), { keys });
  for (const incident of ['inc_a', 'inc_b', 'inc_a']) {
    journal.append({ kind: 'test.done', actor: GATEWAY_ACTOR, incident, data: {} });
  }
  journal.close();
});

const journal = (...args: string[]) => runCli(['journal', ...args, '--data-dir', dir]);

async function keep(name: string): Promise<string> {
  const file = join(dir, name);
  writeFileSync(file, (await journal('key')).stdout);
  return file;
}

async function exported(name: string, ...args: string[]): Promise<string> {
  const file = join(dir, name);
  writeFileSync(file, (await journal('export', ...args)).stdout);
  return file;
}

describe('the key of the journal', () => {
  it('is printed to be kept: the public half, in PEM', async () => {
    const { stdout, stderr } = await journal('key');
    const secret = createPrivateKey(readFileSync(join(dir, 'journal.key'), 'utf8'));
    expect(stdout).toBe(createPublicKey(secret).export({ type: 'spki', format: 'pem' }));
    expect(stderr).toMatch(/Ed25519 [0-9a-f]{64}\n/);
    const { key, pem } = JSON.parse((await journal('key', '--json')).stdout);
    expect(stderr).toContain(key);
    expect(pem).toBe(stdout);
  });

  it('that was kept is found in the journal, in an export and in an extract, and said', async () => {
    const kept = await keep('kept.pem');
    const files = [[], [await exported('all')], [await exported('a', '--incident', 'inc_a')]];
    for (const file of files) {
      const { code, stdout } = await journal('verify', ...file, '--key', kept);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/holds:/) });
      expect(stdout).toContain('signed up to entry 4');
      expect(stdout).toContain('the key is one that was kept');
      expect(/the file is as it was exported at .*, by a key that was kept/.test(stdout)).toBe(
        file.length > 0,
      );
    }
    const unsure = await journal('verify');
    expect(unsure.stdout).toContain('the key is only what the journal itself says');
  });

  it('of another gateway is refused, with exit code 6', async () => {
    const mine = await exported('mine');
    const other = mkdtempSync(join(tmpdir(), 'liveview-'));
    const keys = new KeyRing(new KeyFile(other));
    const theirs = openJournal(join(other, 'journal.db'), { keys });
    theirs.sign();
    theirs.close();
    const { stdout } = await runCli(['journal', 'key', '--data-dir', other]);
    const kept = join(other, 'kept.pem');
    writeFileSync(kept, stdout);
    expect(await journal('verify', mine, '--key', kept)).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('nothing in it is signed with the kept key'),
    });
  });

  it('is replaced by one that it vouches for', async () => {
    const kept = await keep('first.pem');
    const before = readFileSync(join(dir, 'journal.key'), 'utf8');
    const { code, stdout } = await journal('rekey');
    expect(code).toBe(0);
    expect(readFileSync(join(dir, 'journal.key'), 'utf8')).not.toBe(before);
    expect(statSync(join(dir, 'journal.key')).mode & 0o777).toBe(0o600);
    expect((await journal('key')).stdout).toBe(stdout);
    const verdict = await journal('verify', '--key', kept, '--json');
    expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: true, signed: { seq: 6, kept: true } });
  });

  it('that is lost is replaced only by whoever says that it is', async () => {
    const kept = await keep('first.pem');
    expect(await journal('rekey', '--lost')).toMatchObject({ code: 2 });
    rmSync(join(dir, 'journal.key'));
    expect(await journal('rekey')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('put it back from a backup'),
    });
    expect(await journal('rekey', '--lost')).toMatchObject({ code: 0 });
    expect(await journal('verify')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('at entry 6 a key took over that no earlier key vouches for'),
    });
    expect(await journal('verify', '--key', kept)).toMatchObject({ code: 6 });
  });

  it('that is missing leaves an export without a signature, which is said', async () => {
    rmSync(join(dir, 'journal.key'));
    const { stdout, stderr } = await journal('export');
    expect(stderr).toMatch(/^not signed: .*journal\.key/);
    const file = join(dir, 'unsigned.jsonl');
    writeFileSync(file, stdout);
    const verdict = await journal('verify', file);
    expect(verdict.stdout).toContain('the file itself is not signed');
  });

  it.each<[string, string]>([
    ['a private key', readFileSync(new URL('../fixtures/tls/camera.key', import.meta.url), 'utf8')],
    ['no key', 'x'],
    ['half a key', '-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n'],
  ])('is not looked for in a file that holds %s', async (_, text) => {
    const file = join(dir, 'other.pem');
    writeFileSync(file, text);
    expect(await journal('verify', '--key', file)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds no Ed25519 public key'),
    });
    expect(await journal('verify', '--key', '/nowhere.pem')).toMatchObject({ code: 2 });
  });

  it('is not there before a gateway has made it', async () => {
    const fresh = mkdtempSync(join(tmpdir(), 'liveview-'));
    openJournal(join(fresh, 'journal.db')).close();
    for (const command of ['key', 'rekey']) {
      const result = await runCli(['journal', command, '--data-dir', fresh]);
      expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('no key yet') });
    }
  });
});
