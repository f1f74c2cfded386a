import {
  chownSync,
  closeSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { StateFile } from '../../src/access/state-file.ts';
import { makeFolder, openNewFile } from '../../src/core/ownership.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';

/** Only root can give files away; anybody else keeps what is theirs, and must not fail at it. */
const ROOT = process.getuid?.() === 0;
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const DAEMON = ROOT ? { uid: 4711, gid: 4712 } : own;
const OTHER = ROOT ? { uid: 4713, gid: 4714 } : own;

const ownerOf = (file: string) => {
  const { uid, gid } = statSync(file);
  return { uid, gid };
};

describe('what is made in the folder of the daemon, by root too,', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-owner-'));
    chownSync(folder, DAEMON.uid, DAEMON.gid);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('belongs to the owner of the folder, and is for nobody else', () => {
    const file = join(folder, 'new');
    closeSync(openNewFile(file));
    expect(ownerOf(file)).toEqual(DAEMON);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    makeFolder(join(folder, 'a/b'));
    expect([ownerOf(join(folder, 'a')), ownerOf(join(folder, 'a/b'))]).toEqual([DAEMON, DAEMON]);
  });

  it('belongs to the owner of what it takes the place of', () => {
    const like = join(folder, 'like');
    writeFileSync(like, '');
    chownSync(like, OTHER.uid, OTHER.gid);
    closeSync(openNewFile(join(folder, 'new'), like));
    expect(ownerOf(join(folder, 'new'))).toEqual(OTHER);
  });

  it('is never something that was there before, nor what a link points to', () => {
    const file = join(folder, 'there');
    writeFileSync(file, '');
    symlinkSync(file, join(folder, 'link'));
    for (const name of ['there', 'link']) {
      expect(() => openNewFile(join(folder, name))).toThrow(
        expect.objectContaining({ code: 'EEXIST' }),
      );
    }
    expect(ownerOf(file)).toEqual(own);
  });

  it('is a state file that the daemon can go on reading, its lock meanwhile too', () => {
    const path = join(folder, 'deep', 'numbers.json');
    const file = new StateFile<number[]>(path, z.array(z.number()), []);
    file.update(() => {
      expect(ownerOf(`${path}.lock`)).toEqual(DAEMON);
      return [1];
    });
    expect([ownerOf(path), ownerOf(join(folder, 'deep'))]).toEqual([DAEMON, DAEMON]);
    chownSync(path, OTHER.uid, OTHER.gid);
    file.update(() => [2]);
    expect(ownerOf(path)).toEqual(OTHER);
  });

  it('is a journal that the daemon can go on writing, with all that belongs to it', () => {
    const journal = openJournal(join(folder, 'journal.db'));
    journal.append({ kind: 'test', actor: { user: 'root', role: 'gateway' }, data: {} });
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['journal.db', 'journal.db-shm', 'journal.db-wal', 'journal.head']);
    for (const name of files) expect([name, ownerOf(join(folder, name))]).toEqual([name, DAEMON]);
    journal.close();
  });
});
