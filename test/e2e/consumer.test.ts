import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  GatewayApi,
  LiveViewClient,
  type Media,
  type WatchingMessage,
} from 'liveview-gateway/client';
import { WebSocket } from 'ws';
import { attempts } from '../support/attempts.ts';
import { judgeMp4 } from '../support/ffprobe.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

let cameras: SimulateRun;
let run: ServeRun;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '1']);
  run = await ServeRun.start({ config: { cameras: cameras.config() }, env: CAMERA_PASSWORD_ENV });
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

describe('a consumer with the published library, in Node', () => {
  it.each([
    ['main', '1280x720'],
    ['sub', '640x360'],
    ['low', '640x360'],
  ] as const)('watches quality %s: %s', async (quality, size) => {
    const operator = await run.operator();
    const client = new LiveViewClient({
      url: operator.socketUrl,
      token: operator.token,
      codecs: ['avc1.640028'],
      WebSocket,
    });
    await client.connect();
    const media: Media[] = [];
    const described: WatchingMessage[] = [];
    const watching = client.watch(
      { camera: 'shop-1', quality },
      { onWatching: (message) => described.push(message), onMedia: (item) => media.push(item) },
    );
    await until('fifty pictures', () => media.length > 50, 30_000);
    watching.unwatch();
    const newest = media.at(-1);
    const latencyMs = client.latencyMs(newest?.captureUnixUs ?? 0);
    client.close();

    expect(described).toMatchObject([{ camera: 'shop-1', format: 'fmp4', quality }]);
    expect(media[0]?.kind).toBe('init');
    expect(latencyMs).toBeGreaterThan(0);
    const verdict = await judgeMp4(Buffer.concat(media.map((item) => item.bytes)));
    expect(verdict).toEqual({ frames: media.length - 1, size, says: '' });
  });

  it('asks the API with types, and hears errors by their codes', async () => {
    const operator = await run.operator();
    const api = new GatewayApi({ baseUrl: new URL(operator.base).origin, token: operator.token });
    expect((await api.cameras()).map((camera) => camera.id)).toEqual(['shop-1']);
    await expect(api.incident('inc_none')).rejects.toMatchObject({ code: 'unknown-incident' });
  });
});

describe('many at once', () => {
  it('one who stops reading disturbs nobody', async () => {
    const operator = await run.operator();
    // A reader that is not scheduled for seconds is one who stops reading, too.
    await attempts(3, async () => {
      const [reader, sleeper] = await Promise.all([
        LivePeer.connect(operator),
        LivePeer.connect(operator),
      ]);
      for (const peer of [reader, sleeper]) {
        peer.say({ type: 'watch', channel: 1, camera: 'shop-1' });
      }
      await Promise.all([reader.pictures(5, 1), sleeper.pictures(5, 1)]);
      sleeper.socket.pause();
      await reader.pictures(75, 1);
      reader.close();
      sleeper.cut();
      expect(reader.messages.filter((message) => message.type === 'dropped')).toEqual([]);
    });
  });
});
