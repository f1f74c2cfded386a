import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Axis,
  PtzModel,
  type PtzModelOptions,
  PtzRefusal,
  type Viewpoint,
} from '../../src/simulator/ptz-model.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** Half of the range a second for pan and tilt, a quarter for zoom: round numbers. */
const maxSpeed: Record<Axis, number> = { pan: 1, tilt: 1, zoom: 0.25 };

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

function dome(options: PtzModelOptions = {}): PtzModel {
  return new PtzModel({ clock, maxSpeed, ...options });
}

describe('a continuous move', () => {
  const cases: [
    string,
    Parameters<PtzModel['continuousMove']>,
    number,
    Partial<Viewpoint>,
    boolean,
  ][] = [
    ['runs at the velocity asked', [{ pan: 0.5 }, 2_000], 1_000, { pan: 0.5 }, true],
    ['runs backwards', [{ tilt: -0.5 }, 2_000], 1_000, { tilt: -0.5 }, true],
    ['zooms at its own speed', [{ zoom: 1 }, 5_000], 1_000, { zoom: 0.25 }, true],
    ['ends with its time-out', [{ pan: 0.5 }, 500], 60_000, { pan: 0.25 }, false],
    ['ends at the mechanical limit', [{ pan: 1 }, 60_000], 5_000, { pan: 1 }, false],
    ['ends with the default time-out', [{ pan: 0.01 }], 60_000, { pan: 0.1 }, false],
    ['leaves the other axes alone', [{ pan: 0.5 }, 1_000], 1_000, { tilt: 0, zoom: 0 }, false],
    [
      'moves three axes at once',
      [{ pan: 0.5, tilt: -0.5, zoom: 1 }, 1_000],
      1_000,
      { pan: 0.5, tilt: -0.5, zoom: 0.25 },
      false,
    ],
    ['goes nowhere with a velocity of zero', [{ pan: 0 }, 1_000], 500, { pan: 0 }, false],
  ];

  it.each(cases)('%s', (_, args, afterMs, expected, moves) => {
    const model = dome();
    model.continuousMove(...args);
    clock.advance(afterMs);
    expect(rounded(model.viewpoint())).toMatchObject(expected);
    expect(model.moving.panTilt || model.moving.zoom).toBe(moves);
  });

  it('is replaced by the next, from where the camera is then', () => {
    const model = dome();
    model.continuousMove({ pan: 0.5 }, 5_000);
    clock.advance(1_000);
    model.continuousMove({ pan: -0.25 }, 5_000);
    clock.advance(1_000);
    expect(rounded(model.viewpoint()).pan).toBe(0.25);
  });

  it('keeps the time-out of an axis that the next command does not name', () => {
    const model = dome();
    model.continuousMove({ pan: 0.5 }, 1_000);
    model.continuousMove({ zoom: 1 }, 5_000);
    clock.advance(2_000);
    expect(rounded(model.viewpoint())).toEqual({ pan: 0.5, tilt: 0, zoom: 0.5 });
    expect(model.moving).toEqual({ panTilt: false, zoom: true });
  });

  it('stops one axis with a velocity of zero', () => {
    const model = dome();
    model.continuousMove({ pan: 0.5, tilt: 0.5 }, 5_000);
    clock.advance(1_000);
    model.continuousMove({ pan: 0 }, 5_000);
    clock.advance(500);
    expect(rounded(model.viewpoint())).toEqual({ pan: 0.5, tilt: 0.75, zoom: 0 });
  });
});

describe('Stop', () => {
  it.each([
    ['everything by default', undefined, { panTilt: false, zoom: false }],
    ['pan and tilt only', { panTilt: true, zoom: false }, { panTilt: false, zoom: true }],
    ['zoom only', { panTilt: false, zoom: true }, { panTilt: true, zoom: false }],
  ])('halts %s', (_, axes, moving) => {
    const model = dome();
    model.continuousMove({ pan: 0.1, tilt: 0.1, zoom: 0.1 }, 10_000);
    clock.advance(1_000);
    const before = model.viewpoint();
    model.stop(axes);
    expect(model.moving).toEqual(moving);
    clock.advance(1_000);
    if (!moving.panTilt)
      expect(model.viewpoint()).toMatchObject({ pan: before.pan, tilt: before.tilt });
    if (!moving.zoom) expect(model.viewpoint().zoom).toBe(before.zoom);
  });

  it('ends a journey to a preset half-way', () => {
    const model = dome({
      presets: [{ token: 'door', name: 'Door', viewpoint: { pan: 1, tilt: 0, zoom: 0 } }],
    });
    model.gotoPreset('door');
    clock.advance(500);
    model.stop();
    clock.advance(5_000);
    expect(rounded(model.viewpoint()).pan).toBe(0.5);
  });
});

