import { describe, expect, it } from '@jest/globals';
import type { Screen, Tile } from '../../src/client/index.ts';
import {
  nextSwitching,
  preparing,
  type Switching,
  type SwitchingEvent,
  settled,
} from '../../web/shared/switching.ts';

/** `a b -` is two cameras and an empty tile; `!p` is a plan. */
function screen(tiles: string, more: Partial<Screen> = {}): Screen {
  return { tiles: tiles.split(' ').filter(Boolean).map(tileOf), focus: null, ...more };
}

function tileOf(name: string): Tile {
  if (name === '-') return { empty: true };
  return name.startsWith('!') ? { plan: name.slice(1) } : { camera: name };
}

const nameOf = (tile: Tile) =>
  'camera' in tile ? tile.camera : 'plan' in tile ? `!${tile.plan}` : '-';
const names = ({ tiles }: Screen) => tiles.map(nameOf).join(' ');

const ask = (tiles: string, more?: Partial<Screen>): SwitchingEvent => ({
  kind: 'screen',
  screen: screen(tiles, more),
});
const ready = (key: string): SwitchingEvent => ({ kind: 'ready', key });
const run = (start: string, ...events: SwitchingEvent[]): Switching =>
  events.reduce(nextSwitching, settled(screen(start)));

/** What is shown, and after an arrow what is being prepared. */
function painted(state: Switching): string {
  const behind = preparing(state).map(({ tile }) => nameOf(tile));
  return behind.length === 0 ? names(state.shown) : `${names(state.shown)} → ${behind.join(' ')}`;
}

describe('from one composition to another', () => {
  it.each<[string, string, SwitchingEvent[], string]>([
    ['what is there is rearranged at once', 'a b', [ask('b a')], 'b a'],
    ['what is added waits for nothing', 'a', [ask('a b')], 'a b'],
    ['what is taken away goes at once', 'a b', [ask('b')], 'b'],
    ['an empty tile takes no picture’s place', 'a b', [ask('- b')], '- b'],
    ['what comes on an empty tile waits for nothing', '- b', [ask('a b')], 'a b'],
    ['the old picture stays for a new one', 'a b', [ask('c b')], 'a b → c'],
    ['until that is there', 'a b', [ask('c b'), ready('camera c 0')], 'c b'],
    ['or for as long as is waited', 'a b', [ask('c b'), { kind: 'timeout' }], 'c b'],
    ['two new ones come together', 'a b', [ask('c d'), ready('camera c 0')], 'a b → c d'],
    ['when both are there', 'a b', [ask('c d'), ready('camera d 0'), ready('camera c 0')], 'c d'],
    ['what moves aside for a new one stays until then', 'a b', [ask('c a')], 'a b → c'],
    ['a plan is waited for like a camera', 'a b', [ask('!p b')], 'a b → !p'],
    ['and stays like one', '!p b', [ask('c b')], '!p b → c'],
    ['what is taken away meanwhile waits for nothing', 'a b x', [ask('c b')], 'a b - → c'],
    ['nor does what becomes empty', 'a b', [ask('c -')], 'a - → c'],
    ['what comes new beside it comes with it', 'a', [ask('c d')], 'a → c d'],
    ['another wish takes the place of the first', 'a b', [ask('c b'), ask('d b')], 'a b → d'],
    ['back to what is shown is at once', 'a b', [ask('c b'), ask('a b')], 'a b'],
    [
      'what was ready for a screen that never came is ready',
      'a b',
      [ask('c d'), ready('camera c 0'), ask('c b')],
      'c b',
    ],
    ['readiness of what nobody waits for changes nothing', 'a b', [ready('camera z 0')], 'a b'],
    ['a time that is over with nothing to come changes nothing', 'a', [{ kind: 'timeout' }], 'a'],
    ['the same camera twice is two pictures', 'a b', [ask('a a')], 'a b → a'],
  ])('%s', (_what, start, events, shown) => {
    expect(painted(run(start, ...events))).toBe(shown);
  });

  it('layout and focus change with the tiles, not before', () => {
    const wanted = screen('c b', { focus: 1, layout: '2x2' });
    const waiting = nextSwitching(settled(screen('a b')), { kind: 'screen', screen: wanted });
    expect(waiting.shown).toEqual(screen('a b'));
    expect(nextSwitching(waiting, ready('camera c 0')).shown).toEqual(wanted);
  });

  it('the same wish again changes nothing: the time goes on', () => {
    const waiting = run('a b', ask('c b'));
    expect(nextSwitching(waiting, ask('c b'))).toBe(waiting);
    const done = run('a b');
    expect(nextSwitching(done, ask('a b'))).toBe(done);
  });
});
