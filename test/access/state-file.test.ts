import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { StateFile } from '../../src/access/state-file.ts';

const schema = z.array(z.number());

describe('a state file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-state-'));
    path = join(folder, 'deep', 'numbers.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () => new StateFile<number[]>(path, schema, []);

  it('is empty until something is written, and makes its folder', () => {
    const file = open();
    expect(file.read()).toEqual([]);
    file.update((numbers) => [...numbers, 1]);
    expect(file.read()).toEqual([1]);
    expect(open().read()).toEqual([1]);
  });

  it('builds on what another process wrote meanwhile', () => {
    const [one, two] = [open(), open()];
    one.update(() => [1]);
    two.update((numbers) => [...numbers, 2]);
    one.update((numbers) => [...numbers, 3]);
    expect(two.read()).toEqual([1, 2, 3]);
  });

  it('stays as it was when the change fails, and leaves nothing behind', () => {
    const file = open();
    file.update(() => [1]);
    const failing = () => {
      throw new Error('no');
    };
    expect(() => file.update(failing)).toThrow('no');
    expect(file.read()).toEqual([1]);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['numbers.json']);
  });

  it('refuses a second writer, and gets over a lock that a dead one left', () => {
    const file = open();
    file.update(() => [1]);
    writeFileSync(`${path}.lock`, '');
    expect(() => file.update(() => [2])).toThrow(
      expect.objectContaining({ code: 'state-file-busy' }),
    );
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${path}.lock`, longAgo, longAgo);
    file.update(() => [3]);
    expect(file.read()).toEqual([3]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('is not written through a link that somebody put where its successor is made', () => {
    const file = open();
    file.update(() => [1]);
    const elsewhere = join(folder, 'elsewhere');
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, `${path}.${process.pid}.new`);
    file.update(() => [2]);
    expect([readFileSync(elsewhere, 'utf8'), file.read()]).toEqual(['precious', [2]]);
  });

  it.each(['', 'not json', '{"a":1}', '["1"]'])('says when it is damaged: %j', (text) => {
    const file = open();
    file.update(() => [1]);
    writeFileSync(path, text);
    expect(() => file.read()).toThrow(expect.objectContaining({ code: 'state-file-unreadable' }));
    expect(() => file.update(() => [2])).toThrow(
      expect.objectContaining({ code: 'state-file-unreadable' }),
    );
  });
});
