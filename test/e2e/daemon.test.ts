import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LivePeer } from '../support/live-peer.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const UNREACHABLE = { id: 'gone', rtsp: { main: 'rtsp://127.0.0.1:1/main' } };
const running: (ServeRun | LiveviewProcess)[] = [];

function keep<T extends ServeRun | LiveviewProcess>(run: T): T {
  running.push(run);
  return run;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.stop('SIGKILL')));
});

describe('liveview serve', () => {
  it('starts with a camera that does not answer, says so, and goes on trying', async () => {
    const run = keep(await ServeRun.start({ config: { cameras: [UNREACHABLE] } }));
    const operator = await run.operator();
    const watching = operator.fetch('/v1/cameras/gone/live.mp4').catch(() => undefined);
    await run.process.logged(/camera-unreachable/);
    await until('a second attempt', () => run.process.stderr.match(/camera-unreachable/g)?.[1]);
    expect(await run.stop()).toBe(0);
    await watching;
  });

  it('refuses a bad configuration: every problem, and exit code 3', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'liveview-e2e-')), 'cameras.yaml');
    writeFileSync(file, 'centre: { listen: here }\ncameras: [{ id: a }]\n');
    const process = keep(new LiveviewProcess(['serve', '--config', file]));
    expect(await process.ended()).toBe(3);
    expect(process.stderr).toContain(`${file}:1: centre.listen: write address:port`);
    expect(process.stderr).toContain(`${file}:2: cameras[0]: say how to reach the camera`);
  });

  it('says which port is taken and what to do, and leaves the journal whole', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await until('a port is held', () => holder.listening);
    const { port } = holder.address() as { port: number };
    const run = keep(
      ServeRun.launch({
        config: { cameras: [UNREACHABLE], centre: { listen: `127.0.0.1:${port}` } },
      }),
    );
    expect(await run.process.ended()).toBe(1);
    expect(run.process.stderr).toMatch(new RegExp(`liveview: .*${port}.*(in use|taken)`));
    holder.close();
    const verify = keep(new LiveviewProcess(['journal', 'verify', '--data-dir', run.dataDir]));
    expect(await verify.ended()).toBe(0);
  });

  it('serves without ffmpeg, says what is missing and how to get it', async () => {
    const run = keep(
      await ServeRun.start({
        config: { cameras: [UNREACHABLE] },
        env: { FFMPEG_PATH: '/nowhere/ffmpeg' },
      }),
    );
    await run.process.logged(/apt-get install .*ffmpeg/);
    const peer = await LivePeer.connect(await run.operator());
    peer.say({ type: 'watch', channel: 1, camera: 'gone', quality: 'low' });
    const refusal = await until('a refusal', () =>
      peer.messages.find((message) => message.type === 'error' || message.type === 'ended'),
    );
    expect(refusal).toMatchObject({ code: 'quality-not-available' });
  });

  it.each(['demo', 'simulate'])(
    'says what %s misses without ffmpeg, and does not start',
    async (command) => {
      const run = keep(new LiveviewProcess([command], { FFMPEG_PATH: '/nowhere/ffmpeg' }));
      expect(await run.ended()).toBe(1);
      expect(run.stderr).toMatch(/^liveview: .*apt-get install .*ffmpeg/);
    },
  );

  it('says which port of the demonstration is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await until('a port is held', () => holder.listening);
    const { port } = holder.address() as { port: number };
    for (const args of [
      ['demo', '--centre-port', String(port), '--police-port', '0'],
      ['simulate', '--rtsp-port', String(port), '--onvif-port', '0'],
      ['simulate', '--rtsp-port', '0', '--onvif-port', String(port)],
    ]) {
      const run = keep(new LiveviewProcess(args));
      expect(await run.ended()).toBe(1);
      expect(run.stderr).toMatch(new RegExp(`^liveview: .*${port}.*in use`));
    }
    holder.close();
  });

  it('stops at SIGTERM with 0', async () => {
    const run = keep(await ServeRun.start({ config: { cameras: [UNREACHABLE] } }));
    expect(await run.stop('SIGTERM')).toBe(0);
    expect(run.process.stderr).toContain('"stopped"');
  });

  it('takes over a changed configuration at SIGHUP, and keeps the old one when the new is bad', async () => {
    const run = keep(await ServeRun.start({ config: { cameras: [UNREACHABLE] } }));
    const operator = await run.operator();
    const names = async () =>
      (await operator.call<{ name: string }[]>('GET', '/v1/cameras')).map((camera) => camera.name);
    expect(await names()).toEqual(['gone']);

    rewrite(run, { cameras: [{ ...UNREACHABLE, name: 'Achterdeur' }] });
    run.process.child.kill('SIGHUP');
    await until('the new name', async () => (await names())[0] === 'Achterdeur');

    rewrite(run, { cameras: [] });
    run.process.child.kill('SIGHUP');
    await run.process.logged(/the old one stays.*at least one camera/);
    expect(await names()).toEqual(['Achterdeur']);
  });
});

/** Changes sections of the configuration file of a running gateway. */
function rewrite(run: ServeRun, sections: object): void {
  const gateway = { dataDir: run.dataDir, logLevel: 'debug' };
  writeFileSync(run.configFile, JSON.stringify({ gateway, ...sections }));
}
