/** What a running gateway asks an ONVIF camera when somebody comes to it, and when somebody comes again. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { attempts } from '../support/attempts.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);

const CAMERA = 'shop-1';
const KEY_FRAME = 'SetSynchronizationPoint';

let cameras: SimulateRun;
let tap: Tap;
let run: ServeRun;

/** Stands between the gateway and a server, and reads what is asked. */
class Tap {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: this.#port });
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    near.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
    });
    near.pipe(far).pipe(near);
  });
  readonly #port: number;
  #text = '';

  constructor(port: number) {
    this.#port = port;
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** The operations that were called since the last time, in their order. */
  take(): string[] {
    const found = [...this.#text.matchAll(/Body[^>]*>\s*<(?:\w+:)?(\w+)/g)].map(
      ([, name = '']) => name,
    );
    this.#text = '';
    return found;
  }

  seen(operation: string): boolean {
    return this.#text.includes(operation);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '1', '--looped']);
  const [camera] = cameras.config();
  if (!camera?.onvif) throw new Error('a camera was asked for');
  tap = new Tap(camera.onvif.port ?? 80);
  const onvif = { ...camera.onvif, port: await tap.open() };
  run = await ServeRun.start({
    // Alarms would talk to the camera all the time.
    config: { cameras: [{ ...camera, onvif }], alarms: { onvif: { on: [] } } },
    env: CAMERA_PASSWORD_ENV,
  });
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await tap?.close();
  await cameras?.stop('SIGKILL');
});

it('a cold camera is asked for a key frame; what it is, is asked for the first time alone', async () => {
  const operator = await run.operator();
  const watch = async () => {
    const peer = await LivePeer.connect(operator);
    peer.say({ type: 'watch', channel: 0, camera: CAMERA, quality: 'main' });
    await peer.pictures(1);
    await until('the wish for a key frame', () => tap.seen(KEY_FRAME));
    peer.close();
  };
  const nobody = async () => {
    const metrics = await (await operator.fetch('/metrics')).text();
    return !metrics.includes('liveview_channel_pictures{');
  };
  await watch();
  await until('the end of the stream', nobody, 60_000);
  const first = tap.take();
  expect(first).toEqual(expect.arrayContaining(['GetProfiles', 'GetStreamUri', KEY_FRAME]));
  // A machine that is too busy to answer in time is asked again what it is.
  await attempts(3, async () => {
    await watch();
    await until('the end of the stream', nobody, 60_000);
    const again = tap.take();
    expect(again).toContain(KEY_FRAME);
    const aboutItself = /^Get(?!SystemDateAndTime)/;
    expect(again.filter((operation) => aboutItself.test(operation))).toEqual([]);
  });
});
