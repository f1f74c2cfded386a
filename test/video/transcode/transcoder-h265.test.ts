import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { H264Output } from '../../../src/video/transcode/h264-output.ts';
import { Transcoder } from '../../../src/video/transcode/transcoder.ts';
import { until } from '../../support/until.ts';
import { timedClip } from '../timed-clip.ts';

const times = ({ pts90k, captureUnixUs }: AccessUnit) => ({ pts90k, captureUnixUs });
const asShown = (units: readonly AccessUnit[]) => [...units].sort((a, b) => a.pts90k - b.pts90k);

let transcoder: Transcoder | undefined;
afterEach(() => transcoder?.stop());

describe('transcoder of H.265, with ffmpeg', () => {
  it('gives H.264, every picture with the times of the one it was made of', async () => {
    const units = await timedClip({ codec: 'h265' });
    const { out } = withFfmpeg();
    for (const unit of units) transcoder?.accessUnit(unit);
    await until('all pictures', () => out.length >= units.length);
    expect(new Set(out.map((unit) => unit.codec))).toEqual(new Set(['h264']));
    expect(out.map(times)).toEqual(units.map(times));
    expect(out.flatMap(({ keyFrame }, i) => (keyFrame ? [i] : []))).toEqual([0, 20]);
    expect(transcoder?.figures()).toMatchObject({ in: 40, out: 40, dropped: 0, restarts: 0 });
  });

  it('needs no later picture to give one', async () => {
    const units = await timedClip({ codec: 'h265' });
    const { out } = withFfmpeg();
    for (const [index, unit] of units.slice(0, 5).entries()) {
      transcoder?.accessUnit(unit);
      await until(`picture ${index}`, () => out.length === index + 1);
    }
  });

  it.each([
    ['closed groups', { bFrames: 3, params: 'open-gop=0' }],
    ['open groups', { bFrames: 3 }],
  ])('puts pictures with B-frames into the order in which they are shown: %s', async (_, how) => {
    const units = await timedClip({ codec: 'h265', ...how });
    const { out } = withFfmpeg();
    for (const unit of units) transcoder?.accessUnit(unit);
    // The decoder keeps the last few, in case one that is shown earlier follows.
    await until('the pictures', () => out.length >= units.length - 4);
    expect(out.map(times)).toEqual(asShown(units).slice(0, out.length).map(times));
  });

  it('begins at a CRA picture without those that lead it', async () => {
    const units = await timedClip({ codec: 'h265', bFrames: 3, frames: 60 });
    const from = units.findIndex((unit, index) => index > 0 && unit.keyFrame);
    const rest = units.slice(from);
    const leading = rest.filter((unit) => unit.leading && unit.pts90k < (rest[0]?.pts90k ?? 0));
    expect(leading.length).toBeGreaterThan(0);
    const { out } = withFfmpeg();
    for (const unit of rest) transcoder?.accessUnit(unit);
    const expected = asShown(rest.filter((unit) => !leading.includes(unit)));
    await until('the pictures', () => out.length >= expected.length - 4);
    expect(out.map(times)).toEqual(expected.slice(0, out.length).map(times));
    expect(transcoder?.figures().dropped).toBe(leading.length);
  });

  it('goes on when the camera is set to another codec', async () => {
    const [hevc, avc] = await Promise.all([
      timedClip({ codec: 'h265' }),
      timedClip({ codec: 'h264' }),
    ]);
    const { out, discontinuity } = withFfmpeg();
    for (const [index, unit] of [...avc.slice(0, 3), ...hevc.slice(0, 3), ...avc].entries()) {
      transcoder?.accessUnit({ ...unit, pts90k: index * 3_600 });
      await until(`picture ${index}`, () => out.length === index + 1);
      if (index === 10) break;
    }
    expect(out.map((unit) => unit.pts90k)).toEqual(out.map((_, index) => index * 3_600));
    expect(discontinuity).toHaveBeenCalledTimes(2);
    expect(transcoder?.figures()).toMatchObject({ out: 11, dropped: 0, restarts: 0 });
  });
});

function withFfmpeg() {
  const out: AccessUnit[] = [];
  const discontinuity = jest.fn();
  const rung = { width: 640, height: 360, kbps: 800 };
  const sink = {
    ...{ parameterSets: () => undefined, discontinuity },
    accessUnit: (unit: AccessUnit) => out.push(unit),
  };
  transcoder = new Transcoder({
    ...{ clock: systemClock, log: silentLogger },
    output: new H264Output({ name: 'test', clock: systemClock, rung, sink }),
  });
  return { out, discontinuity };
}
