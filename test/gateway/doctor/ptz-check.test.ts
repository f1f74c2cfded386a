import { describe, expect, it } from '@jest/globals';
import type {
  Axes,
  CameraControl,
  ControlCapabilities,
  Position,
  Velocity,
} from '../../../src/cameras/control.ts';
import { LiveViewError } from '../../../src/core/errors.ts';
import { checkPtz } from '../../../src/gateway/doctor/ptz-check.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const BOTH: Axes = { panTilt: true, zoom: true };
const NONE: Axes = { panTilt: false, zoom: false };

/** A dome that moves on the test's clock. */
class Dome implements CameraControl {
  readonly log: string[] = [];
  readonly clock = new ManualClock();
  at: Position | undefined = { pan: 0.5, tilt: 0.1, zoom: 0.2 };
  can: Partial<ControlCapabilities> = {};
  obeys = true;
  hasMotor = true;
  fails: string | undefined;
  #velocity: Velocity = {};
  #sinceMs = 0;

  async capabilities(): Promise<ControlCapabilities> {
    return { continuous: BOTH, absolute: BOTH, home: true, presets: [], ...this.can };
  }

  async move(velocity: Velocity, expiresMs: number): Promise<void> {
    this.log.push(`move ${JSON.stringify(velocity)} for ${expiresMs}`);
    if (this.fails !== undefined) throw new LiveViewError(this.fails, 'no');
    this.#settle();
    if (this.hasMotor) this.#velocity = velocity;
  }

  async stop(): Promise<void> {
    this.log.push('stop');
    this.#settle();
    if (this.obeys) this.#velocity = {};
  }

  async goTo(position: Position): Promise<void> {
    this.log.push(`goTo ${JSON.stringify(position)}`);
  }

  async goToPreset(): Promise<void> {
    this.log.push('preset');
  }

  async goHome(): Promise<void> {
    this.log.push('home');
  }

  async position(): Promise<Position | undefined> {
    this.#settle();
    return this.at;
  }

  #settle(): void {
    const seconds = (this.clock.nowMs() - this.#sinceMs) / 1000;
    this.#sinceMs = this.clock.nowMs();
    if (!this.at) return;
    const { pan = 0, zoom = 0 } = this.#velocity;
    this.at = {
      ...this.at,
      pan: (this.at.pan ?? 0) + pan * seconds,
      zoom: (this.at.zoom ?? 0) + zoom * seconds,
    };
  }
}

async function examine(dome: Dome) {
  const report = checkPtz({ control: dome, clock: dome.clock, quirks: () => ({}) });
  await dome.clock.advanceAsync(10_000);
  return report;
}

describe('the test of movement and Stop', () => {
  it('moves a good dome gently towards the middle, and sends it back', async () => {
    const dome = new Dome();
    expect(await examine(dome)).toEqual({
      axis: 'pan',
      moved: true,
      stopped: true,
      returned: true,
      quirks: {},
    });
    expect(dome.log).toEqual(['move {"pan":-0.2} for 1500', 'stop', 'goTo {"pan":0.5,"tilt":0.1}']);
  });

  it('finds a dome that does not stop', async () => {
    const dome = Object.assign(new Dome(), { obeys: false });
    expect(await examine(dome)).toMatchObject({ moved: true, stopped: false });
  });

  it('finds a dome that does not move', async () => {
    const dome = Object.assign(new Dome(), { hasMotor: false });
    expect(await examine(dome)).toMatchObject({ moved: false, stopped: true });
  });

  it('cannot tell of one that does not say where it points, and leaves it there', async () => {
    const dome = Object.assign(new Dome(), { at: undefined });
    expect(await examine(dome)).toEqual({ axis: 'pan', returned: false, quirks: {} });
    expect(dome.log).toEqual(['move {"pan":0.2} for 1500', 'stop']);
  });

  it('zooms a camera that cannot turn', async () => {
    const dome = Object.assign(new Dome(), {
      can: { continuous: { panTilt: false, zoom: true }, absolute: NONE },
    });
    expect(await examine(dome)).toMatchObject({ axis: 'zoom', stopped: true, returned: false });
    expect(dome.log).toEqual(['move {"zoom":0.2} for 1500', 'stop']);
  });

  it('sends nothing to a fixed camera', async () => {
    const dome = Object.assign(new Dome(), { can: { continuous: NONE, absolute: NONE } });
    expect(await examine(dome)).toEqual({ returned: false, quirks: {} });
    expect(dome.log).toEqual([]);
  });

  it('stops what it began even when the movement failed', async () => {
    const dome = Object.assign(new Dome(), { fails: 'timeout' });
    expect(await examine(dome)).toMatchObject({ failure: { code: 'timeout' }, returned: false });
    expect(dome.log).toEqual(['move {"pan":-0.2} for 1500', 'stop']);
  });
});
