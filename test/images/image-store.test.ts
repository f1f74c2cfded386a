import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../src/core/log.ts';
import { ImageStore } from '../../src/images/image-store.ts';
import { sha256Of } from '../../src/images/picture-maker.ts';

const bytes = Buffer.from('the bytes of a picture');
const hash = sha256Of(bytes);
let dataDir: string;
let folder: string;
let store: ImageStore;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'liveview-images-'));
  folder = join(dataDir, 'images');
  store = new ImageStore(folder, silentLogger);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('a kept picture', () => {
  it('is a file for its owner alone, under its hash', async () => {
    await store.keep(hash, bytes);
    expect(readdirSync(folder)).toEqual([hash]);
    expect([modeOf(folder), modeOf(join(folder, hash))]).toEqual([0o700, 0o600]);
    expect(await store.read(hash)).toEqual(bytes);
  });

  it('is kept once', async () => {
    await Promise.all([store.keep(hash, bytes), store.keep(hash, bytes)]);
    await store.keep(hash, bytes);
    expect(readdirSync(folder)).toEqual([hash]);
  });

  it('is gone when it is forgotten, and forgetting it again is no fault', async () => {
    await store.keep(hash, bytes);
    await store.forget(hash);
    await store.forget(hash);
    expect(readdirSync(folder)).toEqual([]);
    await expect(store.read(hash)).rejects.toMatchObject({ code: 'image-missing' });
  });

  it('is not served when its bytes are others', async () => {
    await store.keep(hash, bytes);
    writeFileSync(join(folder, hash), 'something else');
    await expect(store.read(hash)).rejects.toMatchObject({ code: 'image-missing' });
  });

  it('is not served through a link', async () => {
    await store.keep(hash, bytes);
    const elsewhere = join(dataDir, 'elsewhere');
    writeFileSync(elsewhere, bytes);
    rmSync(join(folder, hash));
    symlinkSync(elsewhere, join(folder, hash));
    await expect(store.read(hash)).rejects.toMatchObject({ code: 'image-missing' });
  });

  it.each(['../users.json', '', hash.slice(1), `${hash}/`])('has no name like %p', async (name) => {
    await expect(store.read(name)).rejects.toMatchObject({ code: 'image-missing' });
    await expect(store.keep(name, bytes)).rejects.toMatchObject({ code: 'image-missing' });
  });
});

describe('what cannot be kept', () => {
  it('is said, and leaves nothing', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    await expect(store.keep(hash, bytes)).rejects.toMatchObject({
      code: 'images-unwritable',
      message: expect.stringContaining('space left'),
    });
    expect(readdirSync(dataDir)).toEqual(['images']);
  });
});

describe('after a crash', () => {
  it('goes what was not finished, and what nothing refers to', async () => {
    await store.keep(hash, bytes);
    const orphan = Buffer.from('kept, but not yet in the journal');
    await store.keep(sha256Of(orphan), orphan);
    writeFileSync(join(folder, `${hash}.1.1.part`), 'half');
    writeFileSync(join(folder, 'notes.txt'), 'not ours');
    await store.sweep(new Set([hash]));
    expect(readdirSync(folder).sort()).toEqual([hash, 'notes.txt'].sort());
  });

  it('there may be no folder yet', async () => {
    await expect(store.sweep(new Set())).resolves.toBeUndefined();
  });
});
