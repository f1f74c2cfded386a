import { describe, expect, it } from '@jest/globals';
import type { Row } from '../../bench/bench.ts';
import { compare, markdown, type Report } from '../../bench/report.ts';

const load = {
  lost: 0,
  cpuPercent: 2,
  residentMiB: 100,
  processes: 1,
  idlePercent: 90,
  othersPercent: 8,
};
const ours: Row = {
  id: 'ours',
  measured: 'a picture',
  contender: 'Live View',
  rival: 'theirs',
  count: 450,
  ...{ p50Ms: 0.9, p95Ms: 1.5, p99Ms: 4.25, maxMs: 12.34 },
  load,
  warnings: [],
};
const theirs: Row = {
  id: 'theirs',
  measured: 'a picture',
  contender: 'somebody else',
  count: 449,
  ...{ p50Ms: 81, p95Ms: 82, p99Ms: 83, maxMs: 120.4 },
  load: { ...load, lost: 1, cpuPercent: 0.5, residentMiB: 50 },
  warnings: ['pictures lost: 1'],
};

function reportOf(rows: readonly Row[], quick = false): Report {
  const machine = {
    ...{ processor: 'A processor', cores: 2, memoryGiB: 8 },
    ...{ kernel: '6.1', node: 'v20', ffmpeg: '5.1' },
  };
  const at = '2026-01-02T03:04:05.678Z';
  const loads = { loadBefore: [0.1, 0.2, 0.3], loadAfter: [1, 0.5, 0.4] };
  return { at, quick, machine, ...loads, rows, comparisons: compare(rows) };
}

describe('the comparison', () => {
  it('says how many times the rival takes what we take', () => {
    const expected = { id: 'ours', rival: 'theirs', cpu: 0.25, memory: 0.5 };
    expect(compare([ours, theirs])).toEqual([{ ...expected, delay: expect.closeTo(90) }]);
  });

  it('leaves out a row that has no rival, or whose rival was not measured', () => {
    expect(compare([ours])).toEqual([]);
    expect(compare([theirs])).toEqual([]);
  });

  it('makes no ratio of a load that was too small to be measured', () => {
    const idle = { ...theirs, load: { ...load, cpuPercent: 0 } };
    expect(compare([ours, idle])[0]).not.toHaveProperty('cpu');
  });
});

describe('the table', () => {
  const text = markdown(reportOf([ours, theirs]));

  it('names the machine and its load', () => {
    expect(text).toContain('A processor, 2 cores, 8 GiB; Linux 6.1; Node v20; ffmpeg 5.1.');
    expect(text).toContain('Load average before 0.1, 0.2, 0.3; after 1, 0.5, 0.4.');
  });

  it('has a line for each contender', () => {
    expect(text).toContain(
      '| a picture | Live View | ours | 450 | 0 | 0.90 | 1.50 | 4.25 | 12.3 | 2.0 | 100 | 8 |',
    );
    expect(text).toContain('| somebody else | theirs | 449 | 1 | 81.0 | 82.0 | 83.0 | 120 | 0.5 |');
  });

  it('puts the ratios in words, those against us too', () => {
    expect(text).toContain(
      '- a picture: median 0.90 ms against 81.0 ms, 90 × shorter than somebody else; processor time 4.0 × more; memory 2.0 × more',
    );
  });

  it('repeats every warning', () => {
    expect(text).toContain('- **theirs: pictures lost: 1**');
  });

  it('leaves the load of single events empty', () => {
    const { load: _, ...event } = ours;
    expect(markdown(reportOf([event]))).toContain(
      '| 450 |  | 0.90 | 1.50 | 4.25 | 12.3 |  |  |  |',
    );
  });

  it('does not let a quick run pass for a measurement', () => {
    expect(markdown(reportOf([ours], true))).toContain('these figures mean nothing');
    expect(text).not.toContain('mean nothing');
  });
});
