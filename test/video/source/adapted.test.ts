/** Streams that are read by something else: what that is given, and when it is closed. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../../src/core/errors.ts';
import type { Adapt, AdaptOptions, ForeignFormat } from '../../../src/video/rtp/adapt.ts';
import { rtspResponse } from '../../../src/video/rtsp/message.ts';
import { playing, pullFrom, started } from '../../support/pulled-source.ts';
import { type Answer, IDR, PPS, ScriptedRtspPeer, SPS } from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const JPEG = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 JPEG/90000', 'a=control:trackID=1'];
const SOUND = ['m=audio 0 RTP/AVP 0', 'a=control:trackID=2'];
const H264 = ['m=video 0 RTP/AVP 97', 'a=rtpmap:97 H264/90000', 'a=control:trackID=3'];

async function peer(sdp: readonly string[], answers: Record<string, Answer> = {}) {
  const description = Buffer.from(sdp.join('\r\n'));
  const camera = await ScriptedRtspPeer.start({
    DESCRIBE: () => rtspResponse(200, {}, description),
    ...answers,
  });
  cleanup.push(() => camera.stop());
  return camera;
}

/** Makes a key frame of each packet, and remembers what became of it. */
class Adapted {
  readonly format: ForeignFormat;
  readonly options: AdaptOptions;
  readonly packets: string[] = [];
  losses = 0;
  isClosed = false;

  constructor(format: ForeignFormat, options: AdaptOptions) {
    this.format = format;
    this.options = options;
  }

  readonly codec = 'h264';

  packet({ payload, timestamp }: { payload: Buffer; timestamp: number }, captureUnixUs: number) {
    this.packets.push(String(payload));
    const pts90k = this.options.timeline.next(timestamp);
    this.options.counters.pictures += 1;
    const nalUnits = [SPS, PPS, IDR];
    this.options.sink.accessUnit({
      codec: 'h264',
      nalUnits,
      keyFrame: true,
      pts90k,
      captureUnixUs,
    });
  }

  lost(): void {
    this.losses += 1;
  }

  restart(): void {}

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function pull(camera: ScriptedRtspPeer, adapt?: Adapt) {
  const made: Adapted[] = [];
  const remember: Adapt = (format, options) => {
    const adapted = new Adapted(format, options);
    made.push(adapted);
    return adapted;
  };
  const pulled = pullFrom(() => camera.url(), { adapt: adapt ?? remember, transport: 'auto' });
  cleanup.push(() => pulled.source.stop());
  return { ...pulled, made };
}

describe('a stream in another codec', () => {
  it('is read by what is given for that, and the sound beside it is left alone', async () => {
    const camera = await peer([...SOUND, ...JPEG]);
    const { made, units, source } = pull(camera);
    await started(camera);
    expect(made).toHaveLength(1);
    expect(made[0]?.format).toMatchObject({ payloadType: 96, encoding: 'JPEG' });
    const { connection } = camera;
    connection.sendRtp([connection.packet(0, Buffer.from('one'), true)]);
    connection.packet(0, Buffer.from('lost'), true);
    connection.sendRtp([connection.packet(9_000, Buffer.from('two'), true)]);
    await until('two pictures', () => units.length === 2);
    expect(made[0]).toMatchObject({ packets: ['one', 'two'], losses: 1, isClosed: false });
    expect(source.state).toMatchObject({ kind: 'playing', codec: 'h264', madeOf: 'JPEG' });
    expect(camera.methods.filter((method) => method === 'SETUP')).toHaveLength(1);
    await source.stop();
    expect(made[0]?.isClosed).toBe(true);
    expect(made[0]?.options.signal.aborted).toBe(true);
  });

  it('is not asked for when there is H.264 as well', async () => {
    const camera = await peer([...JPEG, ...H264]);
    const { made, source } = pull(camera);
    await playing(camera);
    expect(made).toEqual([]);
    await source.stop();
  });

  it('is read anew by each connection, and by none that was refused', async () => {
    let refusals = 0;
    const camera = await peer(JPEG, {
      SETUP: () => {
        refusals += 1;
        return rtspResponse(453, {});
      },
    });
    const { made } = pull(camera);
    await until('two refusals', () => refusals >= 2);
    await until('the end of the first', () => made[0]?.isClosed);
  });

  it('ends the connection with the reason when nothing can come of it', async () => {
    const camera = await peer(JPEG);
    const { made, states } = pull(camera);
    await started(camera);
    made[0]?.options.failed(new LiveViewError('ffmpeg-failed', 'nothing comes of it'));
    await until('the end', () => states.some((state) => state.kind === 'waiting'));
    expect(states.find((state) => state.kind === 'waiting')).toMatchObject({
      error: { code: 'ffmpeg-failed' },
    });
    expect(made[0]?.isClosed).toBe(true);
    await playing(camera, 2);
  });

  it('is refused before anything is set up when there is no place for it', async () => {
    const camera = await peer(JPEG);
    const { states } = pull(camera, () => {
      throw new LiveViewError('too-many-encoders', 'all are in use');
    });
    await until('the refusal', () => states.some((state) => state.kind === 'waiting'));
    expect(states.find((state) => state.kind === 'waiting')).toMatchObject({
      error: { code: 'too-many-encoders' },
    });
    expect(camera.methods).not.toContain('SETUP');
  });
});
