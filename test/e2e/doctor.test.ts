/** `liveview doctor` against virtual cameras and against GStreamer's server, as processes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '../../src/core/secret.ts';
import type { DoctorReport } from '../../src/gateway/doctor/doctor.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { TroubledLine } from '../soak/troubled-line.ts';
import { attempts } from '../support/attempts.ts';
import { GSTREAMER_USER, GstreamerServer } from '../support/gstreamer-server.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { LoopedPeer } from '../support/looped-peer.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';

jest.setTimeout(300_000);

let cameras: SimulateRun;
let good: GstreamerServer;
let slow: GstreamerServer;
let jpeg: GstreamerServer;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2', '--looped', '--quirk', 'lacksStop']);
  good = await GstreamerServer.start();
  jpeg = await GstreamerServer.start('jpegenc');
  slow = await GstreamerServer.start(
    'x264enc speed-preset=veryfast bframes=2 b-adapt=false key-int-max=250 bitrate=500 ! video/x-h264,profile=main',
  );
});

afterAll(async () => {
  await cameras?.stop('SIGKILL');
  await good?.stop();
  await slow?.stop();
  await jpeg?.stop();
});

async function doctor(...args: string[]) {
  const run = new LiveviewProcess(['doctor', ...args], {
    ...CAMERA_PASSWORD_ENV,
    VIEWER: GSTREAMER_USER.password,
    WRONG: 'not the password',
  });
  const code = await run.ended();
  return { code, stdout: run.stdout, stderr: run.stderr };
}

async function reportOf(...args: string[]): Promise<DoctorReport & { code: unknown }> {
  const { code, stdout, stderr } = await doctor(...args, '--json');
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as DoctorReport), code };
}

const codes = ({ advice }: DoctorReport) => advice.map(({ code }) => code);
const target = (id: string) => new URL(cameras.camera(id).onvifUrl).host;
const ACCESS = ['--username', 'liveview', '--password-env', 'VIRTUAL_CAMERA'];
const BRIEFLY = ['--seconds', '2'];

const HOUR_90K = 3_600 * 90_000;

/** What is printed of each stream that plays. */
const FIGURES = [
  ...['Codec', 'Size', 'Frame rate', 'Kbit/s', 'Key frames', 'B-frames'],
  ...['Jitter', 'Lost packets', 'Sender clock'],
];

/** A configuration in a folder of its own, which a gateway has not run in. */
function configure(): { file: string; dataDir: string } {
  const dataDir = mkdtempSync(join(tmpdir(), 'liveview-doctor-'));
  const file = join(dataDir, 'cameras.yaml');
  writeFileSync(file, JSON.stringify({ gateway: { dataDir }, cameras: cameras.config('onvif') }));
  return { file, dataDir };
}

describe('liveview doctor and a virtual camera', () => {
  it('measures both pictures and the sessions', async () => {
    const report = await reportOf(target('shop-front'), ...ACCESS, ...BRIEFLY, '--sessions');
    expect(report).toMatchObject({
      code: 0,
      ok: true,
      device: { identity: { model: 'Virtual Camera' } },
      sessions: { dropped: 0 },
    });
    expect(report.sessions?.granted).toBeGreaterThanOrEqual(2);
    expect(report.streams).toMatchObject([
      { role: 'main', coding: { width: 1_920, height: 1_080 } },
      { role: 'sub', coding: { width: 640, height: 360 } },
    ]);
    for (const { coding, pictures, packets, losses } of report.streams) {
      expect(coding).toMatchObject({
        profile: 'Baseline',
        level: expect.stringMatching(/^\d\.\d$/),
      });
      expect(pictures?.framesPerSecond).toBeGreaterThan(0);
      expect(pictures?.longestGroupMs).toBeGreaterThan(0);
      expect(losses).toMatchObject({ lost: 0, broken: 0 });
      expect(packets?.jitterMs.last).toBeGreaterThanOrEqual(0);
      expect(pictures?.reordered).toBe(0);
      expect(packets?.kbps).toBeGreaterThan(10);
      expect(Math.abs(packets?.clockOffsetMs ?? Number.NaN)).toBeLessThan(60_000);
    }
    expect(report.ptz).toBeUndefined();
  });

  it('moves a dome of a configuration on request, stops it, and remembers what it learnt', async () => {
    // What a dome does in its time a machine without time for either does not see.
    await attempts(3, movesAndRemembers);
  });

  async function movesAndRemembers(): Promise<void> {
    const { file, dataDir } = configure();
    const { code, stdout } = await doctor('shop-1', '--config', file, ...BRIEFLY, '--ptz');
    expect({ code, stdout }).toEqual({ code: 0, stdout });
    expect(stdout).toMatch(/^Movement +pan moved, stopped, sent back, lacksStop$/m);
    expect(stdout).toMatch(/^Codec +h264 .* h264 /m);
    for (const figure of FIGURES) expect(stdout).toMatch(new RegExp(`^${figure} +\\S`, 'm'));
    const quirks = JSON.parse(readFileSync(join(dataDir, 'quirks.json'), 'utf8'));
    expect(quirks.cameras).toEqual({ 'shop-1': { lacksStop: true } });
    const journal = openJournal(join(dataDir, 'journal.db'));
    const kinds = [...journal.read()].map(({ kind, data }) => [kind, data['camera']]);
    journal.close();
    expect(kinds).toEqual([['camera.tested', 'shop-1']]);
  }

  it('finds what goes wrong on the way, and a clock that is wrong', async () => {
    // On a machine without time for either, too little is sent for a loss.
    await attempts(3, findsLossAndClock);
  });

  async function findsLossAndClock(): Promise<void> {
    const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
    const sound = await startSimulator({ cameras: 1, looped: true, password });
    const line = await TroubledLine.open(sound.rtspPort);
    try {
      line.setClock(HOUR_90K);
      // Key frames of some eighty packets come through, most of them.
      line.loseOneIn(400);
      const url = new URL(sound.cameras[0]?.rtspMain ?? '');
      url.port = String(line.port);
      const report = await reportOf('--rtsp', url.href, ...ACCESS, '--seconds', '6');
      expect(report.streams[0]?.losses?.lost).toBeGreaterThan(0);
      expect(report.streams[0]?.losses?.broken).toBeGreaterThan(0);
      expect(report.streams[0]?.packets?.clockOffsetMs).toBeGreaterThan(3_500_000);
      expect(report.streams[0]?.packets?.clockOffsetMs).toBeLessThan(3_700_000);
      expect(codes(report)).toEqual(expect.arrayContaining(['loss-tcp', 'clock-wrong']));
    } finally {
      await line.close();
      await sound.stop();
    }
  }

  it('exits with 5 for a wrong password, which it does not print', async () => {
    const { code, stdout, stderr } = await doctor(
      ...[target('shop-1'), '--username', 'liveview', '--password-env', 'WRONG', ...BRIEFLY],
    );
    expect(code).toBe(5);
    expect(stdout).toContain('credentials-refused');
    expect(stdout + stderr).not.toContain('not the password');
  });
});

