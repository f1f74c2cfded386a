import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyFile } from '../../src/journal/key-file.ts';
import { KeyRing } from '../../src/journal/key-ring.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Folder } from './support.ts';

const BUILT = new URL('../../dist/journal/key-file.js', import.meta.url).href;

describe('the file of the private key', () => {
  let folder: Folder;
  let file: KeyFile;
  beforeEach(() => {
    folder = new Folder();
    file = new KeyFile(folder.path);
  });
  afterEach(() => folder.dispose());

  /** In a process that can make files and write nothing into them, as on a disk that is full. */
  function makeOnFullDisk() {
    const code = `import { KeyFile } from ${JSON.stringify(BUILT)}; new KeyFile(process.argv[1]).make();`;
    const node = [process.execPath, '--input-type=module', '-e', code, folder.path];
    return spawnSync('sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', ...node], { encoding: 'utf8' });
  }

  it('is there whole or not at all: a disk that is full leaves nothing that stands in the way', () => {
    expect(makeOnFullDisk()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot be written'),
    });
    expect(readdirSync(folder.path)).toEqual([]);
    const { key } = file.make();
    expect(file.load()?.key).toBe(key);
  });

  it('is made although a loss of power left half of one, for its owner alone', () => {
    writeFileSync(`${file.path}.new`, '-----BEGIN', { mode: 0o644 });
    const { key } = file.make();
    expect(file.load()?.key).toBe(key);
    expect(readdirSync(folder.path)).toEqual(['journal.key']);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });

  it('is never made in the place of another', () => {
    const { key } = file.make();
    expect(() => file.make()).toThrow(expect.objectContaining({ code: 'journal-key' }));
    expect(file.load()?.key).toBe(key);
  });

  it('that is no key says what to do', () => {
    writeFileSync(file.path, '', { mode: 0o600 });
    expect(() => file.load()).toThrow(/no private key; put it back from a backup, or remove it/);
  });

  it('is looked for every five seconds when it is missing, and at once when another was announced', () => {
    const clock = new ManualClock();
    const keys = new KeyRing(file, undefined, clock);
    const { key } = new KeyFile(folder.below('other')).make();
    expect(keys.signerOf(key)).toBeUndefined();
    renameSync(join(folder.path, 'other', 'journal.key'), file.path);
    clock.advance(4_999);
    expect(keys.signerOf(key)).toBeUndefined();
    clock.advance(1);
    expect(keys.signerOf(key)?.key).toBe(key);
    expect(keys.problem).toBeUndefined();
    expect(keys.signerOf('ab'.repeat(32))).toBeUndefined();
    const next = file.makeNext();
    expect(keys.signerOf(next.key)?.key).toBe(next.key);
  });
});
