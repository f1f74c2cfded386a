import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { claimDataDir } from '../../src/gateway/data-dir.ts';

const folder = () => join(mkdtempSync(join(tmpdir(), 'liveview-')), 'data');

describe('the data directory', () => {
  it('is made, and taken by one gateway at a time', async () => {
    const path = folder();
    const first = await claimDataDir(path);
    await expect(claimDataDir(path)).rejects.toMatchObject({ code: 'already-running' });
    await first.release();
    const second = await claimDataDir(path);
    await second.release();
    expect(existsSync(join(path, 'gateway.lock'))).toBe(false);
  });

  it('is free again after a crash, although the socket is left behind', async () => {
    const path = folder();
    const claim = await claimDataDir(path);
    await claim.release();
    const crash = `require('node:net').createServer().listen(${JSON.stringify(join(path, 'gateway.lock'))}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(() => execFileSync(process.execPath, ['-e', crash], { stdio: 'ignore' })).toThrow();
    expect(existsSync(join(path, 'gateway.lock'))).toBe(true);
    await (await claimDataDir(path)).release();
  });

  it('may have a path longer than the name of a socket can be', async () => {
    const path = join(folder(), 'x'.repeat(100), 'y'.repeat(100));
    await (await claimDataDir(path)).release();
  });

  it('that cannot be made is refused, saying what to do', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'file');
    writeFileSync(file, '');
    await expect(claimDataDir(join(file, 'data'))).rejects.toMatchObject({
      code: 'data-dir',
      message: expect.stringContaining('gateway.dataDir'),
    });
  });
});
