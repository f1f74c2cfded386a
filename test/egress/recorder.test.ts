import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../src/core/log.ts';
import { type ReadFlow, type ReadRecord, readRecord } from '../../src/egress/read.ts';
import { type FlowAbout, WRITE_EVERY_MS } from '../../src/egress/record.ts';
import { recordFiles } from '../../src/egress/record-file.ts';
import { EgressRecorder } from '../../src/egress/recorder.ts';
import { ManualClock } from '../support/manual-clock.ts';

const ABOUT: FlowAbout = { side: 'police', via: 'live', user: 'daan', viewing: 'view_1' };
const DAY_MS = 24 * 60 * 60_000;

let dir: string;
let folder: string;
let clock: ManualClock;
let newest: number;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveview-egress-'));
  folder = join(dir, 'egress');
  clock = new ManualClock();
  newest = 1;
});
afterEach(() => rmSync(dir, { recursive: true }));

function recorder(keepDays?: number, into = folder): EgressRecorder {
  const options = { folder: into, clock, log: silentLogger, newestEntry: () => newest };
  return new EgressRecorder({ ...options, ...(keepDays === undefined ? {} : { keepDays }) });
}

function read(): ReadRecord {
  return readRecord(
    recordFiles(folder).map((name) => ({ name, lines: readFileSync(name, 'utf8').split('\n') })),
  );
}

function only(): ReadFlow {
  const [flow, ...others] = read().flows;
  if (!flow || others.length > 0) throw new Error('there is not one flow');
  return flow;
}

