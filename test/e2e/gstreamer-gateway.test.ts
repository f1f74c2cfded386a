import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { play } from '../simulator/players.ts';
import { attempts } from '../support/attempts.ts';
import { SELF_SIGNED_FINGERPRINT } from '../support/certificates.ts';
import { GSTREAMER_USER, GstreamerServer } from '../support/gstreamer-server.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';

jest.setTimeout(180_000);

let camera: GstreamerServer;
let run: ServeRun;

beforeAll(async () => {
  camera = await GstreamerServer.start();
  const { username } = GSTREAMER_USER;
  const access = { username, password: { env: 'CAMERA' } };
  const open = { main: camera.url('open') };
  run = await ServeRun.start({
    config: {
      cameras: [
        { id: 'tcp', rtsp: open, stream: { transport: 'tcp' } },
        { id: 'udp', rtsp: open, stream: { transport: 'udp' } },
        {
          id: 'multicast',
          rtsp: { main: camera.url('multicast') },
          stream: { transport: 'multicast' },
        },
        {
          id: 'tls',
          rtsp: { main: camera.url('tls') },
          stream: { tls: { fingerprint: SELF_SIGNED_FINGERPRINT } },
        },
        { id: 'http', rtsp: open, stream: { transport: 'http', httpPort: camera.port('open') } },
        { id: 'secret', rtsp: { main: camera.url('protected'), ...access } },
        {
          id: 'wrong',
          rtsp: { main: camera.url('protected'), ...access, password: { env: 'BAD' } },
        },
      ],
    },
    env: { CAMERA: GSTREAMER_USER.password, BAD: 'not the password' },
  });
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await camera?.stop();
});

describe('a camera that is not ours', () => {
  it.each(['tcp', 'udp', 'multicast', 'tls', 'http', 'secret'])(
    'plays through the gateway: %s',
    async (id) => {
      // A viewer that is not scheduled for seconds misses pictures, and is told.
      await attempts(3, async () => {
        const peer = await LivePeer.connect(await run.operator());
        peer.say({ type: 'watch', channel: 3, camera: id });
        await peer.pictures(60, 3);
        const watching = await peer.hears('watching');
        peer.close();
        expect(watching).toMatchObject({ camera: id, format: 'fmp4', width: 320, height: 240 });
        expect(watching.codec).toMatch(/^avc1\.[0-9a-f]{6}$/i);
        expect(peer.media[0]?.keyFrame).toBe(true);
        expect(peer.messages.filter((message) => message.type === 'dropped')).toEqual([]);
      });
    },
  );

  it("is played by GStreamer's HTTP client, too", async () => {
    const { base, headers } = await run.operator();
    const [name, value] = Object.entries(headers)[0] ?? [];
    const { stdout } = await play('gst-launch-1.0', [
      ...['-v', 'souphttpsrc', `location=${base}/v1/cameras/tcp/live.mp4`],
      // A space in a structure.
      `extra-headers=extra-headers,${name}="${value?.replace(' ', '\\ ')}"`,
      ...['!', 'qtdemux', '!', 'h264parse'],
      ...['!', 'fakesink', 'silent=false', 'num-buffers=20'],
    ]);
    expect(String(stdout).match(/last-message = chain/g)).toHaveLength(20);
  });

  it('with a wrong password is named in the log, with what to do, and without the password', async () => {
    const peer = await LivePeer.connect(await run.operator());
    peer.say({ type: 'watch', channel: 3, camera: 'wrong' });
    const [line] = await run.process.logged(/^.*"camera-refused-credentials".*$/m);
    expect(JSON.parse(line)).toMatchObject({ camera: 'wrong', level: 'warn' });
    expect(run.process.stderr).not.toContain('not the password');
    expect(run.process.stderr).not.toContain(GSTREAMER_USER.password);
    peer.close();
  });
});
