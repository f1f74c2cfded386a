import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import { Packager } from '../../../src/video/fmp4/packager.ts';
import type { Fragment } from '../../../src/video/fragment.ts';
import { nalUnitsOf } from '../../../src/video/h264/annex-b.ts';
import { serializeRtp } from '../../../src/video/rtp/packet.ts';
import { serializeRtcp } from '../../../src/video/rtp/rtcp.ts';
import { rtspResponse } from '../../../src/video/rtsp/message.ts';
import { DeviceTable } from '../../support/device-table.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { started } from '../../support/pulled-source.ts';
import { IDR, interleaved, PPS, SDP, SLICE, SPS } from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';
import { encodeClip } from '../fmp4/clip.ts';

const table = new DeviceTable();

afterEach(() => table.clear());

/** The NAL units of each picture by their types. */
function types(units: readonly { nalUnits: readonly Uint8Array[] }[]): number[][] {
  return units.map((unit) => unit.nalUnits.map((nal) => (nal[0] ?? 0) & 0x1f));
}

/** Packages what a source hands on, as the gateway does. */
function packaging() {
  const fragments: Fragment[] = [];
  const sink = {
    fragment: (each: Fragment) => void fragments.push(each),
    discontinuity: () => undefined,
  };
  const packager = new Packager({ sink, log: silentLogger });
  const inits = () =>
    fragments.flatMap((each) => (each.kind === 'init' ? [[each.generation, each.width]] : []));
  return { packager, fragments, inits };
}

/** The parameter sets of a real encoder, for pictures of this size. */
async function encodedSets(size: string): Promise<Buffer[]> {
  const nalUnits = [...nalUnitsOf(await encodeClip({ frames: 1, size }))];
  return nalUnits
    .filter((nal) => [7, 8].includes((nal[0] ?? 0) & 0x1f))
    .map((nal) => Buffer.from(nal));
}

describe('parameter sets', () => {
  it('that the description has not are waited for: nothing begins before those in the stream', async () => {
    const sets = await encodedSets('320x240');
    const bare = Buffer.from(SDP.replace(/^a=fmtp.*\r\n/m, ''));
    const camera = await table.device({ DESCRIBE: () => rtspResponse(200, {}, bare) });
    const { packager, fragments, inits } = packaging();
    const { source, peer } = await table.playing(camera, { sink: packager });
    peer.picture(0, [IDR]);
    peer.picture(3_600, [SLICE]);
    peer.picture(7_200, [IDR]);
    await until('three pictures', () => source.counters.pictures === 3);
    expect(fragments).toEqual([]);
    peer.picture(10_800, [...sets, IDR]);
    await until('a fragment', () => fragments.length === 2);
    expect(inits()).toEqual([[1, 320]]);
  });

  it('that change begin a new generation, with the picture that they are for', async () => {
    const [small, large] = [await encodedSets('320x240'), await encodedSets('640x480')];
    const { packager, fragments, inits } = packaging();
    const { peer } = await table.playing(await table.device(), { sink: packager });
    peer.picture(0, [...small, IDR]);
    peer.picture(3_600, [SLICE]);
    peer.picture(7_200, [...large, IDR]);
    peer.picture(10_800, [SLICE]);
    await until('all of them', () => fragments.length === 6);
    expect(inits()).toEqual([
      [1, 320],
      [2, 640],
    ]);
    expect(fragments.map(({ kind, generation }) => [kind, generation])).toEqual([
      ...[
        ['init', 1],
        ['media', 1],
        ['media', 1],
      ],
      ...[
        ['init', 2],
        ['media', 2],
        ['media', 2],
      ],
    ]);
  });

  it('that change in the stream are handed on with the picture that they are for', async () => {
    const { peer, units } = await table.playing(await table.device());
    const other = Buffer.concat([SPS, Buffer.from('80', 'hex')]);
    peer.picture(0, [SPS, PPS, IDR]);
    peer.picture(3_600, [SLICE]);
    peer.picture(7_200, [other, PPS, IDR]);
    await until('three pictures', () => units.length === 3);
    expect(units[2]?.nalUnits[0]).toEqual(other);
    expect(units.map((unit) => unit.keyFrame)).toEqual([true, false, true]);
  });
});

