import { beforeEach, expect, it } from '@jest/globals';
import { siteOf } from '../../src/access/network.ts';
import { Pace } from '../../src/server/pace.ts';
import { ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let pace: Pace;
let begun: string[];

beforeEach(() => {
  clock = new ManualClock();
  pace = new Pace(clock, { atOnce: 3, perSecond: 10 });
  begun = [];
});

function comeFrom(network: string, ...names: string[]): (() => void)[] {
  return names.map((name) => pace.turn(network, () => begun.push(name)));
}

it('so many begin at once, the others in turn, and other networks wait for none of them', () => {
  comeFrom('one', 'a', 'b', 'c', 'd', 'e');
  expect(begun).toEqual(['a', 'b', 'c']);
  comeFrom('two', 'x');
  expect(begun).toEqual(['a', 'b', 'c', 'x']);
  clock.advance(99);
  expect(begun).toHaveLength(4);
  clock.advance(1);
  expect(begun.at(-1)).toBe('d');
  comeFrom('one', 'f');
  clock.advance(200);
  expect(begun.slice(-2)).toEqual(['e', 'f']);
});

it('whoever leaves the line takes nobody’s turn', () => {
  const [, , , leave] = comeFrom('one', 'a', 'b', 'c', 'gone', 'd');
  expect(pace.waiting('one')).toBe(2);
  leave?.();
  expect([pace.waiting('one'), pace.waiting('two')]).toEqual([1, 0]);
  clock.advance(100);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

it('what was not used is there again later, and no timer stays', () => {
  comeFrom('one', 'a', 'b', 'c', 'd');
  clock.advance(60_000);
  expect(clock.timers).toBe(0);
  comeFrom('one', 'e', 'f', 'g', 'h');
  expect(begun.at(-1)).toBe('g');
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2::7', '2001:db8:1::/48'],
  ['2001:db8:1:3::7', '2001:db8:1::/48'],
  ['2001:db8::7', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
])('%s is of %s', (address, site) => {
  expect(siteOf(address)).toBe(site);
});

it('what was worth more is paid for before the next begins, however long nobody comes', () => {
  pace = new Pace(clock, { atOnce: 3, perSecond: 10, mostOwed: 20 });
  comeFrom('one', 'a');
  pace.owe('one', 100);
  pace.owe('two', 100);
  clock.advance(2_000);
  comeFrom('one', 'b');
  comeFrom('two', 'x');
  expect(begun).toEqual(['a', 'x']);
  clock.advance(100);
  expect(begun).toEqual(['a', 'x', 'b']);
});

it('a line stays one line, however long ago the last one came', () => {
  comeFrom('one', ...'abcdefghijklm');
  clock.advance(500);
  comeFrom('one', 'late');
  expect(begun.join('')).toBe('abcdefgh');
  clock.advance(600);
  expect(begun.at(-1)).toBe('late');
});
