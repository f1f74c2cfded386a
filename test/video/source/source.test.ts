import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { Secret } from '../../../src/core/secret.ts';
import { parseRtcp, type SenderReport, serializeRtcp } from '../../../src/video/rtp/rtcp.ts';
import { rtspResponse } from '../../../src/video/rtsp/message.ts';
import type { SourceOptions } from '../../../src/video/source/source.ts';
import type { SourceState } from '../../../src/video/source/state.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { playing, pullFrom, started } from '../../support/pulled-source.ts';
import {
  type Answer,
  IDR,
  interleaved,
  PPS,
  ScriptedRtspPeer,
  SDP,
  SLICE,
  SPS,
} from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const cleanup: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function peer(answers: Record<string, Answer> = {}): Promise<ScriptedRtspPeer> {
  const made = await ScriptedRtspPeer.start(answers);
  cleanup.push(() => made.stop());
  return made;
}

function pull(camera: ScriptedRtspPeer, options: Partial<SourceOptions> = {}) {
  const pulled = pullFrom(() => camera.url(), options);
  cleanup.push(() => pulled.source.stop());
  return pulled;
}

const REPORT: SenderReport = {
  ...{ type: 'sr', ssrc: 0x1234, ntpSeconds: 1, ntpFraction: 0, rtpTimestamp: 0 },
  ...{ packets: 2, octets: 2_000, reports: [] },
};

/** The first attempt that failed: the next may begin before anybody has looked. */
function failure(states: readonly SourceState[]): SourceState | undefined {
  return states.find((state) => state.kind === 'waiting');
}

