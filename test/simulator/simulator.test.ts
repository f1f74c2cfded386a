import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '../../src/core/secret.ts';
import { namePlate } from '../../src/simulator/scene/name-plate.ts';
import {
  type RunningSimulator,
  type SimulatedCamera,
  startSimulator,
} from '../../src/simulator/simulator.ts';
import { pullFrom } from '../support/pulled-source.ts';
import { until } from '../support/until.ts';
import { bundleSceneWorker } from './bundle-worker.ts';
import {
  decode,
  difference,
  meanChroma,
  plateDifference,
  play,
  playOver,
  withPassword,
} from './players.ts';
import { RtspCaller } from './rtsp/rtsp-caller.ts';

jest.setTimeout(120_000);

const password = new Secret('test');
const TRANSPORTS = ['tcp', 'udp'] as const;
/** For a stranger's player, or an encoder, to be started or to end. */
const PROCESS_MS = 60_000;

/** ffmpeg processes that this one has started to encode raw pictures. */
async function encoders(): Promise<number> {
  let count = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const ours = status.includes(`\nPPid:\t${process.pid}\n`);
    if (ours && command.includes('rawvideo') && command.includes('libx264')) count += 1;
  }
  return count;
}

describe('virtual cameras with painted scenes', () => {
  let worker: Awaited<ReturnType<typeof bundleSceneWorker>>;
  let simulator: RunningSimulator;

  const camera = (id: string): SimulatedCamera => {
    const found = simulator.cameras.find((each) => each.id === id);
    if (!found) throw new Error(`no ${id}`);
    return found;
  };

  beforeAll(async () => {
    worker = await bundleSceneWorker();
    simulator = await startSimulator({ password, sceneWorker: worker.url });
  });
  afterAll(async () => {
    await simulator.stop();
    await worker.remove();
  });

  it('play again for whoever knows the stream already, as the gateway does', async () => {
    const credentials = { username: 'liveview', password };
    const { source, units, kinds } = pullFrom(() => camera('square-1').rtspMain, { credentials });
    for (let start = 0; start < 2; start += 1) {
      const before = units.length;
      source.start();
      await until('pictures', () => units.length > before + 3, PROCESS_MS);
      await source.stop();
    }
    expect(kinds()).toEqual(Array(2).fill(['connecting', 'playing', 'idle']).flat());
  });

  it('are four: three domes and a fixed one', () => {
    expect(simulator.cameras.map(({ id, name, ptz }) => [id, name, ptz])).toEqual([
      ['shop-1', 'Winkel', true],
      ['shop-front', 'Winkelpui', false],
      ['square-1', 'Plein', true],
      ['car-park', 'Parkeerterrein', true],
    ]);
    expect(new Set(simulator.cameras.map(({ onvifUrl }) => onvifUrl)).size).toBe(4);
    expect(JSON.stringify(simulator.cameras)).not.toContain('test');
  });

  it('answer ONVIF clients', async () => {
    const body =
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body></s:Envelope>';
    for (const { onvifUrl } of simulator.cameras) {
      const reply = await fetch(onvifUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/soap+xml' },
        body,
      });
      expect(await reply.text()).toContain('UTCDateTime');
    }
  });

  it.each([
    ['main', 1280, 720, '25/1'],
    ['sub', 640, 360, '12/1'],
  ] as const)(
    'ffprobe knows what %s is, over TCP and over UDP',
    async (size, width, height, fps) => {
      const url = size === 'main' ? camera('shop-front').rtspMain : camera('shop-front').rtspSub;
      for (const transport of TRANSPORTS) {
        const { stdout, stderr } = await playOver(transport, 'ffprobe', [
          ...['-v', 'warning', '-rtsp_transport', transport, '-analyzeduration', '1000000'],
          ...['-show_streams', '-of', 'json'],
          withPassword(url),
        ]);
        expect(stderr).toBe('');
        const [stream] = JSON.parse(stdout.toString()).streams;
        expect(stream).toMatchObject({ codec_name: 'h264', width, height, r_frame_rate: fps });
        expect(stream).toMatchObject({ color_space: 'bt709', has_b_frames: 0 });
      }
    },
  );

  it.each(TRANSPORTS)(
    'ffmpeg decodes fifty pictures over %s without a complaint',
    async (transport) => {
      const { code, stdout, stderr } = await playOver(transport, 'ffmpeg', [
        ...[
          '-v',
          'warning',
          '-rtsp_transport',
          transport,
          '-i',
          withPassword(camera('shop-1').rtspMain),
        ],
        ...['-frames:v', '50', '-f', 'framecrc', '-'],
      ]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const times = stdout
        .toString()
        .split('\n')
        .filter((line) => /^0,/.test(line))
        .map((line) => Number(line.split(',')[1]));
      expect(times).toHaveLength(50);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    },
  );

  it.each(TRANSPORTS)('GStreamer plays them over %s', async (transport) => {
    // What it says when it leaves in the middle of a stream is its own affair, and differs.
    const { stdout } = await play('gst-launch-1.0', [
      ...['-v', 'rtspsrc', `location=${camera('car-park').rtspSub}`, `protocols=${transport}`],
      ...['user-id=liveview', 'user-pw=test', 'latency=0', '!', 'rtph264depay', '!', 'h264parse'],
      ...['!', 'fakesink', 'silent=false', 'num-buffers=20'],
    ]);
    expect(String(stdout).match(/last-message = chain/g)).toHaveLength(20);
  });

  it('refuse a wrong password', async () => {
    const url = withPassword(camera('shop-1').rtspMain, 'wrong');
    const { code, stderr } = await play('ffmpeg', ['-v', 'error', '-i', url, '-f', 'null', '-']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('401 Unauthorized');
  });

  it('can be told apart by their colour', async () => {
    const tints = [];
    for (const { rtspMain } of simulator.cameras) tints.push(meanChroma(await decode(rtspMain)));
    const [shop, front, square, park] = tints;
    expect(shop?.v).toBeGreaterThan(140);
    expect(front?.u).toBeGreaterThan(136);
    expect(square?.u).toBeLessThan(118);
    expect(square?.v).toBeLessThan(120);
    expect(Math.abs((park?.u ?? 0) - 128)).toBeLessThan(5);
    expect(Math.abs((park?.v ?? 0) - 128)).toBeLessThan(5);
  });

  it('show that they turn', async () => {
    const { rtspMain } = camera('square-1');
    const dome = simulator.camera('square-1').ptz;
    const before = await decode(rtspMain);
    // Thirty: those since the last key frame are old.
    const moved = async () => difference(before, await decode(rtspMain, 30));
    expect(await moved()).toBeLessThan(0.08);
    dome?.absoluteMove({ pan: 0.4 });
    await until('another view', async () => (await moved()) > 0.2, PROCESS_MS);
    dome?.gotoHome();
    await until('the first view again', async () => (await moved()) < 0.08, PROCESS_MS);
  });

  it('are blue while they have no signal', async () => {
    const blue = async () => meanChroma(await decode(camera('shop-1').rtspMain, 30)).u > 190;
    simulator.camera('shop-1').setSignal(false);
    await until('a blue picture', blue, PROCESS_MS);
    simulator.camera('shop-1').setSignal(true);
    await until('the shop again', async () => !(await blue()), PROCESS_MS);
  });

  it('encode once, however many watch, and not at all when nobody does', async () => {
    await until('the end of what was before', async () => (await encoders()) === 0, PROCESS_MS);
    const url = withPassword(camera('car-park').rtspMain);
    const players = Array.from({ length: 3 }, () =>
      spawn('ffmpeg', ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url, '-f', 'null', '-'], {
        stdio: 'ignore',
      }),
    );
    await until('three viewers', () => simulator.viewers('car-park') === 3, PROCESS_MS);
    await until('an encoder', async () => (await encoders()) > 0, PROCESS_MS);
    await decode(camera('car-park').rtspMain, 10);
    expect(await encoders()).toBe(1);
    for (const player of players) player.kill('SIGKILL');
    await until('the end of the encoder', async () => (await encoders()) === 0, PROCESS_MS);
    expect(simulator.viewers('car-park')).toBe(0);
  });

  it('can be switched off, which cuts who watches, and on again at the same addresses', async () => {
    const { rtspMain, onvifUrl } = camera('shop-1');
    const player = spawn('ffmpeg', [
      '-v',
      'error',
      '-i',
      withPassword(rtspMain),
      '-f',
      'null',
      '-',
    ]);
    await until('a viewer', () => simulator.viewers('shop-1') === 1, PROCESS_MS);
    const exit = once(player, 'exit');
    await simulator.stopCamera('shop-1');
    await exit;
    await expect(fetch(onvifUrl)).rejects.toThrow();
    const probe = await play('ffprobe', ['-v', 'error', withPassword(rtspMain)]);
    expect(probe.code).not.toBe(0);
    expect(camera('shop-front').onvifUrl).not.toBe('');
    await simulator.startCamera('shop-1');
    expect(camera('shop-1')).toMatchObject({ rtspMain, onvifUrl });
    expect((await decode(rtspMain)).length).toBeGreaterThan(0);
    await fetch(onvifUrl);
  });

  it('are known by name only', () => {
    expect(() => simulator.camera('nobody')).toThrow(
      expect.objectContaining({ code: 'unknown-camera' }),
    );
  });
});