describe('timestamps', () => {
  it('hours off (Intelbras) are stamped anew, and counted', async () => {
    const { source, peer, units } = await table.playing(await table.device());
    const hours = [0, -9_800 * 90_000, 0, 37_600 * 90_000, 0];
    hours.forEach((off, index) => {
      peer.picture((index * 3_600 + off) >>> 0, [index === 0 ? IDR : SLICE]);
    });
    await until('five pictures', () => units.length === 5);
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 3_600, 7_200, 10_800, 14_400]);
    expect(source.counters.outliers).toBe(2);
  });

  it('that stay elsewhere are a new time after three that agree', async () => {
    const { source, peer, units } = await table.playing(await table.device());
    const other = 2_000_000_000;
    const sent = [0, 3_600, other, other + 9_000, other + 18_000, other + 27_000];
    sent.forEach((timestamp, index) => {
      peer.picture(timestamp, [index === 0 ? IDR : SLICE]);
    });
    await until('six pictures', () => units.length === 6);
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 3_600, 7_200, 10_800, 14_400, 23_400]);
    expect(source.counters.reconnects).toBe(0);
  });

  it('that begin anew after a reconnect (Tapo) go on where they were', async () => {
    const tapo = await table.device();
    const { peer, units, events } = await table.playing(tapo);
    peer.picture(1_000_000, [IDR]);
    peer.picture(1_003_600, [SLICE]);
    await until('two pictures', () => units.length === 2);
    peer.close();
    await started(tapo, 2);
    tapo.connection.picture(5, [IDR]);
    tapo.connection.picture(3_605, [SLICE]);
    await until('four pictures', () => units.length === 4);
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 3_600, 7_200, 10_800]);
    expect(events).toEqual([
      ...['sets', 'key', 'picture', 'discontinuity'],
      ...['sets', 'key', 'picture'],
    ]);
  });

  it('of B-frames go back as they are', async () => {
    const { peer, units } = await table.playing(await table.device());
    peer.picture(10_000, [IDR]);
    peer.picture(17_200, [SLICE]);
    peer.picture(13_600, [SLICE]);
    await until('three pictures', () => units.length === 3);
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 7_200, 3_600]);
  });

  it('pass the wrap of 32 bits', async () => {
    const { peer, units } = await table.playing(await table.device());
    peer.picture(2 ** 32 - 1_800, [IDR]);
    peer.picture(1_800, [SLICE]);
    await until('two pictures', () => units.length === 2);
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 3_600]);
  });
});

describe('the marker bit', () => {
  const SEI = Buffer.from('0605010080', 'hex');

  it('never set (FLIR M400): a picture ends with the next timestamp', async () => {
    const { peer, units } = await table.playing(await table.device());
    peer.sendRtp([peer.packet(0, SPS), peer.packet(0, PPS), peer.packet(0, IDR.subarray(0, 900))]);
    peer.sendRtp([peer.packet(3_600, SLICE), peer.packet(7_200, SLICE)]);
    await until('two pictures', () => units.length === 2);
    expect(types(units)).toEqual([[7, 8, 5], [1]]);
  });

  it('set on parameter sets (Tapo TC70, Reolink Duo 2) and on SEI: a picture has a slice', async () => {
    const { peer, units } = await table.playing(await table.device());
    peer.sendRtp([
      peer.packet(0, SPS, true),
      peer.packet(0, PPS, true),
      peer.packet(0, SEI, true),
      peer.packet(0, IDR.subarray(0, 900), true),
      peer.packet(3_600, SEI, true),
      peer.packet(3_600, SLICE, true),
    ]);
    await until('two pictures', () => units.length === 2);
    expect(types(units)).toEqual([
      [7, 8, 6, 5],
      [6, 1],
    ]);
  });
});

describe('payloads', () => {
  const slice = Buffer.from('65889a', 'hex');
  const startCode = Buffer.from([0, 0, 0, 1]);

  it.each<[string, Buffer[], number[]]>([
    [
      'Annex B inside RTP',
      [Buffer.concat([startCode, SPS, startCode, PPS, startCode, slice])],
      [7, 8, 5],
    ],
    ['a fragment that is start and end at once (CostarHD)', [Buffer.from('7cc5889a', 'hex')], [5]],
    [
      'fragments without content',
      [Buffer.from('7c8588', 'hex'), Buffer.from('7c05', 'hex'), Buffer.from('7c459a', 'hex')],
      [5],
    ],
    [
      'a STAP-A that is padded with zeros',
      [Buffer.concat([Buffer.from('780003', 'hex'), slice, Buffer.alloc(6)])],
      [5],
    ],
    ['packets without payload', [Buffer.alloc(0), slice], [5]],
  ])('with %s', async (_what, payloads, expected) => {
    const { peer, units } = await table.playing(await table.device());
    peer.sendRtp(payloads.map((payload, i) => peer.packet(0, payload, i === payloads.length - 1)));
    await until('a picture', () => units.length === 1);
    expect(types(units)).toEqual([expected]);
  });

  it('of 60 KiB in one datagram', async () => {
    const { peer, units } = await table.playing(await table.device(), { transport: 'udp' });
    peer.datagrams([peer.packet(0, Buffer.concat([slice, Buffer.alloc(60_000, 0x55)]), true)]);
    await until('a picture', () => units.length === 1);
    expect(units[0]?.nalUnits[0]).toHaveLength(60_003);
  });
});

