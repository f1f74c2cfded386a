import { silentLogger } from '../../../src/core/log.ts';
import type { AccessUnitSink } from '../../../src/video/access-unit.ts';
import { Packager } from '../../../src/video/fmp4/packager.ts';
import type { Fragment } from '../../../src/video/fragment.ts';
import { nalUnitsOf } from '../../../src/video/h264/annex-b.ts';
import { packetizeH264 } from '../../../src/video/rtp/h264-packetizer.ts';
import { parseRtp, serializeRtp } from '../../../src/video/rtp/packet.ts';
import { parseRtcp, serializeRtcp } from '../../../src/video/rtp/rtcp.ts';
import { Timeline } from '../../../src/video/rtp/timeline.ts';
import { Reception } from '../../../src/video/source/reception.ts';
import { noCounts } from '../../../src/video/source/state.ts';
import { parseFragment, parseInit, type TrackInfo } from '../../../web/shared/player/demux.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { hexes } from '../bytes.ts';
import { capture, capturedPackets } from '../captures.ts';
import { type Input, mustHold, type Target } from '../target.ts';

const TOKENS = hexes(
  '8060 80e0 7c85 7c05 7c45 780002 00000167 00000001 620193 620113 620153 600100 2601 4001 4201 4401',
);
const RTCP_TYPES = [200, 201, 202, 203, 204, 205, 206];

const h264Units = [...nalUnitsOf(capture('ffmpeg-h264.annexb'))];
const ofType = (header: number) => h264Units.find((nal) => nal[0] === header) ?? Buffer.alloc(0);
const [sps, pps] = [ofType(0x67), ofType(0x68)];
const idr = Buffer.concat([Buffer.from([0x65, 0x88]), Buffer.alloc(3_000, 0x55)]);
const slice = Buffer.concat([Buffer.from([0x41, 0x9a]), Buffer.alloc(40, 0x77)]);

/** Three pictures as our own packetizer sends them, the last in fragments that are Annex B inside. */
function ownPackets(): Input {
  const code = Buffer.of(0, 0, 0, 1);
  const inside = Buffer.concat([sps, code, pps, code, idr]);
  const pictures = [[sps, pps, idr], [slice], [inside]];
  let sequence = 65_530;
  return pictures.flatMap((nalUnits, index) =>
    packetizeH264(nalUnits, { aggregateParameterSets: true }).map(({ bytes, marker }) => {
      sequence += 1;
      const timestamp = (0xfffffff0 + index * 3_600) >>> 0;
      const fields = { payloadType: 96, marker, timestamp, ssrc: 7, payload: bytes };
      return serializeRtp({ ...fields, sequence: sequence & 0xffff });
    }),
  );
}

const report = serializeRtcp([
  {
    ...{ type: 'sr', ssrc: 7, ntpSeconds: 3_900_000_000, ntpFraction: 1, rtpTimestamp: 9 },
    ...{ packets: 3, octets: 999, reports: [] },
  },
  { type: 'sdes', chunks: [{ ssrc: 7, cname: 'camera@192.0.2.1' }] },
  { type: 'bye', ssrcs: [9], reason: 'moved' },
]);

const isRtcp = (packet: Buffer) => RTCP_TYPES.includes(packet[1] ?? 0);
const captured = ['ffmpeg-h264.rtp', 'ffmpeg-h265.rtp'].map(capturedPackets);

const h264 = [ownPackets(), capturedPackets('ffmpeg-h264.rtp')];
const h265 = [capturedPackets('ffmpeg-h265.rtp')];

const packets: Target = {
  name: 'RTP packets',
  shape: 'whole',
  seeds: captured.flatMap((list) => list.slice(0, 4).map((packet) => [packet])),
  tokens: TOKENS,
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    const packet = parseRtp(bytes);
    mustHold(packet.payload.length <= bytes.length - 12, 'a payload is part of its packet');
    emit(packet);
  },
};

