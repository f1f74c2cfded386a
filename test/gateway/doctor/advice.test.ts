import { describe, expect, it } from '@jest/globals';
import { adviceFor, type Findings } from '../../../src/gateway/doctor/advice.ts';
import type { PtzReport } from '../../../src/gateway/doctor/ptz-check.ts';
import type { StreamReport } from '../../../src/gateway/doctor/stream-check.ts';
import { readPage } from '../../support/documents.ts';

const GOOD = {
  role: 'main',
  transport: 'tcp',
  parameterSetsAnnounced: true,
  firstPictureMs: 200,
  coding: {
    codec: 'h264',
    profile: 'High',
    level: '4.0',
    codecString: 'avc1.640028',
    width: 1_920,
    height: 1_080,
  },
  pictures: {
    pictures: 250,
    framesPerSecond: 25,
    keyFrames: 10,
    keyFrameIntervalMs: { min: 1_000, max: 1_000 },
    longestGroupMs: 1_000,
    reordered: 0,
    unevennessMs: { p50: 1, p95: 5, max: 20 },
    longestGapMs: 60,
  },
  packets: {
    packets: 4_000,
    kbps: 4_000,
    peakKbps: 5_000,
    jitterMs: { last: 1, max: 2 },
    clockOffsetMs: 3,
    senderReports: 2,
  },
  losses: {
    lost: 0,
    broken: 0,
    undecodable: 0,
    strange: 0,
    outliers: 0,
    lostSteps: 0,
    reconnects: 0,
  },
} satisfies StreamReport;

const SUB: StreamReport = {
  ...GOOD,
  role: 'sub',
  coding: { ...GOOD.coding, width: 640, height: 360 },
};
const MOVED: PtzReport = { axis: 'pan', moved: true, stopped: true, returned: true, quirks: {} };

function codes(main: Partial<StreamReport>, more: Partial<Findings> = {}): string[] {
  const streams = [{ ...GOOD, ...main } as StreamReport, SUB];
  const findings = {
    ...{ camera: 'shop-1', seconds: 10, streams, probed: [], lineKbps: 8_000, outputs: [] },
    ...more,
  };
  return adviceFor(findings).map(({ code }) => code);
}

const pictures = (change: Partial<typeof GOOD.pictures>) => ({
  pictures: { ...GOOD.pictures, ...change },
});
const packets = (change: Partial<typeof GOOD.packets>) => ({
  packets: { ...GOOD.packets, ...change },
});
const losses = (change: Partial<typeof GOOD.losses>) => ({ losses: { ...GOOD.losses, ...change } });
const coding = (change: Partial<NonNullable<StreamReport['coding']>>) => ({
  coding: { ...GOOD.coding, ...change },
});
const ptz = (change: Partial<PtzReport>) => ({ ptz: { ...MOVED, ...change } });
const sessions = (granted: number, dropped = 0) => ({
  sessions: { asked: 4, granted, dropped, refusal: { code: 'camera-busy', message: 'full' } },
});

/** The configuration names an output by a token that the camera does not have. */
const WIRED_ELSEWHERE: Partial<Findings> = {
  outputs: [
    { id: 'siren', name: 'Sirene', kind: 'siren', token: '1' },
    { id: 'light', name: 'Licht', kind: 'light', token: 'AlarmOut_0' },
  ],
  device: {
    ...{ host: 'h', port: 80, services: [], streams: [], quirks: {}, steps: [], clockOffsetMs: 0 },
    outputs: [{ token: 'alarmout_0' }],
  },
};

const CASES: [string, Partial<StreamReport>, Partial<Findings>][] = [
  ['key-frame-interval-long', pictures({ longestGroupMs: 10_000, keyFrames: 1 }), {}],
  ['b-frames', pictures({ reordered: 100 }), {}],
  ['codec-h265', coding({ codec: 'h265' }), {}],
  ['codec-other', { madeOf: 'JPEG', parameterSetsAnnounced: false }, {}],
  ['resolution-large', coding({ width: 3_840, height: 2_160 }), {}],
  ['no-parameter-sets', { parameterSetsAnnounced: false }, {}],
  ['loss-udp', { ...losses({ lost: 12 }), transport: 'udp' }, {}],
  ['loss-tcp', losses({ lost: 12 }), {}],
  ['loss-tcp', losses({ lostSteps: 1 }), {}],
  ['timestamps-jump', losses({ outliers: 2 }), {}],
  ['arrival-uneven', pictures({ unevennessMs: { p50: 5, p95: 180, max: 400 } }), {}],
  ['arrival-uneven', pictures({ longestGapMs: 1_900 }), {}],
  [
    'frame-rate-low',
    { ...pictures({ framesPerSecond: 12 }), ...coding({ framesPerSecond: 25 }) },
    {},
  ],
  ['bitrate-over-line', packets({ kbps: 6_000, peakKbps: 14_000 }), {}],
  ['bitrate-over-line', {}, { lineKbps: 2_000 }],
  ['clock-wrong', packets({ clockOffsetMs: -3_600_000 }), {}],
  ['no-sub-stream', {}, { streams: [GOOD] }],
  ['session-limit', {}, sessions(1)],
  ['sessions-none-spare', {}, sessions(2)],
  ['sessions-dropped', {}, sessions(3, 1)],
  ['stop-fails', {}, ptz({ stopped: false })],
  ['stop-ignored', {}, ptz({ quirks: { ignoresStop: true } })],
  ['does-not-move', {}, ptz({ moved: false })],
  ['output-absent', {}, WIRED_ELSEWHERE],
  ['stop-unverified', {}, { ptz: { axis: 'pan', returned: false, quirks: {} } }],
];

describe('the advice of the doctor', () => {
  it('is none for a good camera', () => {
    expect(codes({}, { ...sessions(3), ...ptz({}) })).toEqual([]);
  });

  it.each(CASES)('%s', (code, main, more) => {
    expect(codes(main, more)).toEqual([code]);
  });

  it.each(CASES)('%s is explained in the guide', (code) => {
    expect(readPage('docs/guide/cameras.md').text).toContain(`| \`${code}\` |`);
  });

  it('begins with why there is no picture', () => {
    const failure = { code: 'camera-busy', message: 'it serves no more' };
    const dead: StreamReport = { role: 'main', parameterSetsAnnounced: false, failure };
    expect(codes({}, { streams: [dead, SUB] })).toEqual(['camera-busy']);
  });

  it('takes what was measured for more than what is declared', () => {
    const probed = ['resolution-large', 'no-h264', 'address-replaced'].map((code) => ({
      code,
      text: `declared ${code}`,
    }));
    expect(codes(coding({ codec: 'h265' }), { probed })).toEqual([
      'address-replaced',
      'codec-h265',
    ]);
    expect(codes({}, { probed })).toEqual(['no-h264', 'address-replaced']);
    expect(codes({ madeOf: 'JPEG' }, { probed })).toEqual(['address-replaced', 'codec-other']);
  });
});