describe('Source', () => {
  it('goes from idle over connecting to playing, and back with TEARDOWN', async () => {
    const camera = await peer();
    const { source, units, sets, kinds } = pull(camera);
    await started(camera);
    const before = systemClock.unixUs();
    camera.connection.picture(90_000, [IDR]);
    camera.connection.picture(93_600, [SLICE]);
    await until('two pictures', () => units.length === 2);
    expect(sets).toEqual([{ codec: 'h264', vps: [], sps: [SPS], pps: [PPS] }]);
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 3_600]);
    expect(units[0]?.captureUnixUs).toBeGreaterThanOrEqual(before);
    expect(units[0]?.captureUnixUs).toBeLessThanOrEqual(systemClock.unixUs());
    expect(source.state).toMatchObject({ kind: 'playing', transport: 'tcp', codec: 'h264' });
    await source.stop();
    expect(camera.methods.at(-1)).toBe('TEARDOWN');
    expect(kinds()).toEqual(['connecting', 'playing', 'idle']);
  });

  it('can be started again, even before it has stopped', async () => {
    const camera = await peer();
    const { source, units, events } = pull(camera);
    await started(camera);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    void source.stop();
    source.start();
    await started(camera, 2);
    expect(camera.methods.indexOf('TEARDOWN')).toBe(3);
    camera.connection.picture(0, [IDR]);
    await until('another picture', () => units.length === 2);
    expect(events).toEqual(['sets', 'key', 'discontinuity', 'sets', 'key']);
    await source.stop();
    expect(events).toHaveLength(5);
  });

  it('stops at once while it waits, and while it connects', async () => {
    const camera = await peer({ DESCRIBE: () => undefined });
    const { source } = pull(camera);
    await until('DESCRIBE', () => camera.methods.length > 0);
    await source.stop();
    expect(source.state.kind).toBe('idle');
  });

  it('connects again when the camera is gone, and time goes on', async () => {
    const camera = await peer();
    const { source, units, events, kinds } = pull(camera);
    await started(camera);
    camera.connection.picture(1_000_000, [IDR]);
    camera.connection.picture(1_003_600, [SLICE]);
    await until('two pictures', () => units.length === 2);
    camera.connection.close();
    await started(camera, 2);
    camera.connection.picture(7, [IDR]);
    await until('a third picture', () => units.length === 3);
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 3_600, 7_200]);
    expect(events).toEqual(['sets', 'key', 'picture', 'discontinuity', 'sets', 'key']);
    expect(kinds()).toEqual(['connecting', 'playing', 'waiting', 'connecting', 'playing']);
    expect(source.counters).toMatchObject({ reconnects: 1, pictures: 3 });
  });

  it('tells that the pictures have ended when they end, not when the camera is found again', async () => {
    const camera = await peer();
    const clock = new ManualClock();
    const { source, units, events } = pull(camera, { clock });
    await started(camera);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    await camera.stop();
    await until('the wait', () => source.state.kind === 'waiting');
    expect(events).toEqual(['sets', 'key', 'discontinuity']);
    for (let attempt = 0; attempt < 3; attempt += 1) await clock.advanceAsync(2_000);
    expect(events).toEqual(['sets', 'key', 'discontinuity']);
  });

  it('waits longer after each failure', async () => {
    const camera = await peer({ DESCRIBE: () => rtspResponse(503) });
    const clock = new ManualClock();
    const { states } = pull(camera, { clock });
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const state = await until('a failure', () =>
        states.filter((each) => each.kind === 'waiting').at(attempt - 1),
      );
      if (state.kind !== 'waiting') throw new Error('unreachable');
      expect(state.error).toMatchObject({ code: 'camera-busy' });
      delays.push(state.retryAtMs - clock.nowMs());
      clock.advance(state.retryAtMs - clock.nowMs());
    }
    expect(delays).toEqual([250, 500, 1_000, 2_000]);
  });

  it('does not lock the account with a wrong password', async () => {
    const challenge = { 'WWW-Authenticate': 'Digest realm="r", nonce="n"' };
    const camera = await peer({ DESCRIBE: () => rtspResponse(401, challenge) });
    const credentials = { username: 'a', password: new Secret('b') };
    const clock = new ManualClock();
    const { source } = pull(camera, { clock, credentials });
    await until('the refusal', () => source.state.kind === 'waiting');
    expect(source.state).toMatchObject({
      error: { code: 'camera-refused-credentials' },
      retryAtMs: 30_000,
    });
  });

  it.each([
    [404, 'DESCRIBE'],
    [454, 'PLAY'],
  ])('asks for the stream address anew after %i to %s', async (status, method) => {
    let refused = false;
    const asked: boolean[] = [];
    const camera = await peer({
      [method]: () => {
        const first = !refused;
        refused = true;
        return first ? rtspResponse(status) : rtspResponse(200, {}, Buffer.from(SDP));
      },
    });
    pull(camera, {
      streamUri: (refresh) => {
        asked.push(refresh);
        return camera.url();
      },
    });
    await until('a second attempt', () => asked.length === 2);
    expect(asked).toEqual([false, true]);
  });

  it('connects again when only audio and reports arrive: the watchdog watches pictures', async () => {
    const camera = await peer();
    const clock = new ManualClock();
    const { source, units, states } = pull(camera, { clock });
    const failures = () => states.flatMap((state) => (state.kind === 'waiting' ? [state] : []));
    /** Sound on a channel of its own, and the reports of a sender that sends no pictures. */
    const noise = async (times: number) => {
      for (let second = 0; second < 13 && failures().length < times; second += 1) {
        camera.connection.send(interleaved(2, Buffer.alloc(200)));
        camera.connection.send(interleaved(1, serializeRtcp([REPORT])));
        await clock.advanceAsync(1_000);
      }
    };
    await started(camera);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    await noise(1);
    await until('the watchdog', () => failures().length === 1);
    // Again, on a connection that has had no picture at all.
    const retryAtMs = failures()[0]?.retryAtMs ?? 0;
    await clock.advanceAsync(Math.max(0, retryAtMs - clock.nowMs()));
    await started(camera, 2);
    await noise(2);
    await until('the watchdog', () => failures().length === 2);
    expect(failures()).toMatchObject([
      { error: { code: 'no-pictures' } },
      { error: { code: 'no-pictures' } },
    ]);
    const ends = () => camera.methods.filter((method) => method === 'TEARDOWN');
    await until('both to be ended', () => ends().length === 2);
    expect(source.counters.pictures).toBe(1);
  });

  it('connects again when a loss is not followed by a key frame', async () => {
    const camera = await peer();
    const clock = new ManualClock();
    const { source, units, states } = pull(camera, { clock });
    await started(camera);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    camera.connection.packets(45_000, [SLICE]); // lost
    for (let second = 1; second <= 14; second += 1) {
      camera.connection.picture(second * 90_000, [SLICE]);
      await until('the picture', () => source.counters.undecodable === second);
      await clock.advanceAsync(1_000);
    }
    expect(source.state.kind).toBe('playing');
    for (let second = 15; second <= 19 && !failure(states); second += 1) {
      camera.connection.picture(second * 90_000, [SLICE]);
      await until(
        'the picture',
        () => source.counters.undecodable === second || failure(states) !== undefined,
      );
      await clock.advanceAsync(1_000);
    }
    const state = await until('the watchdog', () => failure(states));
    expect(state).toMatchObject({ error: { code: 'no-key-frame' } });
  });

  it('asks for a key frame every two seconds until one comes', async () => {
    let asked = 0;
    const camera = await peer();
    const clock = new ManualClock();
    const requestKeyFrame = async () => {
      asked += 1;
      if (asked === 2) throw new Error('busy');
    };
    const { source, units } = pull(camera, { requestKeyFrame, clock });
    await until('the first request', () => asked === 1);
    await clock.advanceAsync(1_999);
    expect(asked).toBe(1);
    await clock.advanceAsync(1);
    expect(asked).toBe(2);
    await clock.advanceAsync(4_000);
    expect(asked).toBe(4);
    camera.connection.picture(0, [IDR]);
    await until('a key frame', () => units.length === 1);
    await clock.advanceAsync(4_000);
    expect(asked).toBe(4);
    camera.connection.packets(45_000, [SLICE]); // lost
    camera.connection.picture(90_000, [SLICE]);
    await until('the loss', () => asked === 5);
    await source.stop();
    await clock.advanceAsync(10_000);
    expect(asked).toBe(5);
  });

  it('asks as soon as it may when a loss follows close upon another', async () => {
    let asked = 0;
    const camera = await peer();
    const clock = new ManualClock();
    const requestKeyFrame = async () => {
      asked += 1;
    };
    const { source, units } = pull(camera, { requestKeyFrame, clock });
    await until('the first request', () => asked === 1);
    camera.connection.picture(0, [IDR]);
    await until('a key frame', () => units.length === 1);
    clock.advance(500);
    camera.connection.packets(45_000, [SLICE]); // lost
    camera.connection.picture(90_000, [SLICE]);
    await until('the loss', () => source.counters.undecodable === 1);
    await clock.advanceAsync(1_499);
    expect(asked).toBe(1);
    await clock.advanceAsync(1);
    expect(asked).toBe(2);
  });

  it('goes on for longer while complete pictures arrive that await the first key frame', async () => {
    const camera = await peer();
    const clock = new ManualClock();
    const { source, states } = pull(camera, { clock });
    await started(camera);
    const go = async (fromS: number, toS: number) => {
      for (let second = fromS; second <= toS && !failure(states); second += 1) {
        camera.connection.picture(second * 90_000, [SLICE]);
        await until(
          'the picture',
          () => source.counters.undecodable === second || failure(states) !== undefined,
        );
        await clock.advanceAsync(1_000);
      }
    };
    await go(1, 59);
    expect(source.state.kind).toBe('connecting');
    expect(camera.methods).not.toContain('TEARDOWN');
    await go(60, 65);
    const state = await until('the watchdog', () => failure(states));
    expect(state).toMatchObject({ error: { code: 'no-key-frame' } });
  });

  it('discards what a loss over TCP broke, asks for a key frame and resumes there', async () => {
    let asked = 0;
    const camera = await peer();
    const clock = new ManualClock();
    const requestKeyFrame = async () => {
      asked += 1;
      throw new Error('not supported');
    };
    const { source, events } = pull(camera, { requestKeyFrame, clock });
    await until('the first request', () => asked === 1);
    camera.connection.picture(0, [IDR]);
    clock.advance(2_000);
    const broken = camera.connection.packets(3_600, [Buffer.concat([SLICE, IDR])]);
    const whole = camera.connection.packets(7_200, [SLICE]);
    for (const packet of [...broken.slice(1), ...whole]) {
      camera.connection.send(interleaved(0, packet));
    }
    camera.connection.picture(10_800, [IDR]);
    await until('the next key frame', () => events.filter((each) => each === 'key').length === 2);
    expect(events).toEqual(['sets', 'key', 'discontinuity', 'key']);
    expect(asked).toBe(2);
    expect(source.counters).toMatchObject({ lost: 1, broken: 1, undecodable: 1, pictures: 2 });
  });

  it('reports to the camera every five seconds', async () => {
    const camera = await peer();
    const clock = new ManualClock();
    const { units } = pull(camera, { clock });
    await started(camera);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    clock.advance(5_000);
    await until('a report', () => camera.connection.frames.length === 1);
    const [frame] = camera.connection.frames;
    expect(frame?.channel).toBe(1);
    expect(parseRtcp(frame?.payload ?? Buffer.alloc(0))).toMatchObject([
      { type: 'rr', reports: [{ ssrc: 0x1234, highestSequence: 1, cumulativeLost: 0 }] },
      { type: 'sdes' },
    ]);
  });

  it('connects again when the camera says goodbye', async () => {
    const camera = await peer();
    const { source, units } = pull(camera);
    await started(camera);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    const goodbye = serializeRtcp([{ type: 'bye', ssrcs: [0x1234], reason: '' }]);
    camera.connection.send(interleaved(1, goodbye));
    await until('the end', () => source.state.kind !== 'playing');
    await playing(camera, 2);
  });

  it('survives packets that are no RTP and RTCP', async () => {
    const camera = await peer();
    const { source, units } = pull(camera);
    await started(camera);
    camera.connection.send(interleaved(0, Buffer.from('nonsense')));
    camera.connection.send(interleaved(1, Buffer.from('nonsense')));
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    expect(source.counters.strange).toBe(1);
  });

  it.each([
    ['another codec', 'm=video 0 RTP/AVP 96\na=rtpmap:96 MP4V-ES/90000', 'codec-not-supported'],
    ['no video', 'm=audio 0 RTP/AVP 0', 'no-video'],
    ['nothing readable', '<html>', 'no-video'],
  ])('says when the camera describes %s', async (_what, sdp, code) => {
    const camera = await peer({ DESCRIBE: () => rtspResponse(200, {}, Buffer.from(sdp)) });
    const { source } = pull(camera);
    await until('the failure', () => source.state.kind === 'waiting');
    expect(source.state).toMatchObject({ error: { code } });
  });

  it.each(['', 'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=\r\n'])(
    'makes no parameter sets up (%s)',
    async (fmtp) => {
      const sdp = `m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n${fmtp}`;
      const camera = await peer({ DESCRIBE: () => rtspResponse(200, {}, Buffer.from(sdp)) });
      const { events } = pull(camera);
      await started(camera);
      camera.connection.picture(0, [SPS, PPS, IDR]);
      await until('a picture', () => events.length > 0);
      expect(events).toEqual(['key']);
    },
  );

  it('plays H.265, with the parameter sets that are announced', async () => {
    const hevc = (type: number, ...rest: number[]) => Buffer.of(type << 1, 1, ...rest);
    const sets = { vps: hevc(32, 12, 1), sps: hevc(33, 1, 1), pps: hevc(34, 0xc1, 1) };
    const sprop = Object.entries(sets).map(
      ([name, nal]) => `sprop-${name}=${nal.toString('base64')}`,
    );
    const sdp = `m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=fmtp:96 ${sprop.join(';')}\r\n`;
    const camera = await peer({ DESCRIBE: () => rtspResponse(200, {}, Buffer.from(sdp)) });
    const all = pull(camera);
    await started(camera);
    camera.connection.picture(0, [hevc(19, 0x80, 1, 2)]);
    camera.connection.picture(3_600, [hevc(1, 0x80, 1, 2)]);
    await until('two pictures', () => all.units.length === 2);
    expect(all.sets).toEqual([
      { codec: 'h265', vps: [sets.vps], sps: [sets.sps], pps: [sets.pps] },
    ]);
    expect(all.units.map(({ codec, keyFrame }) => [codec, keyFrame])).toEqual([
      ['h265', true],
      ['h265', false],
    ]);
    expect(all.source.state).toMatchObject({ kind: 'playing', codec: 'h265' });
  });

  it('takes H.264 from a camera that offers H.265 as well', async () => {
    const sdp =
      'm=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\na=control:trackID=1\r\n' +
      'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=2\r\n';
    const camera = await peer({ DESCRIBE: () => rtspResponse(200, {}, Buffer.from(sdp)) });
    const { source } = pull(camera);
    await started(camera);
    camera.connection.picture(0, [SPS, PPS, IDR]);
    await until('a picture', () => source.state.kind === 'playing');
    expect(source.state).toMatchObject({ codec: 'h264' });
    const setUp = camera.requests.find(({ method }) => method === 'SETUP');
    expect(setUp?.uri).toMatch(/trackID=2$/);
  });

  describe('over UDP', () => {
    it('puts datagrams in order', async () => {
      const camera = await peer();
      // Time stands still: whoever waits for a packet that was overtaken waits as long as it takes.
      const { source, units } = pull(camera, { transport: 'udp', clock: new ManualClock() });
      await started(camera);
      const packets = camera.connection.packets(0, [SPS, PPS, IDR]);
      camera.connection.datagrams(packets.slice(0, 1));
      await until('the first', () => source.counters.packets === 1);
      camera.connection.datagrams(packets.slice(1).reverse());
      await until('a picture', () => units.length === 1);
      expect(units[0]?.nalUnits.map((nal) => nal.length)).toEqual(
        [SPS, PPS, IDR].map((n) => n.length),
      );
      expect(source.state).toMatchObject({ kind: 'playing', transport: 'udp' });
      expect(source.counters.lost).toBe(0);
    });

    it('shows the sender that SETUP announced, and no key frame of another to the same port', async () => {
      const camera = await peer({
        SETUP: (request, connection) => {
          const transport = request.headers.get('Transport') ?? '';
          connection.clientPort = Number(/client_port=(\d+)/.exec(transport)?.[1] ?? 0);
          return rtspResponse(200, { Session: '1', Transport: `${transport};ssrc=00001234` });
        },
      });
      const { source, units } = pull(camera, { transport: 'udp', clock: new ManualClock() });
      await started(camera);
      const { connection } = camera;
      const foreign = Buffer.concat([IDR, Buffer.alloc(60_000, 0x66)]);
      const showForeign = () => {
        connection.ssrc = 0xbeef;
        const packets = connection.packets(0, [foreign]);
        connection.datagrams(packets);
        connection.ssrc = 0x1234;
        return packets.length;
      };
      const first = showForeign();
      expect(first).toBeGreaterThan(32);
      await until('the other', () => source.counters.packets === first);
      connection.picture(3_600, [IDR]);
      await until('a picture', () => units.length === 1);
      const { packets } = source.counters;
      const second = showForeign();
      await until('the other again', () => source.counters.packets === packets + second);
      expect(units.map(({ nalUnits }) => nalUnits.at(-1)?.length)).toEqual([IDR.length]);
    });

    it('falls back to TCP after three seconds of silence, and remembers', async () => {
      const camera = await peer();
      const clock = new ManualClock();
      const { source, units } = pull(camera, { transport: 'udp', clock });
      await started(camera);
      clock.advance(2_999);
      expect(camera.methods).not.toContain('TEARDOWN');
      clock.advance(1);
      await started(camera, 2);
      camera.connection.picture(0, [IDR]);
      await until('a picture', () => units.length === 1);
      expect(source.state).toMatchObject({ kind: 'playing', transport: 'tcp' });
      expect(camera.methods.slice(0, 4)).toEqual(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
      camera.connection.close();
      await until('the wait', () => source.state.kind === 'waiting');
      clock.advance(1_000);
      await started(camera, 3);
      const setUps = camera.requests.filter((request) => request.method === 'SETUP');
      const transports = setUps.map((request) => request.headers.get('Transport') ?? '');
      expect(transports.map((transport) => /TCP/.test(transport))).toEqual([false, true, true]);
    });

    it.each([
      ['udp', 'TCP', /TCP/],
      ['auto', 'UDP', /client_port/],
    ] as const)(
      'asked for %s takes %s at once when the camera grants nothing else',
      async (wish, _kind, granted) => {
        const camera = await peer({
          SETUP: (request, connection) => {
            const transport = request.headers.get('Transport') ?? '';
            if (!granted.test(transport)) return rtspResponse(461);
            const port = /client_port=(\d+)/.exec(transport)?.[1];
            connection.clientPort = Number(port ?? 0);
            const server = `;server_port=${connection.udpPort}-${connection.udpPort + 1}`;
            return rtspResponse(200, {
              Session: '1',
              Transport: `${transport}${port ? server : ''}`,
            });
          },
        });
        const { source, units } = pull(camera, { transport: wish });
        await started(camera);
        if (wish === 'auto') camera.connection.datagrams(camera.connection.packets(0, [IDR]));
        else camera.connection.picture(0, [IDR]);
        await until('a picture', () => units.length === 1);
        expect(source.state).toMatchObject({ transport: wish === 'auto' ? 'udp' : 'tcp' });
        expect(camera.connections).toHaveLength(1);
      },
    );
  });
});