describe('the record of what leaves', () => {
  it('has of each flow to whom, from where to where in the journal, and how much', () => {
    const it = recorder();
    it.start();
    const flow = it.open(ABOUT);
    newest = 5;
    clock.advance(1_000);
    flow.add(100);
    newest = 7;
    clock.advance(1_000);
    flow.add(20);
    newest = 8;
    flow.end();
    it.stop();
    expect(only()).toMatchObject({
      ...{ about: ABOUT, bytes: 120, since: 5, upTo: 7, ended: true, endedBy: 8 },
      ...{ fromUnixUs: clock.unixUs() - 1_000_000, toUnixUs: clock.unixUs() },
    });
    expect(read()).toMatchObject({ damaged: [], runs: [{ from: 1, upTo: 8 }] });
    expect(statSync(recordFiles(folder)[0] ?? '').mode & 0o777).toBe(0o600);
  });

  it('says nothing of who received nothing', () => {
    const it = recorder();
    it.start();
    it.open(ABOUT).end();
    it.stop();
    expect(read().flows).toEqual([]);
  });

  it('is written at the end of a flow at once, and of others at the interval: a crash loses no more', () => {
    const it = recorder();
    it.start();
    const [going, gone] = [it.open(ABOUT), it.open({ ...ABOUT, viewing: 'view_2' })];
    going.add(10);
    gone.add(7);
    gone.end();
    clock.advance(100);
    expect(only()).toMatchObject({ bytes: 7, ended: true });
    expect(read().runs).toMatchObject([{ upTo: 1 }]);
    newest = 4;
    clock.advance(WRITE_EVERY_MS);
    going.add(5);
    expect(read().flows.map(({ bytes }) => bytes)).toEqual([7, 10]);
    expect(read().runs).toMatchObject([{ upTo: 4 }]);
    clock.advance(WRITE_EVERY_MS);
    expect(read().flows.map(({ bytes, ended }) => [bytes, ended])).toEqual([
      [7, true],
      [15, false],
    ]);
  });

  it('writes nothing while nothing happens', () => {
    const it = recorder();
    it.start();
    it.open(ABOUT).add(1);
    clock.advance(WRITE_EVERY_MS);
    const size = () => statSync(recordFiles(folder)[0] ?? '').size;
    const before = size();
    clock.advance(10 * WRITE_EVERY_MS);
    expect(size()).toBe(before);
  });

  it('begins a new file each day, which says again what goes on, and removes those past their term', () => {
    const it = recorder(30);
    it.start();
    const flow = it.open(ABOUT);
    flow.add(10);
    clock.advance(DAY_MS);
    flow.add(5);
    clock.advance(DAY_MS);
    newest = 2;
    clock.advance(WRITE_EVERY_MS);
    expect(recordFiles(folder)).toHaveLength(3);
    expect(only()).toMatchObject({ bytes: 15, since: 1 });
    const [first = '', second = '', third = ''] = recordFiles(folder);
    const of = (name: string) =>
      readRecord([{ name, lines: readFileSync(name, 'utf8').split('\n') }]);
    expect(of(second).flows).toMatchObject([{ about: ABOUT, bytes: 15 }]);
    const old = (clock.unixUs() / 1_000 - 31 * DAY_MS) / 1_000;
    utimesSync(first, old, old);
    writeFileSync(join(folder, 'notes.txt'), 'not ours');
    utimesSync(join(folder, 'notes.txt'), old, old);
    clock.advance(DAY_MS);
    newest = 3;
    clock.advance(WRITE_EVERY_MS);
    expect(recordFiles(folder)).toEqual([second, third, expect.anything()]);
    expect(statSync(join(folder, 'notes.txt')).isFile()).toBe(true);
    it.stop();
  });

  it('says that it cannot be written, counts on, and has everything when it can', () => {
    const blocked = join(dir, 'blocked');
    writeFileSync(blocked, 'a file where a folder should be');
    folder = blocked;
    const it = recorder();
    it.start();
    expect(it.problem).toMatch(/^what leaves cannot be written down \(/);
    const flow = it.open(ABOUT);
    flow.add(10);
    flow.end();
    clock.advance(WRITE_EVERY_MS);
    rmSync(blocked);
    clock.advance(WRITE_EVERY_MS);
    expect(it.problem).toBeUndefined();
    expect(only()).toMatchObject({ bytes: 10, ended: true });
  });

  it('is a run of its own after each start', () => {
    const first = recorder();
    first.start();
    first.open(ABOUT).add(10);
    clock.advance(WRITE_EVERY_MS);
    newest = 9;
    const second = recorder();
    second.start();
    second.open({ ...ABOUT, viewing: 'view_2' }).add(3);
    second.stop();
    expect(read().flows.map(({ bytes, since }) => [bytes, since])).toEqual([
      [10, 1],
      [3, 9],
    ]);
    expect(read().runs.map(({ from, upTo }) => [from, upTo])).toEqual([
      [1, 1],
      [9, 9],
    ]);
  });
});

describe('what is no record is said to be none', () => {
  it.each([
    ['something else', '{"a":1}\n{"a":2}\n'],
    ['binary', '\u0000\u0001\n'],
  ])('%s', (_what, text) => {
    const { damaged } = readRecord([{ name: 'made', lines: text.split('\n') }]);
    expect(damaged).toContain('made: this is no record of what left');
  });

  it.each([
    ['is empty', []],
    ['has only a line that is cut off', ['{"format":"liveview.egress.v1","ru']],
  ])('not a file that %s: there a process or a disk ended', (_what, lines) => {
    expect(readRecord([{ name: 'made', lines }])).toEqual({ runs: [], flows: [], damaged: [] });
  });

  it('however many lines are damaged', () => {
    const lines = Array.from({ length: 300_000 }, () => 'damaged');
    expect(readRecord([{ name: 'made', lines }]).damaged).toHaveLength(300_000);
  });

  it('a line of another run in the middle, and one about a flow that nobody began', () => {
    const it = recorder();
    it.start();
    it.stop();
    const [name = ''] = recordFiles(folder);
    chmodSync(name, 0o600);
    const [begun = ''] = readFileSync(name, 'utf8').split('\n');
    appendFileSync(name, `${begun}\n{"flow":9,"bytes":1,"upTo":1,"toUnixUs":0}\n${begun}\n`);
    const lines = [...readFileSync(name, 'utf8').split('\n'), '{"entry":1,"atUnixUs":0}'];
    expect(readRecord([{ name, lines: lines.filter((line) => line !== '') }]).damaged).toEqual([
      `${name}, line 4`,
      `${name}, line 5`,
      `${name}, line 6`,
    ]);
  });
});
