import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KnownPlaces } from '../../src/access/known-places.ts';
import { LoginLimit } from '../../src/access/login-limit.ts';
import { silentLogger } from '../../src/core/log.ts';
import { ManualClock } from '../support/manual-clock.ts';

const DAY = 24 * 3_600_000;

describe('where somebody got in', () => {
  let dataDir: string;
  let path: string;
  let clock: ManualClock;
  let warned: string[];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'liveview-places-'));
    path = join(dataDir, 'known-places.json');
    clock = new ManualClock();
    warned = [];
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const log = { ...silentLogger, warn: (message: string) => void warned.push(message) };
  const start = () => new KnownPlaces(clock, { dataDir, log });
  const kept = () => JSON.parse(readFileSync(path, 'utf8')).places;

  it('is known after a restart, so that guesses elsewhere hinder nobody there', async () => {
    const before = new LoginLimit(clock, { known: start() });
    (await before.begin('192.0.2.1', 'Ada'))('right');
    const limit = new LoginLimit(clock, { known: start() });
    const fail = async (address: string) => (await limit.begin(address, 'ada'))('wrong');
    for (let i = 0; i < 25; i += 1) await fail(`203.0.113.${i}`);
    await fail('192.0.2.1');
    await fail('192.0.2.1');
    expect(warned).toEqual([]);
  });

  it('is in a file for its owner alone, with names, addresses and times', () => {
    start().note('ada', '2001:db8:1:2::/64');
    const lastUnixMs = clock.unixUs() / 1000;
    expect(kept()).toEqual([{ name: 'ada', place: '2001:db8:1:2::/64', lastUnixMs }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is forgotten thirty days after the last time, and goes from the file with the next that is new', () => {
    const places = start();
    places.note('ada', '192.0.2.1');
    places.note('bob', '192.0.2.1');
    clock.advance(29 * DAY);
    places.note('ada', '192.0.2.1');
    clock.advance(DAY);
    for (const each of [places, start()]) {
      expect([each.has('ada', '192.0.2.1'), each.has('bob', '192.0.2.1')]).toEqual([true, false]);
    }
    places.note('cees', '192.0.2.1');
    expect(kept().map(({ name }: { name: string }) => name)).toEqual(['ada', 'cees']);
  });

  it('is bounded for each name, whatever another name does', () => {
    const places = start();
    places.note('ada', '192.0.2.1');
    for (let i = 0; i < 51; i += 1) places.note('bob', `203.0.113.${i}`);
    for (const each of [places, start()]) {
      const known = ['203.0.113.0', '203.0.113.1', '203.0.113.50'].map((at) => each.has('bob', at));
      expect(known).toEqual([false, true, true]);
      expect(each.has('ada', '192.0.2.1')).toBe(true);
    }
  });

  it('is no younger than now when the clock was set back', () => {
    start().note('ada', '192.0.2.1');
    clock.stepWall(-100 * DAY * 1000);
    const places = start();
    clock.advance(30 * DAY - 1);
    expect(places.has('ada', '192.0.2.1')).toBe(true);
    clock.advance(1);
    expect(places.has('ada', '192.0.2.1')).toBe(false);
  });

  it('starts anew from a file that is damaged, and is written once it can be', () => {
    writeFileSync(path, '{');
    const places = start();
    expect(warned).toHaveLength(1);
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, 'no folder');
    places.note('ada', '192.0.2.1');
    expect(warned).toHaveLength(2);
    rmSync(dataDir);
    places.note('ada', '192.0.2.1');
    expect(kept()).toHaveLength(1);
  });
});
