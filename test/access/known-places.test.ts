import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KnownPlaces } from '../../src/access/known-places.ts';
import { LoginLimit } from '../../src/access/login-limit.ts';
import { newTotpSecret } from '../../src/access/second-factor.ts';
import { fromBase32, totpCode, totpStep } from '../../src/access/totp.ts';
import { UserStore } from '../../src/access/users.ts';
import { silentLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
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
    start().at('ada', '2001:db8:1:2::/64').note();
    const lastUnixMs = clock.unixUs() / 1000;
    expect(kept()).toEqual([{ name: 'ada', since: '', place: '2001:db8:1:2::/64', lastUnixMs }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is forgotten thirty days after the last time, and goes from the file with the next that is new', () => {
    const places = start();
    places.at('ada', '192.0.2.1').note();
    places.at('bob', '192.0.2.1').note();
    clock.advance(29 * DAY);
    places.at('ada', '192.0.2.1').note();
    clock.advance(DAY);
    for (const each of [places, start()]) {
      expect([each.at('ada', '192.0.2.1').isKnown, each.at('bob', '192.0.2.1').isKnown]).toEqual([
        true,
        false,
      ]);
    }
    places.at('cees', '192.0.2.1').note();
    expect(kept().map(({ name }: { name: string }) => name)).toEqual(['ada', 'cees']);
  });

  it('is forgotten with the account, its password or second factor, as somebody else changes them meanwhile', async () => {
    const users = new UserStore(dataDir, clock, { cost: { n: 2 ** 10, r: 8, p: 1 } });
    const add = () =>
      users.add({ username: 'Ada', password: new Secret('correct horse'), role: 'operator' });
    const enrol = () => {
      const secret = newTotpSecret();
      const code = totpCode(fromBase32(secret), totpStep(clock.unixUs() / 1000));
      users.setSecondFactor('ada', secret, code);
    };
    await add();
    const places = new KnownPlaces(clock, { users, dataDir, log });
    const isKnown = () =>
      [places, new KnownPlaces(clock, { users, dataDir, log })].map(
        (each) => each.at('ada', '192.0.2.1').isKnown,
      );
    for (const change of [
      () => users.setPassword('ada', new Secret('a horse that is battery')),
      enrol,
      enrol,
      () => users.removeSecondFactor('ada'),
      () => users.remove('ada'),
      add,
    ]) {
      places.at('ada', '192.0.2.1').note();
      clock.advance(1);
      if (users.find('ada')) expect(isKnown()).toEqual([true, true]);
      await change();
      expect(isKnown()).toEqual([false, false]);
    }
    expect(warned).toEqual([]);
  });

  it('is not noted of whoever got in by what was changed while it was looked at', async () => {
    let changedAt = 'then';
    const users = { find: () => ({ username: 'ada', role: 'operator', createdAt: '', changedAt }) };
    const places = new KnownPlaces(clock, { users } as never);
    const place = places.at('ada', '192.0.2.1');
    changedAt = 'now';
    place.note();
    expect(places.at('ada', '192.0.2.1').isKnown).toBe(false);
  });

  it('is bounded for each name, whatever another name does', () => {
    const places = start();
    places.at('ada', '192.0.2.1').note();
    for (let i = 0; i < 51; i += 1) places.at('bob', `203.0.113.${i}`).note();
    for (const each of [places, start()]) {
      const known = ['203.0.113.0', '203.0.113.1', '203.0.113.50'].map(
        (at) => each.at('bob', at).isKnown,
      );
      expect(known).toEqual([false, true, true]);
      expect(each.at('ada', '192.0.2.1').isKnown).toBe(true);
    }
  });

  it('is no younger than now when the clock was set back', () => {
    start().at('ada', '192.0.2.1').note();
    clock.stepWall(-100 * DAY * 1000);
    const places = start();
    clock.advance(30 * DAY - 1);
    expect(places.at('ada', '192.0.2.1').isKnown).toBe(true);
    clock.advance(1);
    expect(places.at('ada', '192.0.2.1').isKnown).toBe(false);
  });

  it('starts anew from a file that is damaged, and is written once it can be', () => {
    writeFileSync(path, '{');
    const places = start();
    expect(warned).toHaveLength(1);
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, 'no folder');
    places.at('ada', '192.0.2.1').note();
    expect(warned).toHaveLength(2);
    rmSync(dataDir);
    places.at('ada', '192.0.2.1').note();
    expect(kept()).toHaveLength(1);
  });
});
