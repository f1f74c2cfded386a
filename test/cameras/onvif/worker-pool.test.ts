import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { OnvifWorkerPool } from '../../../src/cameras/onvif/worker-pool.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { codeOf } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'liveview-pool-'));
const pools: OnvifWorkerPool[] = [];

/** A worker whose calls do to it what their name says; the others answer with what it knows. */
const SCRIPT = `
import { parentPort, threadId } from 'node:worker_threads';
const opened = [];
parentPort.on('message', (message) => {
  if (message.kind === 'ping') return parentPort.postMessage({ kind: 'pong' });
  if (message.kind === 'open') return opened.push(message.endpoint);
  if (message.kind !== 'call') return;
  const { id, name, camera } = message;
  if (name === 'streams') { parentPort.postMessage({ kind: 'reading', camera }); for (;;); }
  if (name === 'goHome') process.exit(1);
  if (name === 'goToPreset') setImmediate(() => { throw new Error('boom'); });
  if (name === 'presets') for (;;);
  if (name === 'status') return;
  if (name === 'snapshotUri') { const all = []; for (;;) all.push(new Array(1e6).fill(1)); }
  parentPort.postMessage({ kind: 'result', id, result: { threadId, opened } });
});
parentPort.postMessage({ kind: 'ready' });
`;
const script = join(folder, 'worker.mjs');
writeFileSync(script, SCRIPT);

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(options: { size?: number; file?: string } = {}): OnvifWorkerPool {
  const workerUrl = pathToFileURL(options.file ?? script);
  const shared = { clock: systemClock, log: silentLogger, workerUrl, stallMs: 300 };
  const pool = new OnvifWorkerPool({ ...shared, size: options.size ?? 1 });
  pools.push(pool);
  return pool;
}

function connect(pool: OnvifWorkerPool, camera = 'c1') {
  const credentials = { username: 'u', password: new Secret('p') };
  const connection = pool.connect({ camera, host: '[::1]', port: 80, credentials });
  const look = () => connection.call('identity', {}, 10_000) as unknown as Promise<Seen>;
  return { connection, look };
}

interface Seen {
  readonly threadId: number;
  readonly opened: readonly unknown[];
}

const args = { profile: '0', preset: '0', host: 'x' };

describe('the pool of ONVIF workers', () => {
  it('makes a camera known to its worker once, when it is first called', async () => {
    const { look } = connect(open());
    await look();
    expect((await look()).opened).toEqual([
      { host: '::1', port: 80, https: false, credentials: { username: 'u', password: 'p' } },
    ]);
  });

  it.each([
    ['ends', 'goHome'],
    ['throws', 'goToPreset'],
    ['stalls', 'presets'],
    ['takes all memory', 'snapshotUri'],
  ] as const)(
    'replaces a worker that %s, and makes its cameras known again',
    async (_what, deed) => {
      const pool = open();
      const { connection, look } = connect(pool);
      const other = connect(pool, 'c2');
      const before = await look();
      await other.look();
      const lost = [
        connection.call(deed, args, 10_000),
        other.connection.call('status', args, 10_000),
      ];
      const codes = await Promise.all(lost.map((call) => call.catch(codeOf)));
      expect(codes).toEqual(expect.arrayContaining(['camera-unreachable']));
      const after = await look();
      expect(after.threadId).not.toBe(before.threadId);
      expect(after.opened).toHaveLength(1);
      expect((await other.look()).opened).toHaveLength(2);
    },
  );

  it('sets the camera apart whose answer stalled the worker, for good', async () => {
    const pool = open();
    const bad = connect(pool, 'bad');
    const good = connect(pool, 'good');
    const stalled = () => bad.connection.call('streams', args, 10_000).catch(codeOf);
    expect(await stalled()).toBe('camera-unreachable');
    const { threadId } = await good.look();
    expect((await bad.look()).threadId).not.toBe(threadId);
    expect(await stalled()).toBe('camera-unreachable');
    expect((await good.look()).threadId).toBe(threadId);
    expect((await bad.look()).threadId).not.toBe(threadId);
    bad.connection.close();
    await expect(bad.look()).rejects.toMatchObject({ code: 'aborted' });
  });

  it('does not wait for an answer beyond the deadline', async () => {
    const { connection } = connect(open());
    await expect(connection.call('status', args, 100)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('divides cameras among its workers', async () => {
    const pool = open({ size: 2 });
    const seen = await Promise.all(['a', 'b', 'c', 'd'].map((name) => connect(pool, name).look()));
    expect(new Set(seen.map(({ threadId }) => threadId)).size).toBe(2);
  });

  it('says so when a worker cannot start', async () => {
    const { look } = connect(open({ file: join(folder, 'none.mjs') }));
    await expect(look()).rejects.toMatchObject({
      code: 'camera-unreachable',
      message: expect.stringContaining('none.mjs'),
    });
  });

  it('rejects what is under way when it is closed, and everything after', async () => {
    const pool = open();
    const { connection, look } = connect(pool);
    await look();
    const waiting = connection.call('status', args, 10_000).catch(codeOf);
    await pool.close();
    expect(await waiting).toBe('aborted');
    await expect(look()).rejects.toMatchObject({ code: 'aborted' });
    expect(() => connect(pool)).toThrow();
  });

  it('rejects calls to a camera that was closed', async () => {
    const { connection, look } = connect(open());
    connection.close();
    await expect(look()).rejects.toMatchObject({ code: 'aborted' });
  });
});