describe('absolute and relative moves', () => {
  it('travel in time and arrive exactly', () => {
    const model = dome();
    model.absoluteMove({ pan: 0.3, tilt: -0.1 });
    clock.advance(150);
    expect(rounded(model.viewpoint())).toEqual({ pan: 0.15, tilt: -0.1, zoom: 0 });
    expect(model.moving).toEqual({ panTilt: true, zoom: false });
    clock.advance(150);
    expect(model.viewpoint()).toEqual({ pan: 0.3, tilt: -0.1, zoom: 0 });
    expect(model.moving).toEqual({ panTilt: false, zoom: false });
  });

  it('take longer at a lower speed', () => {
    const model = dome();
    model.absoluteMove({ pan: 1 }, { pan: 0.1 });
    clock.advance(1_000);
    expect(rounded(model.viewpoint()).pan).toBe(0.1);
  });

  it('are cut off at the mechanical limit when relative', () => {
    const model = dome({ start: { pan: 0.9 }, limits: { pan: { min: -0.95, max: 0.95 } } });
    model.relativeMove({ pan: 0.5, zoom: -0.5 });
    clock.advance(10_000);
    expect(model.viewpoint()).toEqual({ pan: 0.95, tilt: 0, zoom: 0 });
  });

  it('work in the units of the camera’s own limits', () => {
    const model = dome({
      limits: { pan: { min: -180, max: 180 } },
      maxSpeed: { ...maxSpeed, pan: 90 },
    });
    model.absoluteMove({ pan: -135 });
    clock.advance(1_000);
    expect(rounded(model.viewpoint()).pan).toBe(-90);
  });
});

describe('presets and home', () => {
  it('are made, overwritten, visited and removed', () => {
    const model = dome();
    const door = model.setPreset('Door');
    model.absoluteMove({ pan: 0.5 });
    clock.advance(5_000);
    const till = model.setPreset('Till');
    expect(model.presets.map(({ name }) => name)).toEqual(['Door', 'Till']);
    model.gotoPreset(door);
    clock.advance(5_000);
    expect(model.viewpoint().pan).toBe(0);
    expect(model.setPreset('Entrance', till)).toBe(till);
    expect(model.presets.at(1)).toMatchObject({ name: 'Entrance', viewpoint: { pan: 0 } });
    model.removePreset(till);
    expect(model.presets).toHaveLength(1);
  });

  it('never gives a new preset the token of one that exists', () => {
    const viewpoint = { pan: 0, tilt: 0, zoom: 0 };
    const model = dome({ presets: [{ token: '1', name: 'One', viewpoint }] });
    expect(model.setPreset('Two')).toBe('2');
  });

  it('go home to where the camera started, or where home was set', () => {
    const model = dome({ start: { pan: 0.25, tilt: -0.25, zoom: 0.5 } });
    model.absoluteMove({ pan: -1, tilt: 1, zoom: 0 });
    clock.advance(10_000);
    model.gotoHome();
    clock.advance(10_000);
    expect(model.viewpoint()).toEqual({ pan: 0.25, tilt: -0.25, zoom: 0.5 });
    model.absoluteMove({ pan: 0.75 });
    clock.advance(10_000);
    model.setHome();
    expect(model.home.pan).toBe(0.75);
  });
});