describe('stale sessions', () => {
  it('that go on sending into the new connection (live555) change nothing', async () => {
    const { source, peer, units, events } = await table.playing(await table.device());
    const stale = (sequence: number) =>
      serializeRtp({
        ...{ payloadType: 96, marker: true, sequence, timestamp: sequence, ssrc: 0xdead },
        payload: SLICE,
      });
    peer.picture(0, [IDR]);
    peer.sendRtp([stale(9), stale(10)]);
    peer.picture(3_600, [SLICE]);
    peer.sendRtp([stale(11)]);
    peer.picture(7_200, [SLICE]);
    await until('three pictures', () => units.length === 3);
    expect(events).toEqual(['sets', 'key', 'picture', 'picture']);
    expect(source.counters).toMatchObject({ lost: 0, broken: 0 });
  });
});

describe('a goodbye', () => {
  it('of a sender that begins anew as another (GStreamer) is not the end', async () => {
    const clock = new ManualClock();
    const { source, peer, units, events } = await table.playing(await table.device(), { clock });
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    const goodbye = serializeRtcp([{ type: 'bye', ssrcs: [peer.ssrc], reason: '' }]);
    peer.send(interleaved(1, goodbye));
    peer.ssrc = 0x5678;
    peer.picture(77, [IDR]);
    await until('another picture', () => units.length === 2);
    await clock.advanceAsync(1_000);
    expect(source.state.kind).toBe('playing');
    expect(events).toEqual(['sets', 'key', 'discontinuity', 'key']);
  });
});

describe('long groups of pictures', () => {
  it('of a smart codec are measured and said', async () => {
    const said: string[] = [];
    const log = { ...silentLogger, warn: (message: string) => void said.push(message) };
    log.child = () => log;
    const { peer, units } = await table.playing(await table.device(), { log });
    for (let second = 0; second <= 12; second += 1) {
      peer.picture(second * 90_000, [second % 12 === 0 ? IDR : SLICE]);
    }
    await until('all of them', () => units.length === 13);
    expect(said).toEqual([expect.stringContaining('a key frame every 12 s only')]);
  });
});

describe('absurd sizes', () => {
  const reply = (head: string) => Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: 1\r\n${head}`);

  it.each([
    ['headers without end', reply('X: y\r\n'.repeat(100)), 'rtsp-too-large'],
    ['a header without end', reply(`X: ${'y'.repeat(20_000)}`), 'rtsp-too-large'],
    ['a body of 10 MB', reply('Content-Length: 10000000\r\n\r\n'), 'rtsp-too-large'],
    ['nothing that could be RTSP', Buffer.alloc(300_000, 0xff), 'rtsp-framing-lost'],
  ])('of a reply: %s', async (_what, bytes, code) => {
    const camera = await table.device({
      DESCRIBE: (_request, peer) => {
        peer.send(Buffer.concat([bytes, Buffer.from('\r\n\r\n')]));
        return undefined;
      },
    });
    const { source } = table.pull(camera);
    await until('the refusal', () => source.state.kind === 'waiting');
    expect(source.state).toMatchObject({ error: { code } });
    await until('the end of the connection', () => camera.connections[0]?.closed);
  });

  it('of a picture: too many NAL units cost that picture, and the stream goes on', async () => {
    const { source, peer, units } = await table.playing(await table.device());
    const slices = Array.from({ length: 1_100 }, () =>
      interleaved(0, peer.packet(0, SLICE.subarray(0, 9))),
    );
    peer.send(Buffer.concat(slices));
    peer.picture(3_600, [IDR]);
    await until('the next picture', () => units.length === 1);
    expect(source.counters).toMatchObject({ broken: 1, pictures: 1 });
  });

  it('of a picture: more than 8 MiB cost that picture, and the stream goes on', async () => {
    const { source, peer, units } = await table.playing(await table.device());
    peer.picture(0, [Buffer.concat([IDR, Buffer.alloc(8 * 1024 * 1024, 0x55)])]);
    peer.picture(3_600, [IDR]);
    await until('the next picture', () => units.length === 1);
    expect(units[0]?.nalUnits.at(-1)).toHaveLength(IDR.length);
    expect(source.counters).toMatchObject({ broken: 1, pictures: 1, lost: 0 });
  });
});
