import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ViewerReport } from '../../../src/server/live/viewer-report.ts';
import { until } from '../../support/until.ts';
import { Harness } from '../harness.ts';
import { init } from '../scripted-media.ts';

const stats = (latencyMs: number, decoded = 25, dropped = 0) => ({ latencyMs, decoded, dropped });

describe('what a viewer says of itself', () => {
  it('is nothing when it says nothing', () => {
    expect(new ViewerReport().summary()).toBeUndefined();
  });

  it('is summed up', () => {
    const report = new ViewerReport();
    for (let second = 0; second < 100; second += 1) {
      report.add(stats(second < 90 ? 40 : 400, 25, second === 0 ? 3 : 0), second * 1_000);
    }
    report.add(stats(2_500), 100_000);
    expect(report.summary()).toEqual({
      ...{ reports: 101, decoded: 2_525, dropped: 3 },
      ...{ delayP50Ms: 41, delayP95Ms: 405, delayMaxMs: 2_500 },
    });
  });

  it('counts four times a second at most', () => {
    const report = new ViewerReport();
    const counted = [0, 100, 249, 250, 300, 500].map((nowMs) => report.add(stats(nowMs), nowMs));
    expect(counted).toEqual([0, undefined, undefined, 250, undefined, 500]);
    expect(report.summary()?.reports).toBe(3);
  });

  it('is bounded, whatever it is', () => {
    const lies = fc.record({
      latencyMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
      decoded: fc.nat(Number.MAX_SAFE_INTEGER),
      dropped: fc.nat(Number.MAX_SAFE_INTEGER),
    });
    fc.assert(
      fc.property(fc.array(lies, { minLength: 1 }), (said) => {
        const report = new ViewerReport();
        for (const [index, each] of said.entries()) report.add(each, index * 1_000);
        const summary = report.summary();
        for (const value of Object.values(summary ?? {})) {
          expect(Number.isSafeInteger(value) && value >= 0 && value <= 100_000).toBe(true);
        }
        expect(summary?.delayP50Ms).toBeLessThanOrEqual(summary?.delayP95Ms ?? 0);
        expect(summary?.delayP95Ms).toBeLessThanOrEqual(summary?.delayMaxMs ?? 0);
      }),
    );
  });

  it('has percentiles that are exact to a tenth', () => {
    const delays = fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(delays, (all) => {
        const report = new ViewerReport();
        for (const [index, delayMs] of all.entries()) report.add(stats(delayMs), index * 1_000);
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
        const said = report.summary()?.delayP95Ms ?? 0;
        expect(said).toBeGreaterThanOrEqual(Math.floor(exact));
        expect(said).toBeLessThanOrEqual(Math.ceil(exact * 1.1));
      }),
    );
  });
});

describe('the journal', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness().start();
  });
  afterEach(() => harness.stop());

  const ended = () =>
    until('the end in the journal', () =>
      [...harness.deps.journal.read()].find(({ kind }) => kind === 'viewing.ended'),
    );

  it('has the words of a viewer beside what the gateway counted', async () => {
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    await socket.settled();
    harness.media.last.push(init());
    await socket.next('watching');
    const words = { bufferedMs: 0, ...stats(80, 24, 1) };
    socket.send({ type: 'stats', channel: 1, ...words });
    socket.send({ type: 'stats', channel: 2, ...words });
    socket.send({ type: 'unwatch', channel: 1 });
    expect((await ended()).data).toMatchObject({
      ...{ camera: 'shop-1', pictures: 0, dropped: 0, reason: 'unwatched' },
      saidByViewer: {
        ...{ reports: 1, decoded: 24, dropped: 1 },
        ...{ delayP50Ms: 80, delayP95Ms: 80, delayMaxMs: 80 },
      },
    });
  });

  it('has none of a viewer that said nothing', async () => {
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    socket.send({ type: 'unwatch', channel: 1 });
    expect((await ended()).data).not.toHaveProperty('saidByViewer');
  });
});