describe('what the camera refuses', () => {
  const cases: [string, PtzModelOptions, (model: PtzModel) => void, string][] = [
    [
      'a velocity beyond full speed',
      {},
      (m) => m.continuousMove({ pan: 1.01 }),
      'ptz-invalid-velocity',
    ],
    [
      'a velocity that is no number',
      {},
      (m) => m.continuousMove({ pan: Number.NaN }),
      'ptz-invalid-velocity',
    ],
    [
      'a position beyond its limits',
      { limits: { pan: { min: -0.5, max: 0.5 } } },
      (m) => m.absoluteMove({ pan: 0.6 }),
      'ptz-invalid-position',
    ],
    ['a negative speed', {}, (m) => m.absoluteMove({ pan: 0.5 }, { pan: -1 }), 'ptz-invalid-speed'],
    [
      'a time-out that is too short',
      {},
      (m) => m.continuousMove({ pan: 1 }, 99),
      'ptz-timeout-refused',
    ],
    [
      'a time-out that is too long',
      {},
      (m) => m.continuousMove({ pan: 1 }, 60_001),
      'ptz-timeout-refused',
    ],
    ['an unknown preset', {}, (m) => m.gotoPreset('nowhere'), 'ptz-no-preset'],
    ['to overwrite an unknown preset', {}, (m) => m.setPreset('x', 'nowhere'), 'ptz-no-preset'],
    ['one preset too many', { maxPresets: 0 }, (m) => m.setPreset('x'), 'ptz-too-many-presets'],
    [
      'Stop, when it has none',
      { quirks: { lacksStop: true } },
      (m) => m.stop(),
      'ptz-not-supported',
    ],
    [
      'any time-out, when it takes none',
      { quirks: { refusesTimeout: true } },
      (m) => m.continuousMove({ pan: 1 }, 1_000),
      'ptz-timeout-refused',
    ],
    [
      'pan with zoom, when it takes one at a time',
      { quirks: { refusesPanTiltWithZoom: true } },
      (m) => m.continuousMove({ pan: 1, tilt: 0, zoom: 0 }),
      'ptz-axes-refused',
    ],
    ['home, when it has none', { quirks: { lacksHome: true } }, (m) => m.gotoHome(), 'ptz-no-home'],
  ];

  it.each(cases)('%s', (_, options, command, code) => {
    const model = dome(options);
    expect(() => command(model)).toThrow(PtzRefusal);
    expect(model.log).toMatchObject([{ refused: code }]);
    clock.advance(1_000);
    expect(model.viewpoint()).toEqual({ pan: 0, tilt: 0, zoom: 0 });
  });

  it('does not keep it from moving in a way that it takes', () => {
    const model = dome({
      quirks: { lacksStop: true, refusesTimeout: true, refusesPanTiltWithZoom: true },
    });
    model.continuousMove({ pan: 0.5, tilt: 0 });
    clock.advance(500);
    model.continuousMove({ pan: 0, tilt: 0 });
    clock.advance(500);
    expect(rounded(model.viewpoint()).pan).toBe(0.25);
  });
});

it('a camera that ignores time-outs moves until its limit', () => {
  const model = dome({ quirks: { ignoresTimeout: true } });
  model.continuousMove({ pan: 0.01 }, 500);
  clock.advance(84_000);
  expect(rounded(model.viewpoint()).pan).toBe(0.84);
  expect(model.moving.panTilt).toBe(true);
});

describe('the log', () => {
  it('tells what was asked, and when', () => {
    const model = dome();
    clock.advance(250);
    model.continuousMove({ pan: 0.5, tilt: 0 }, 1_000);
    clock.advance(500);
    model.stop();
    const startUs = Date.UTC(2026, 0, 1) * 1000;
    expect(model.log).toEqual([
      {
        atUnixUs: startUs + 250_000,
        operation: 'continuousMove',
        args: { pan: 0.5, tilt: 0, timeoutMs: 1_000 },
      },
      { atUnixUs: startUs + 750_000, operation: 'stop', args: { panTilt: true, zoom: true } },
    ]);
  });

  it('keeps the last thousand commands', () => {
    const model = dome();
    for (let index = 0; index < 1_005; index += 1) model.continuousMove({ pan: index / 2_000 });
    expect(model.log).toHaveLength(1_000);
    expect(model.log[0]?.args).toEqual({ pan: 5 / 2_000 });
  });
});

it('a dome needs no timers to move', () => {
  dome().continuousMove({ pan: 1 }, 5_000);
  expect(clock.timers).toBe(0);
});

/** Nine digits, so that the arithmetic of doubles does not show. */
function rounded({ pan, tilt, zoom }: Viewpoint): Viewpoint {
  const round = (value: number) => Number(value.toFixed(9));
  return { pan: round(pan), tilt: round(tilt), zoom: round(zoom) };
}
