import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { main } from '../../src/cli/main.ts';
import { GATEWAY_ACTOR } from '../../src/journal/record.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { verifyExport } from '../../src/journal/verify-export.ts';
import { SignedJournal } from '../journal/support.ts';
import { runCli } from '../support/cli.ts';

const BIN = fileURLToPath(new URL('../../bin/liveview.js', import.meta.url));

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveview-'));
  const journal = openJournal(join(dir, 'journal.db'));
  for (const [index, incident] of ['inc_a', 'inc_b', 'inc_a'].entries()) {
    journal.append({ kind: 'test.done', actor: GATEWAY_ACTOR, incident, data: { index } });
  }
  journal.close();
});

describe('liveview journal', () => {
  it.each([[[]], [['--incident', 'inc_a']]])(
    'exports one moment of a journal in use (%j), whatever is removed and announced meanwhile',
    async (about) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'liveview-'));
      const gateway = new SignedJournal(dataDir);
      gateway.journal.append({ kind: 'user.added', actor: GATEWAY_ACTOR, data: {} });
      gateway.close('inc_a');
      gateway.clock.advance(31 * 86_400_000);
      const keepDays = 30;
      const beforeUnixUs = gateway.clock.unixUs() - keepDays * 86_400_000_000;
      let text = '';
      let removed = 0;
      const stdout = new Writable({
        write(chunk, _encoding, done) {
          if (text === '') {
            gateway.rekey();
            removed = gateway.journal.removeContent({ keepDays, beforeUnixUs }, 100);
          }
          text += chunk;
          done();
        },
      });
      const [stderr, stdin] = [new PassThrough(), Readable.from([])];
      const args = ['journal', 'export', ...about, '--data-dir', dataDir];
      expect(await main(args, { stdout, stderr, stdin, env: {} })).toBe(0);
      gateway.journal.close();
      expect(removed).toBe(2);
      expect(verifyExport(text.trimEnd().split('\n'))).toMatchObject({ ok: true });
    },
  );

  it('verifies a journal where it lies', async () => {
    const { code, stdout } = await runCli(['journal', 'verify', '--data-dir', dir]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^the chain holds: 3 entries, head 3 [0-9a-f]{64}\nnot signed: /);
  });

  it('misses an end that is cut off wherever it is noted, unless the head was kept elsewhere', async () => {
    const verify = (...more: string[]) =>
      runCli(['journal', 'verify', '--data-dir', dir, '--json', ...more]);
    const { head } = JSON.parse((await verify()).stdout);
    const kept = `${head.seq}:${head.hash}`;
    expect((await verify('--head', kept)).code).toBe(0);
    const other = await verify('--head', `${head.seq}:${'0'.repeat(64)}`);
    expect(other.code).toBe(6);
    expect(JSON.parse(other.stdout).reason).toBe('it is not the entry that the kept head names');
    const database = new Database(join(dir, 'journal.db'));
    database.exec('DELETE FROM entries WHERE seq = 3');
    database.exec('UPDATE head SET (seq, hash) = (SELECT seq, hash FROM entries WHERE seq = 2)');
    database.close();
    expect(JSON.parse((await verify()).stdout)).toMatchObject({ ok: false, seq: 3 });
    rmSync(join(dir, 'journal.head'));
    expect((await verify()).code).toBe(0);
    const cut = await verify('--head', kept);
    expect(JSON.parse(cut.stdout)).toEqual({
      ...{ ok: false, seq: 3, reason: 'entries are missing at the end' },
    });
    expect(cut.code).toBe(6);
  });

  it('looks for a kept head in an export too, and says when an extract cannot hold it', async () => {
    const stored = await runCli(['journal', 'verify', '--data-dir', dir, '--json']);
    const { head } = JSON.parse(stored.stdout);
    const kept = ['--head', `${head.seq}:${head.hash}`];
    const verdictOn = async (...more: string[]) => {
      const { stdout } = await runCli(['journal', 'export', '--data-dir', dir, ...more]);
      const file = join(dir, 'export.jsonl');
      writeFileSync(file, stdout);
      return runCli(['journal', 'verify', file, ...kept]);
    };
    expect((await verdictOn()).code).toBe(0);
    expect((await verdictOn('--incident', 'inc_b')).code).toBe(0);
    const journal = openJournal(join(dir, 'journal.db'));
    const [first] = [...journal.read({ limit: 1 })];
    journal.close();
    kept[1] = `1:${first?.hash}`;
    expect((await verdictOn('--incident', 'inc_a')).code).toBe(0);
    expect(await verdictOn('--incident', 'inc_b')).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('the entry of the kept head is not in this extract'),
    });
  });

  it('refuses a head that is none', async () => {
    const result = await runCli(['journal', 'verify', '--head', '3', '--data-dir', dir]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('4711:0c76') });
  });

  it('exports lines that verify by themselves, whole or for one incident', async () => {
    for (const more of [[], ['--incident', 'inc_a']]) {
      const { stdout } = await runCli(['journal', 'export', '--data-dir', dir, ...more]);
      const file = join(dir, 'export.jsonl');
      writeFileSync(file, stdout);
      const verdict = await runCli(['journal', 'verify', file, '--json']);
      expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: true, entries: more.length ? 2 : 3 });
    }
  });

  it('finds one changed character in an export, and exits with 6', async () => {
    const { stdout } = await runCli(['journal', 'export', '--data-dir', dir]);
    const file = join(dir, 'export.jsonl');
    writeFileSync(file, stdout.replace('"index":1', '"index":7'));
    const verdict = await runCli(['journal', 'verify', file]);
    expect(verdict).toMatchObject({ code: 6, stderr: expect.stringContaining('entry 2') });
  });

  it.each([
    ['cut off', (file: string) => truncateSync(file, 5_000)],
    ['no database', (file: string) => writeFileSync(file, 'x'.repeat(10_000))],
  ])('gives its verdict on a database that is %s, and exits with 6', async (_what, damage) => {
    const file = join(dir, 'journal.db');
    const database = new Database(file);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    damage(file);
    const { code, stdout } = await runCli(['journal', 'verify', '--data-dir', dir, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/damaged/),
    });
    expect(code).toBe(6);
  });

  it('exports no incident that it does not know', async () => {
    const args = ['journal', 'export', '--data-dir', dir, '--incident', 'inc_x'];
    const result = await runCli(args);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('no incident inc_x');
  });

  it('ends without a word when its reader has had enough', async () => {
    const journal = openJournal(join(dir, 'journal.db'));
    const entry = { kind: 'test.done', actor: GATEWAY_ACTOR, incident: null, data: {} };
    journal.appendAll(new Array(3_000).fill({ ...entry, data: { text: 'x'.repeat(300) } }));
    journal.close();
    const command = spawn(process.execPath, [BIN, 'journal', 'export', '--data-dir', dir]);
    let complaint = '';
    command.stderr.on('data', (chunk) => {
      complaint += String(chunk);
    });
    command.stdout.once('data', () => command.stdout.destroy());
    const [code] = await once(command, 'close');
    expect({ code, complaint }).toEqual({ code: 1, complaint: '' });
  });

  it.each([
    ['a folder without a journal', () => ['--data-dir', tmpdir()], 'no journal'],
    ['a file that is not there', () => ['/nowhere/export.jsonl'], 'no file'],
  ])('says so for %s', async (_what, args, says) => {
    const result = await runCli(['journal', 'verify', ...args()]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  });

  it('leaves the journal as it found it', async () => {
    const before = readFileSync(join(dir, 'journal.db'));
    await runCli(['journal', 'verify', '--data-dir', dir]);
    expect(readFileSync(join(dir, 'journal.db')).equals(before)).toBe(true);
  });
});
