import { describe, expect, it } from '@jest/globals';
import { type Abilities, type Command, commandOf, lacking } from '../../src/liveview/command.ts';
import { DOME } from './harness.ts';

const none = { panTilt: false, zoom: false };
const FIXED: Abilities = { continuous: none, absolute: none, home: false, presets: [] };
const ZOOM_ONLY: Abilities = { ...FIXED, continuous: { panTilt: false, zoom: true } };

describe('the command in a request', () => {
  it.each([
    ['ptz.move', { pan: 1, tilt: 0 }, { kind: 'move', args: { pan: 1, tilt: 0 } }],
    ['ptz.zoom', { zoom: -1 }, { kind: 'move', args: { zoom: -1 } }],
    ['ptz.goto', { pan: 0.5 }, { kind: 'goto', args: { pan: 0.5 } }],
    ['ptz.preset', { preset: '3' }, { kind: 'preset', args: { preset: '3' } }],
    ['ptz.home', {}, { kind: 'home', args: {} }],
    ['camera.switch', { tile: 0, camera: 'x' }, undefined],
  ] as const)('%s', (action, args, command) => {
    expect(commandOf(action, args)).toEqual(command);
  });
});

describe('what a camera lacks', () => {
  it.each<[string, Abilities, Command, string | undefined]>([
    ['a dome turns', DOME, { kind: 'move', args: { pan: 1 } }, undefined],
    [
      'a fixed camera does not turn',
      FIXED,
      { kind: 'move', args: { tilt: 1 } },
      'this camera cannot turn',
    ],
    [
      'a fixed camera does not zoom',
      FIXED,
      { kind: 'move', args: { zoom: 1 } },
      'this camera cannot zoom',
    ],
    ['one that only zooms zooms', ZOOM_ONLY, { kind: 'move', args: { zoom: 1 } }, undefined],
    [
      'one that only zooms does not turn',
      ZOOM_ONLY,
      { kind: 'move', args: { pan: 1, zoom: 1 } },
      'this camera cannot turn',
    ],
    [
      'no position',
      ZOOM_ONLY,
      { kind: 'goto', args: { zoom: 1 } },
      'this camera cannot be sent to a position',
    ],
    ['a preset that is there', DOME, { kind: 'preset', args: { preset: '1' } }, undefined],
    [
      'a preset that is not there',
      DOME,
      { kind: 'preset', args: { preset: '9' } },
      'this camera has no preset 9',
    ],
    ['no home', FIXED, { kind: 'home', args: {} }, 'this camera has no home position'],
  ])('%s', (_, abilities, command, reason) => {
    expect(lacking(abilities, command)).toBe(reason);
  });
});