describe('liveview doctor and a camera that refuses the third session', () => {
  let full: LoopedPeer;
  beforeAll(async () => {
    full = await LoopedPeer.start({ mostSessions: 2 });
  });
  afterAll(() => full?.stop());

  it('measures the limit, and says what it means', async () => {
    const ask = ['--rtsp', full.peer.url(), ...BRIEFLY, '--sessions'];
    const report = await reportOf(...ask);
    expect(report).toMatchObject({
      code: 0,
      ok: true,
      sessions: { asked: 3, granted: 2, dropped: 0, refusal: { code: 'camera-busy' } },
    });
    expect(codes(report)).toContain('sessions-none-spare');
    expect(full.refused).toBe(1);

    const { code, stdout } = await doctor(...ask);
    expect({ code, stdout }).toEqual({ code: 0, stdout });
    expect(stdout).toMatch(/^Sessions +2 at a time, the next was refused \(camera-busy\)$/m);
    expect(stdout).toMatch(/→ .*The camera serves 2 sessions at a time .*Raise its limit/);
    expect(full.refused).toBe(2);
  });
});

describe("liveview doctor and GStreamer's server", () => {
  it('plays MJPEG by what is made of it, and says what that costs', async () => {
    const report = await reportOf('--rtsp', jpeg.url('open'), ...BRIEFLY);
    expect(report).toMatchObject({ code: 0, ok: true });
    expect(report.streams).toMatchObject([
      { role: 'main', madeOf: 'JPEG', coding: { codec: 'h264', width: 320, height: 240 } },
    ]);
    expect(codes(report)).toContain('codec-other');
    const { stdout } = await doctor('--rtsp', jpeg.url('open'), ...BRIEFLY);
    expect(stdout).toMatch(/^Codec +JPEG\n +made into H\.264 by ffmpeg$/m);
  });

  it.each(['tcp', 'udp'])('measures a good stream over %s', async (transport) => {
    const report = await reportOf(
      ...['--rtsp', good.url('protected'), '--username', GSTREAMER_USER.username],
      ...['--password-env', 'VIEWER', '--transport', transport, ...BRIEFLY],
    );
    expect(report).toMatchObject({ code: 0, ok: true, camera: 'camera' });
    expect(report.device).toBeUndefined();
    expect(report.streams).toMatchObject([
      { role: 'main', transport, coding: { codec: 'h264', width: 320, height: 240 } },
    ]);
    expect(codes(report)).toContain('no-sub-stream');
    expect(codes(report)).not.toContain('b-frames');
  });

  it('says that key frames are far apart and that there are B-frames', async () => {
    const report = await reportOf('--rtsp', slow.url('open'), '--seconds', '6');
    expect(codes(report)).toEqual(expect.arrayContaining(['key-frame-interval-long', 'b-frames']));
  });

  it.each([
    [1, 'there is no such stream', () => good.url('open').replace('/test', '/nothing')],
    [4, 'nobody answers', () => 'rtsp://127.0.0.1:1/test'],
    [5, 'it asks for a password', () => good.url('protected')],
  ])('exits with %i when %s', async (expected, _what, url) => {
    const { code, stdout } = await doctor('--rtsp', url(), ...BRIEFLY);
    expect(code).toBe(expected);
    expect(stdout).toContain('→ ');
  });
});
