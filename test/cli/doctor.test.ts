import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCli } from '../support/cli.ts';

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'liveview-doctor-'));
  file = join(folder, 'cameras.yaml');
  const camera = (id: string) => ({ id, rtsp: { main: 'rtsp://192.0.2.1/1' } });
  const cameras = [camera('shop-1'), camera('square')];
  writeFileSync(file, JSON.stringify({ gateway: { dataDir: folder }, cameras }));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('liveview doctor, asked in a wrong way', () => {
  it.each([
    ['nothing', [], /--rtsp URL/],
    ['two cameras', ['192.0.2.1', '--rtsp', 'rtsp://192.0.2.1/'], /--rtsp URL/],
    ['a password in the address', ['--rtsp', 'rtsp://a:b@192.0.2.1/'], /out of the URL/],
    ['a user without a password', ['192.0.2.1', '--username', 'a'], /needs a password/],
    ['an unknown transport', ['192.0.2.1', '--transport', 'pigeon'], /auto, tcp/],
    ['too long', ['192.0.2.1', '--seconds', '301'], /from 1 to 300/],
    ['no address', ['http://192.0.2.1/'], /HOST:PORT/],
  ])('exits with 2: %s', async (_what, args, said) => {
    const { code, stdout, stderr } = await runCli(['doctor', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });

  it.each([
    ['a camera that the configuration has not', ['elsewhere'], /shop-1, square/],
    ['no camera of it', [], /shop-1, square/],
    ['another way to reach it', ['shop-1', '--transport', 'tcp'], /is in the configuration/],
  ])('exits with 2: %s', async (_what, args, said) => {
    const { code, stderr } = await runCli(['doctor', ...args, '--config', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
  });

  it('exits with 3 without a configuration', async () => {
    expect(await runCli(['doctor', 'shop-1', '--config', '/nowhere.yaml'])).toMatchObject({
      code: 3,
    });
  });
});