describe('looped cameras', () => {
  const main = { width: 320, height: 180, fps: 25, kbps: 500, seconds: 2 };
  const sub = { width: 160, height: 96, fps: 12, kbps: 100, seconds: 2 };
  let cacheDir: string;
  let simulator: RunningSimulator;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'liveview-clips-'));
    const looped = { cacheDir, main, sub, stamped: true };
    simulator = await startSimulator({ cameras: 10, password, looped });
  });
  afterAll(async () => {
    await simulator.stop();
    await rm(cacheDir, { recursive: true, force: true });
  });

  it('repeat the scenes under other names', () => {
    expect(simulator.cameras.map(({ id }) => id)).toEqual([
      ...['shop-1', 'shop-front', 'square-1', 'car-park'],
      ...['shop-2', 'shop-front-2', 'square-2', 'car-park-2'],
      ...['shop-3', 'shop-front-3'],
    ]);
    expect(new Set(simulator.cameras.map(({ serialNumber }) => serialNumber)).size).toBe(10);
    expect(simulator.cameras[6]?.name).toBe('Plein 2');
  });

  it('show their own name and colour; those beyond the eighth show nobody’s', async () => {
    const plates = simulator.cameras.map(({ name }, number) => namePlate(main, name, number));
    const shown = async (index: number) => {
      const picture = await decode(simulator.cameras[index]?.rtspMain ?? '');
      const differences = plates.map((plate) => plateDifference(picture, plate));
      const least = Math.min(...differences);
      return least < 8 ? differences.indexOf(least) : 'nobody';
    };
    expect(await shown(0)).toBe(0);
    expect(await shown(4)).toBe(4);
    expect(await shown(7)).toBe(7);
    expect(await shown(8)).toBe('nobody');
  });

  it.each(TRANSPORTS)(
    'play over %s beyond the end of the clip, without an encoder',
    async (transport) => {
      const [first] = simulator.cameras;
      const { stdout, stderr } = await playOver(transport, 'ffmpeg', [
        ...[
          '-v',
          'warning',
          '-rtsp_transport',
          transport,
          '-i',
          withPassword(first?.rtspMain ?? ''),
        ],
        ...['-frames:v', '80', '-f', 'framecrc', '-'],
      ]);
      expect(stderr).toBe('');
      expect(stdout.toString().match(/^0,/gm)).toHaveLength(80);
      expect(await encoders()).toBe(0);
    },
  );
});

