import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LogFields, type Logger, silentLogger } from '../../src/core/log.ts';
import { type ReadFlow, type ReadRecord, readRecord } from '../../src/egress/read.ts';
import { type FlowAbout, WRITE_EVERY_MS } from '../../src/egress/record.ts';
import { recordFiles } from '../../src/egress/record-file.ts';
import { EgressRecorder, type RecorderOptions } from '../../src/egress/recorder.ts';
import { ManualClock } from '../support/manual-clock.ts';

const ABOUT: FlowAbout = { side: 'police', via: 'live', user: 'daan', viewing: 'view_1' };
const DAY_MS = 24 * 60 * 60_000;

let dir: string;
let folder: string;
let clock: ManualClock;
let newest: number;
let said: [string, LogFields | undefined][];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveview-egress-'));
  folder = join(dir, 'egress');
  clock = new ManualClock();
  newest = 1;
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

function recorder(more: Partial<RecorderOptions> = {}): EgressRecorder {
  const log: Logger = { ...silentLogger, error: (text, fields) => said.push([text, fields]) };
  return new EgressRecorder({ folder, clock, log, newestEntry: () => newest, ...more });
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

  it('begins a new file each day, which says again what goes on', () => {
    const it = recorder();
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
    const [, second = ''] = recordFiles(folder);
    const lines = readFileSync(second, 'utf8').split('\n');
    expect(readRecord([{ name: second, lines }]).flows).toMatchObject([
      { about: ABOUT, bytes: 15 },
    ]);
    it.stop();
  });

  it('removes files past their term when it is told to, and none because of a clock alone', () => {
    const before = recorder();
    before.start();
    before.stop();
    clock.stepWall(10 * 365 * DAY_MS * 1_000);
    const it = recorder();
    it.start();
    const [first = '', second = ''] = recordFiles(folder);
    expect(statSync(second).isFile()).toBe(true);
    const notes = join(folder, 'notes.txt');
    const folderInIts = join(folder, 'a.jsonl');
    writeFileSync(notes, 'not ours');
    mkdirSync(folderInIts);
    symlinkSync('nowhere', join(folder, 'b.jsonl'));
    const [now, old] = [clock.unixUs(), clock.unixUs() / 1_000_000 - 31 * 86_400];
    for (const path of [first, second, notes, folderInIts]) utimesSync(path, old, old);
    it.forgetBefore(now - 30 * DAY_MS * 1_000);
    expect([first, second, notes].map((path) => existsSync(path))).toEqual([false, true, true]);
    expect(said).toEqual([
      ['a file of the record of what left could not be removed', expect.anything()],
      ['a file of the record of what left could not be removed', expect.anything()],
    ]);
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

  it('says how many flows are left out when more have ended than it keeps', () => {
    writeFileSync(folder, 'a file where a folder should be');
    const it = recorder();
    it.start();
    for (let count = 0; count < 10_003; count += 1) {
      const flow = it.open(ABOUT);
      flow.add(1);
      flow.end();
    }
    rmSync(folder);
    clock.advance(WRITE_EVERY_MS);
    expect(read().flows).toHaveLength(10_000);
    expect(said.slice(1)).toEqual([
      [
        'more flows have ended than can wait to be written down; the oldest are left out',
        undefined,
      ],
      ['flows that ended are not in the record of what left', { flows: 3 }],
    ]);
    it.stop();
  });

  it('says that the disk did not take it, until it does', () => {
    const toDisk: ((error: Error | null) => void)[] = [];
    const it = recorder({ toDisk: (_descriptor, done) => toDisk.push(done) });
    const next = (error: Error | null) => {
      newest += 1;
      clock.advance(WRITE_EVERY_MS);
      toDisk.shift()?.(error);
    };
    it.start();
    toDisk.shift()?.(null);
    expect(it.problem).toBeUndefined();
    next(new Error('EIO'));
    expect(it.problem).toMatch(/^what leaves is perhaps not on the disk \(EIO/);
    next(new Error('EIO'));
    expect(said).toHaveLength(1);
    next(null);
    expect(it.problem).toBeUndefined();
    it.stop();
  });

  it('has the files of both days on their way to the disk when a flow that ends begins another', () => {
    const synced = new Set<number>();
    const it = recorder({
      toDisk: (descriptor, done) => {
        synced.add(descriptor);
        done(null);
      },
    });
    it.start();
    const [first, second] = [it.open(ABOUT), it.open(ABOUT)];
    for (const flow of [first, second]) flow.add(1);
    clock.advance(DAY_MS - 100);
    synced.clear();
    first.end();
    clock.advance(110);
    second.end();
    clock.advance(100);
    expect(recordFiles(folder)).toHaveLength(2);
    expect(synced.size).toBe(2);
    it.stop();
  });

  it('leaves alone what has the number of its file after it has stopped', () => {
    const it = recorder({ toDisk: (_descriptor, done) => done(null) });
    it.start();
    const flow = it.open(ABOUT);
    it.stop();
    const other = join(dir, 'of-somebody-else');
    const descriptors = Array.from({ length: 20 }, () => openSync(other, 'a'));
    const late = it.open(ABOUT);
    for (const each of [flow, late]) {
      each.add(5);
      each.end();
    }
    clock.advance(DAY_MS);
    it.stop();
    expect([readFileSync(other, 'utf8'), recordFiles(folder).length]).toEqual(['', 1]);
    for (const descriptor of descriptors) closeSync(descriptor);
    expect(clock.timers).toBe(0);
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