const reports: Target = {
  name: 'RTCP packets',
  shape: 'whole',
  seeds: [
    [report],
    ...captured
      .flat()
      .filter(isRtcp)
      .map((packet) => [packet]),
  ],
  tokens: hexes('80c80006 81c90007 81ca0002 81cb0001 9fcb ffff 616263 00'),
  growth: 60,
  run([bytes = Buffer.alloc(0)], emit) {
    for (const packet of parseRtcp(bytes)) emit(packet);
  },
};

/** The RTP of a camera as it comes in, to the fragments that leave, which a player must be able to read. */
function reception(encoding: 'H264' | 'H265', seeds: readonly Input[], datagrams: boolean): Target {
  return {
    name: `RTP of ${encoding} to MP4, ${datagrams ? 'in any order' : 'in order'}`,
    shape: 'packets',
    seeds,
    tokens: TOKENS,
    growth: 30,
    // The largest picture, the fragment that it became, and the packets that are early.
    holdsBytes: 2 * 8 * 1024 * 1024 + 25 * 65_536,
    run(pieces, emit) {
      const counters = noCounts();
      const packager = new Packager({ sink: playable(emit), log: silentLogger });
      const receiver = new Reception({
        ...{
          format: { payloadType: 96, encoding, clockRate: 90_000, parameters: new Map() },
        },
        ...{ datagrams, sink: checked(packager), timeline: new Timeline(), counters },
        ...{
          clock: new ManualClock(),
          onGoodbye: () => emit('goodbye'),
          onUnplayable: () => undefined,
          signal: new AbortController().signal,
        },
      });
      let captureUnixUs = 1e15;
      for (const piece of pieces) {
        captureUnixUs += 1_000;
        if (isRtcp(piece)) receiver.rtcp(piece, captureUnixUs);
        else receiver.rtp(piece, captureUnixUs);
      }
      void receiver.close();
    },
    again: renumbered,
  };
}

/** What every access unit promises (access-unit.ts). */
function checked(sink: AccessUnitSink): AccessUnitSink {
  return {
    parameterSets: (sets) => sink.parameterSets(sets),
    discontinuity: () => sink.discontinuity(),
    accessUnit(unit) {
      mustHold(Number.isSafeInteger(unit.pts90k) && unit.pts90k >= 0, 'time is never negative');
      mustHold(unit.nalUnits.length > 0, 'a picture has NAL units');
      mustHold(
        unit.nalUnits.every((nal) => nal.length > 0),
        'no NAL unit is empty',
      );
      sink.accessUnit(unit);
    },
  };
}

/** Demands that a player can read every fragment, and that time never goes back. */
function playable(emit: (item: unknown) => void) {
  let track: TrackInfo | undefined;
  let decodeTime = 0;
  return {
    fragment(fragment: Fragment) {
      const bytes = new Uint8Array(fragment.bytes);
      if (fragment.kind === 'init') track = parseInit(bytes);
      else {
        mustHold(track !== undefined, 'an init segment comes first');
        const [sample] = track ? parseFragment(bytes, track) : [];
        mustHold(sample !== undefined && sample.decodeTime >= decodeTime, 'time goes forward');
        decodeTime = sample?.decodeTime ?? 0;
      }
      emit(fragment.bytes);
    },
    discontinuity: () => emit('discontinuity'),
  };
}

/** The same packets, one camera's whole sequence later. */
function renumbered(packet: Buffer, round: number): Buffer {
  const copy = Buffer.from(packet);
  if (copy.length < 12 || isRtcp(copy)) return copy;
  copy.writeUInt16BE((copy.readUInt16BE(2) + round * 97) & 0xffff, 2);
  copy.writeUInt32BE((copy.readUInt32BE(4) + round * 90_000) >>> 0, 4);
  return copy;
}

export const RTP_TARGETS: readonly Target[] = [
  packets,
  reports,
  reception('H264', h264, false),
  reception('H264', h264, true),
  reception('H265', h265, false),
];