describe('starting', () => {
  it('is over when every stream can be described, before there is a picture', async () => {
    const script = `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ type }) => type === 'close' && parentPort.close());`;
    const sceneWorker = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
    const simulator = await startSimulator({ cameras: 1, password, sceneWorker });
    const rtsp = await (await RtspCaller.connect(simulator.rtspPort)).logIn();
    for (const size of ['main', 'sub']) {
      const { status, body } = await rtsp.send('DESCRIBE', `/shop-1/${size}`);
      expect(status).toBe(200);
      expect(body.toString()).toContain('sprop-parameter-sets=Z');
    }
    rtsp.socket.destroy();
    await simulator.stop();
  });

  it('gives cameras ONVIF ports one after the other', async () => {
    const [a, b] = await freePorts();
    const simulator = await startSimulator({ cameras: 1, password, onvifPort: a, rtspPort: b });
    expect(simulator.cameras[0]?.onvifUrl).toContain(`:${a}/`);
    expect(simulator.cameras[0]?.rtspMain).toContain(`:${b}/`);
    await expect(startSimulator({ cameras: 1, password, rtspPort: b })).rejects.toMatchObject({
      code: 'rtsp-listen-failed',
    });
    await expect(startSimulator({ cameras: 1, password, onvifPort: a })).rejects.toThrow();
    await simulator.stop();
  });

  it('names the interfaces that there are when the one asked for is not there', async () => {
    await expect(
      startSimulator({ password, discovery: { interface: 'nonesuch0' } }),
    ).rejects.toMatchObject({ code: 'unknown-interface', message: expect.stringContaining('lo') });
  });

  it('lets cameras be discovered on the interface named', async () => {
    const simulator = await startSimulator({
      cameras: 2,
      password,
      discovery: { interface: 'lo' },
    });
    const socket = createSocket('udp4');
    const answers: string[] = [];
    socket.on('message', (bytes) => answers.push(bytes.toString()));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.setMulticastInterface('127.0.0.1');
    socket.send(PROBE, 3702, '239.255.255.250');
    await until('both cameras', () =>
      simulator.cameras.every(({ onvifUrl }) =>
        answers.some((answer) => answer.includes(onvifUrl)),
      ),
    );
    socket.close();
    await simulator.stop();
  });
});

const PROBE = `<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>
 <w:MessageID>uuid:00000000-0000-4000-8000-000000000001</w:MessageID>
 <w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>
 <w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>
 <e:Body><d:Probe/></e:Body></e:Envelope>`;

/** Two ports that were free a moment ago. */
async function freePorts(): Promise<[number, number]> {
  const { createServer } = await import('node:net');
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address && typeof address === 'object') ports.push(address.port);
  }
  for (const server of servers) server.close();
  return ports as [number, number];
}
