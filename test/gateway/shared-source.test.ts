import { describe, expect, it, jest } from '@jest/globals';
import { SharedSource } from '../../src/gateway/shared-source.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets } from '../../src/video/access-unit.ts';

const UNIT: AccessUnit = {
  codec: 'h264',
  nalUnits: [],
  keyFrame: true,
  pts90k: 0,
  captureUnixUs: 0,
};
const SETS: ParameterSets = { codec: 'h264', vps: [], sps: [], pps: [] };

class RecordingSink implements AccessUnitSink {
  readonly heard: string[] = [];
  parameterSets(): void {
    this.heard.push('sets');
  }
  accessUnit(): void {
    this.heard.push('unit');
  }
  discontinuity(): void {
    this.heard.push('gap');
  }
}

function build() {
  const calls: string[] = [];
  const source = new SharedSource(
    () => ({
      start: () => void calls.push('start'),
      stop: async () => void calls.push('stop'),
    }),
    () => calls.push('key frame'),
  );
  return { calls, source };
}

describe('a shared source', () => {
  it('pulls for the first user and stops after the last, however many there are', async () => {
    const { calls, source } = build();
    const [a, b] = [new RecordingSink(), new RecordingSink()];
    source.attach(a);
    source.accessUnit(UNIT);
    source.attach(b);
    source.accessUnit(UNIT);
    await source.detach(a);
    source.accessUnit(UNIT);
    expect(calls).toEqual(['start', 'key frame']);
    await source.detach(b);
    await source.detach(b);
    expect(calls).toEqual(['start', 'key frame', 'stop']);
    expect([a.heard, b.heard]).toEqual([
      ['unit', 'unit'],
      ['unit', 'unit'],
    ]);
  });

  it('tells a late user the parameter sets that came with the pictures', () => {
    const { source } = build();
    source.attach(new RecordingSink());
    source.parameterSets(SETS);
    const [sps, pps, slice] = [Buffer.of(0x67, 1, 2, 3), Buffer.of(0x68, 2), Buffer.of(0x65, 3)];
    const sets = {
      codec: 'h264' as const,
      vps: [],
      sps: [Buffer.from(sps)],
      pps: [Buffer.from(pps)],
    };
    source.accessUnit({ ...UNIT, nalUnits: [sps, pps, slice] });
    // The memory of a picture is used again for the next.
    for (const nal of [sps, pps]) nal.fill(0);
    source.accessUnit({ ...UNIT, nalUnits: [slice] });
    source.accessUnit({ ...UNIT, nalUnits: [Buffer.of(0x67, 9, 9, 9), slice], keyFrame: false });
    const told = jest.fn<AccessUnitSink['parameterSets']>();
    source.attach({
      parameterSets: told,
      accessUnit: () => undefined,
      discontinuity: () => undefined,
    });
    expect(told).toHaveBeenCalledWith(sets);
  });

  it('tells a late user the parameter sets that came before it', () => {
    const { source } = build();
    source.attach(new RecordingSink());
    source.parameterSets(SETS);
    const late = new RecordingSink();
    source.attach(late);
    source.discontinuity();
    expect(late.heard).toEqual(['sets', 'gap']);
  });

  it('can be used again after the last user left', async () => {
    const { calls, source } = build();
    const sink = new RecordingSink();
    source.attach(sink);
    source.parameterSets(SETS);
    await source.detach(sink);
    source.attach(sink);
    expect(calls).toEqual(['start', 'stop', 'start']);
    expect(sink.heard).toEqual(['sets']);
  });

  it('starts at once for a user that comes while the last pull is still ending', async () => {
    const calls: string[] = [];
    let stopped: () => void = () => undefined;
    const source = new SharedSource(
      () => ({
        start: () => void calls.push('start'),
        stop: () => {
          calls.push('stop');
          return new Promise((resolve) => {
            stopped = resolve;
          });
        },
      }),
      () => calls.push('key frame'),
    );
    const [early, late] = [new RecordingSink(), new RecordingSink()];
    source.attach(early);
    source.parameterSets(SETS);
    source.accessUnit(UNIT);
    const detached = source.detach(early);
    source.attach(late);
    expect(calls).toEqual(['start', 'stop', 'start']);
    expect(late.heard).toEqual([]);
    stopped();
    await detached;
    expect(source.users).toBe(1);
    source.parameterSets(SETS);
    source.accessUnit(UNIT);
    expect(early.heard).toEqual(['sets', 'unit']);
    expect(late.heard).toEqual(['sets', 'unit']);
    expect(calls).toEqual(['start', 'stop', 'start']);
  });

  it('asks for a key frame until one comes, every two seconds', () => {
    const { calls, source } = build();
    source.attach(new RecordingSink());
    const picture = (atMs: number, keyFrame = false) =>
      source.accessUnit({ ...UNIT, keyFrame, pts90k: atMs * 90 });
    const asked = () => calls.filter((call) => call === 'key frame').length;
    picture(0, true);
    picture(1_000);
    source.requestKeyFrame();
    source.requestKeyFrame();
    expect(asked()).toBe(1);
    picture(2_999);
    expect(asked()).toBe(1);
    picture(3_000);
    picture(4_999);
    expect(asked()).toBe(2);
    picture(5_000);
    expect(asked()).toBe(3);
    picture(5_500, true);
    picture(9_000);
    expect(asked()).toBe(3);
  });

  it('leaves it to the puller to ask before there are pictures, and after a loss', () => {
    const { calls, source } = build();
    source.attach(new RecordingSink());
    source.requestKeyFrame();
    source.accessUnit(UNIT);
    source.discontinuity();
    source.requestKeyFrame();
    source.accessUnit(UNIT);
    expect(calls).toEqual(['start']);
    source.requestKeyFrame();
    expect(calls).toEqual(['start', 'key frame']);
  });
});
