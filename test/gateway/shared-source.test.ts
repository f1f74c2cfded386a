import { describe, expect, it } from '@jest/globals';
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
    source.attach(b);
    source.accessUnit(UNIT);
    await source.detach(a);
    source.accessUnit(UNIT);
    expect(calls).toEqual(['start', 'key frame']);
    await source.detach(b);
    await source.detach(b);
    expect(calls).toEqual(['start', 'key frame', 'stop']);
    expect([a.heard, b.heard]).toEqual([['unit'], ['unit', 'unit']]);
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
});
