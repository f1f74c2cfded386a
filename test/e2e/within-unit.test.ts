import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MAX_TASKS } from '../../src/video/transcode/containment.ts';
import { childrenOf, commandOf } from '../support/child-processes.ts';
import { LivePeer } from '../support/live-peer.ts';
import { pdfOf } from '../support/pdf.ts';
import { plain } from '../support/pictures.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
/** Of `transcode.maxEncoders`. */
const MOST_ENCODERS = 64;
const UNIT = path('../../systemd/liveview.service');

let cameras: SimulateRun;
let run: ServeRun;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '1']);
  run = await ServeRun.start({
    config: { cameras: cameras.config(), sites: [{ id: 'site', name: 'Site' }] },
    // As systemd sets it for every service.
    env: { ...CAMERA_PASSWORD_ENV, INVOCATION_ID: '0123456789abcdef0123456789abcdef' },
    within: ['python3', path('../support/within-unit.py'), UNIT],
  });
});
afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop();
});

function statusOf(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'latin1');
}

function tasksOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).length;
}

describe('under the system calls, families and namespaces of its unit', () => {
  it('the gateway has no privilege and a filter', () => {
    const status = statusOf(run.process.child.pid ?? 0);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
  });

  it('an encoder starts without network, and its pictures come', async () => {
    const viewer = await LivePeer.connect(await run.operator());
    const camera = cameras.cameras[0]?.id ?? '';
    viewer.say({ type: 'watch', channel: 1, camera, quality: 'low' });
    await viewer.pictures(5, 1, 60_000);
    const [encoder = 0] = childrenOf(run.process.child.pid ?? 0).filter(
      (pid) => commandOf(pid) === 'ffmpeg',
    );
    const shared = readlinkSync('/proc/self/ns/net');
    const isShared = readlinkSync(`/proc/${encoder}/ns/net`) === shared;
    // A machine that forbids such namespaces is told of.
    expect(isShared).toBe(run.process.stderr.includes('encoders share the network'));
    for (const gap of ['may take any amount', 'may be ended before', 'end only with their pipes']) {
      expect(run.process.stderr).not.toContain(gap);
    }
    // So is one whose kernel has no Landlock; the unit allows it.
    const { status } = spawnSync('perl', ['-e', 'exit(syscall(444, 0, 0, 1) < 1)']);
    expect(run.process.stderr.includes('can open every file')).toBe(status !== 0);
    viewer.close();
    const most = Number(/^TasksMax=(\d+)$/m.exec(readFileSync(UNIT, 'utf8'))?.[1]);
    const used = tasksOf(run.process.child.pid ?? 0) + MOST_ENCODERS * tasksOf(encoder);
    // One that was taken over and takes all it may stops none of the others.
    expect(most).toBeGreaterThan(used + MAX_TASKS);
  });

  it('a camera is turned, a still is taken, and a plan is decoded and drawn', async () => {
    const operator = await run.operator();
    const camera = cameras.cameras[0]?.id ?? '';
    await operator.call('POST', `/v1/cameras/${camera}/ptz`, { action: 'ptz.home' });
    const still = await operator.picture(`/v1/cameras/${camera}/snapshot.jpg?width=160`);
    expect(still.headers.get('content-type')).toBe('image/jpeg');
    const page = { widthPoints: 200, heightPoints: 100, content: '1 0 0 rg 0 0 100 100 re f' };
    for (const bytes of [pdfOf({ pages: [page] }), await plain('webp')([40, 40, 90])]) {
      const form = new FormData();
      form.set('site', 'site');
      form.set('name', 'Begane grond');
      form.set('file', new Blob([new Uint8Array(bytes)]), 'plan');
      const answer = await operator.fetch('/v1/plans', { method: 'POST', body: form });
      expect([answer.status, await answer.json()]).toEqual([201, expect.anything()]);
    }
  });

  it('the configuration is read again, and the end is in order', async () => {
    run.process.child.kill('SIGHUP');
    await run.process.logged(/configuration read again/);
    expect(await run.stop('SIGTERM')).toBe(0);
    await until('no child', () => childrenOf(run.process.child.pid ?? 0).length === 0);
  });
});
