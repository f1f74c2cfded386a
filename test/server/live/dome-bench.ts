import { afterEach, beforeEach } from '@jest/globals';
import type { CameraControl } from '../../../src/cameras/control.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { Harness } from '../harness.ts';

export interface DomeBench<C extends CameraControl> {
  readonly harness: Harness;
  readonly clock: ManualClock;
  readonly dome: C;
  /** Shared with Rotterdam. */
  readonly incident: string;
}

/** For each test both doors with a dome behind every camera, in a time that stands still. */
export function domeBench<C extends CameraControl>(
  makeDome: () => C,
  take: (bench: DomeBench<C>) => void | Promise<void>,
): void {
  let harness: Harness;
  let clock: ManualClock;
  beforeEach(async () => {
    const dome = makeDome();
    clock = new ManualClock();
    harness = await new Harness({ clock, control: dome }).start();
    await take({ harness, clock, dome, incident: harness.shared() });
  });
  afterEach(() => harness.stopAt(clock));
}
