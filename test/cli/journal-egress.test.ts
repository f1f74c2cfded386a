import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import {
  ended,
  entries,
  given,
  type MadeFlow,
  record,
  started,
  withdrawn,
} from '../egress/support.ts';
import { runCli } from '../support/cli.ts';

let dir: string;
let folder: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveview-'));
  folder = join(dir, 'egress');
  mkdirSync(folder);
  const journal = openJournal(join(dir, 'journal.db'));
  for (const entry of entries([given(['shop-1']), started, withdrawn, ended()])) {
    const { kind, actor, incident, data } = entry;
    journal.append({ kind, actor, data, ...(incident === undefined ? {} : { incident }) });
  }
  journal.close();
});
afterEach(() => rmSync(dir, { recursive: true }));

function left(flows: readonly MadeFlow[]): void {
  writeFileSync(join(folder, 'made.jsonl'), `${record(flows).join('\n')}\n`);
}

const verify = (...more: string[]) => runCli(['journal', 'verify', ...more]);

describe('liveview journal verify --egress', () => {
  it('finds that what left is what is journalled, of a journal in use', async () => {
    left([{}]);
    const { code, stdout } = await verify('--data-dir', dir, '--egress', folder);
    expect(stdout).toContain(
      '1 flows left with 100 bytes, each within what is journalled and shared\n',
    );
    expect(code).toBe(0);
  });

  it('the same of an export and of an extract, without a gateway', async () => {
    left([{}]);
    for (const about of [[], ['--incident', 'inc_1']]) {
      const { stdout } = await runCli(['journal', 'export', '--data-dir', dir, ...about]);
      const file = join(dir, 'exported.jsonl');
      writeFileSync(file, stdout);
      const made = await verify(file, '--egress', join(folder, 'made.jsonl'), '--json');
      expect(made.code).toBe(0);
      expect(JSON.parse(made.stdout).egress).toMatchObject({ ok: true, flows: 1, bytes: 100 });
      left([{ bytes: 101 }]);
      const other = await verify(file, '--egress', folder, '--json');
      expect(other.code).toBe(6);
      expect(JSON.parse(other.stdout).egress.faults).toMatchObject([{ code: 'other-bytes' }]);
      left([{}]);
    }
  });

  it('prints what does not fit and exits with 6', async () => {
    left([{ upTo: 3 }, { about: { viewing: 'view_9' } }]);
    const { code, stdout, stderr } = await verify('--data-dir', dir, '--egress', folder);
    expect(stdout).toMatch(/^after-grant: flow 1 .* 100 bytes of shop-1 to daan of rotterdam/m);
    expect(stdout).toMatch(/^not-journalled: flow 2 /m);
    expect(stderr).toContain('more or other left than the journal covers');
    expect(code).toBe(6);
  });

  it.each([
    ['no text', Buffer.from([0xff, 0xfe, 0x0a])],
    ['longer than any line', Buffer.alloc(5 * 1024 * 1024, 'x')],
  ])('finds a line that was overwritten with what is %s', async (_what, bytes) => {
    left([{}]);
    const file = join(folder, 'made.jsonl');
    const [begun = '', flow = '', ...rest] = readFileSync(file, 'utf8').split('\n');
    const spoilt = Buffer.concat([bytes, Buffer.from(bytes.at(-1) === 0x0a ? '' : '\n')]);
    const before = Buffer.from(`${begun}\n${flow}\n`);
    writeFileSync(file, Buffer.concat([before, spoilt, Buffer.from(rest.join('\n'))]));
    const { code, stdout, stderr } = await verify('--data-dir', dir, '--egress', folder, '--json');
    expect(stderr).not.toContain('exported journal');
    expect(JSON.parse(stdout).egress.faults).toEqual([
      { code: 'record-damaged', where: `${file}, line 3` },
    ]);
    expect(code).toBe(6);
  });

  it('is wrong use without a record', async () => {
    const empty = join(dir, 'empty.jsonl');
    writeFileSync(empty, '');
    for (const path of [join(dir, 'nothing'), folder, empty]) {
      expect((await verify('--data-dir', dir, '--egress', path)).code).toBe(2);
    }
  });
});
