import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseConfig } from '../../src/config/load.ts';
import { runCli } from '../support/cli.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';

jest.setTimeout(180_000);

let cameras: SimulateRun;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2', '--interface', 'lo']);
});

afterAll(() => cameras?.stop('SIGKILL'));

async function run(...args: string[]): Promise<LiveviewProcess & { code: unknown }> {
  const process = new LiveviewProcess(args, { ...CAMERA_PASSWORD_ENV, WRONG: 'not the password' });
  return Object.assign(process, { code: await process.ended() });
}

const target = (id: string) => new URL(cameras.camera(id).onvifUrl).host;
const ACCESS = ['--username', 'liveview', '--password-env', 'VIRTUAL_CAMERA'];
const ON_LO = ['--interface', 'lo', '--timeout', '2500ms'];

describe('liveview discover', () => {
  it('finds the cameras on an interface, as a table', async () => {
    const { code, stdout, stderr } = await run('discover', ...ON_LO);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ADDRESS +NAME +/);
    expect(stdout).toContain(cameras.camera('shop-1').onvifUrl);
    expect(stdout).toContain(cameras.camera('shop-front').onvifUrl);
    expect(stderr).toMatch(/\d+ cameras found/);
  });

  it('as JSON for a script', async () => {
    const { stdout } = await run('discover', ...ON_LO, '--json');
    const found = JSON.parse(stdout) as { name: string; xaddrs: string[]; interfaceName: string }[];
    const ours = found.find((device) => device.xaddrs.includes(cameras.camera('shop-1').onvifUrl));
    expect(ours).toMatchObject({ name: 'Winkel', interfaceName: 'lo' });
  });

  it('as YAML that is a valid configuration when it is pasted', async () => {
    const { stdout } = await run('discover', ...ON_LO, '--yaml');
    const config = parseConfig(stdout, 'pasted.yaml');
    const ports = config.cameras.map((camera) => String(camera.onvif?.port));
    expect(ports).toContain(new URL(cameras.camera('shop-front').onvifUrl).port);
  });

  it('tells on a terminal what it is waiting for and what it has found, beside the answer', async () => {
    const { stdout, stderr } = await runCli(['discover', ...ON_LO], { isTerminal: true });
    expect(stderr).toMatch(/^\rlistening for 2\.5 s: 0 found \rlistening for 2\.5 s: 1 found /);
    const erased = '\r\u001b[K';
    expect(stderr.split(erased)[1]).toMatch(/^\d+ cameras found\./);
    expect(stdout).toMatch(/^ADDRESS +NAME +/);
    expect(stdout).not.toContain('listening');
  });

  it('tells a program nothing while it waits', async () => {
    const { stderr: piped } = await runCli(['discover', ...ON_LO]);
    expect(piped).toMatch(/^\d+ cameras found\./);
    const json = await runCli(['discover', ...ON_LO, '--json'], { isTerminal: true });
    expect(json.stderr).toBe('');
    expect(JSON.parse(json.stdout)).toEqual(expect.arrayContaining([expect.anything()]));
  });

  it('names the interfaces there are when it is told one that is not', async () => {
    const { code, stderr } = await run('discover', '--interface', 'eth99');
    expect(code).toBe(2);
    expect(stderr).toMatch(/eth99.*\blo\b/);
  });
});

describe('liveview probe', () => {
  it('says what a dome is and can do', async () => {
    const { code, stdout } = await run('probe', target('shop-1'), ...ACCESS);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Movement +pan and tilt, zoom, /m);
    expect(stdout).toMatch(/^Presets +Overzicht, /m);
    expect(stdout).toMatch(/^main .*H264 +1280×720 +25 /m);
  });

  it('says the same as JSON, without the password', async () => {
    const { stdout, stderr } = await run('probe', target('shop-front'), ...ACCESS, '--json');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: true, identity: { model: expect.any(String) } });
    expect(report.streams.map((stream: { role: string }) => stream.role)).toEqual(['main', 'sub']);
    expect(stdout + stderr).not.toContain('virtual"');
  });

  it('exits with 5 for a wrong password and says what to do', async () => {
    const { code, stdout, stderr } = await run(
      ...['probe', target('shop-1'), '--username', 'liveview', '--password-env', 'WRONG'],
    );
    expect(code).toBe(5);
    expect(stdout + stderr).toMatch(/password/);
    expect(stdout + stderr).not.toContain('not the password');
  });

  it('exits with 4 when nobody answers', async () => {
    const { code, stderr } = await run('probe', '127.0.0.1:1', ...ACCESS);
    expect(code).toBe(4);
    expect(stderr).toContain('127.0.0.1');
  });

  it('exits with 2 when it is asked in a wrong way', async () => {
    expect(await run('probe', 'http://camera/')).toMatchObject({ code: 2 });
    expect(await run('probe', '127.0.0.1', '--username', 'x')).toMatchObject({ code: 2 });
  });
});
