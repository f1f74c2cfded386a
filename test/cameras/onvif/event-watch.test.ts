import { beforeEach, describe, expect, it } from '@jest/globals';
import { CameraError, type CameraErrorCode } from '../../../src/cameras/onvif/camera-error.ts';
import type { Pulled, PullPoint } from '../../../src/cameras/onvif/event-calls.ts';
import { EventWatch } from '../../../src/cameras/onvif/event-watch.ts';
import type { OnvifConnection } from '../../../src/cameras/onvif/worker-pool.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const POINT: PullPoint = { path: '/p', address: undefined, parameters: '', remainingMs: 60_000 };
const NOTHING: Pulled = { events: [], remainingMs: undefined };
const EVENT = {
  ...{ topic: 'VideoSource/SignalLoss', source: new Map(), data: new Map(), unixUs: 0 },
  operation: 'Changed' as const,
};

let clock: ManualClock;
/** What was asked of the camera, and when. */
let asked: [atMs: number, name: string][];
/** What it answers; a pull is held unless told otherwise. */
let answers: Record<string, () => unknown>;
let heard: string[];
let watch: EventWatch;

beforeEach(() => {
  clock = new ManualClock();
  asked = [];
  heard = [];
  answers = {
    createPullPoint: () => POINT,
    pullEvents: () => new Promise(() => undefined),
    renewPullPoint: () => 60_000,
    unsubscribe: () => undefined,
  };
  const call = async (name: string) => {
    asked.push([Math.round(clock.nowMs()), name]);
    return answers[name]?.();
  };
  watch = new EventWatch({
    ...{ call: call as OnvifConnection['call'], clock, log: silentLogger, random: () => 0 },
    listener: {
      event: ({ topic }) => heard.push(topic),
      interrupted: () => heard.push('interrupted'),
    },
  });
});

const names = () => asked.map(([, name]) => name);
const timesOf = (wanted: string) => asked.filter(([, name]) => name === wanted).map(([at]) => at);

function refuses(name: string, code: CameraErrorCode): void {
  answers[name] = () => {
    throw new CameraError(code, 'no');
  };
}

/** A camera that holds each pull for as long as it was told, and then has nothing. */
function waits(pulled: Pulled = NOTHING): void {
  answers['pullEvents'] = () =>
    new Promise((resolve) => clock.setTimer(10_000, () => resolve(pulled)));
}

describe('EventWatch', () => {
  it('has one pull under way, and unsubscribes when it is stopped', async () => {
    watch.start();
    watch.start();
    await clock.advanceAsync(9_000);
    expect(names()).toEqual(['createPullPoint', 'pullEvents']);
    await watch.stop();
    expect(names()).toEqual(['createPullPoint', 'pullEvents', 'unsubscribe']);
    expect(heard).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('passes on what it hears, and asks again after a moment', async () => {
    answers['pullEvents'] = () => ({ events: [EVENT, EVENT], remainingMs: 60_000 });
    watch.start();
    await clock.advanceAsync(99);
    expect(heard).toHaveLength(2);
    await clock.advanceAsync(1);
    expect(heard).toHaveLength(4);
    await watch.stop();
  });

  it('asks a camera that does not wait no more than once a second', async () => {
    answers['pullEvents'] = () => NOTHING;
    watch.start();
    await clock.advanceAsync(10_500);
    expect(timesOf('pullEvents')).toHaveLength(11);
    await watch.stop();
  });

  it('renews in time where a pull does not count as a sign of life', async () => {
    waits();
    watch.start();
    await clock.advanceAsync(65_000);
    expect(timesOf('renewPullPoint')).toEqual([40_000]);
    expect(timesOf('createPullPoint')).toEqual([0]);
    await watch.stop();
  });

  it('does not renew where it does', async () => {
    waits({ events: [], remainingMs: 60_000 });
    watch.start();
    await clock.advanceAsync(300_000);
    expect(timesOf('renewPullPoint')).toEqual([]);
    await watch.stop();
  });

  it('subscribes anew, and without a pause, where it cannot renew', async () => {
    refuses('renewPullPoint', 'not-supported');
    waits();
    watch.start();
    await clock.advanceAsync(95_000);
    expect(timesOf('createPullPoint')).toEqual([0, 50_000, 90_000]);
    expect(timesOf('unsubscribe')).toEqual([50_000, 90_000]);
    expect(timesOf('renewPullPoint')).toEqual([40_000]);
    await watch.stop();
  });

  it('waits longer from failure to failure, and unsubscribes in between', async () => {
    refuses('pullEvents', 'camera-fault');
    watch.start();
    await clock.advanceAsync(200_000);
    expect(timesOf('createPullPoint')).toEqual(
      [0, 2, 6, 14, 30, 60, 90, 120, 150, 180].map((s) => s * 1_000),
    );
    expect(timesOf('unsubscribe')).toEqual(timesOf('createPullPoint'));
    expect(heard).toEqual(timesOf('createPullPoint').map(() => 'interrupted'));
    await watch.stop();
  });

  it('tries a password that was refused once a minute', async () => {
    refuses('createPullPoint', 'camera-refused-credentials');
    watch.start();
    await clock.advanceAsync(150_000);
    expect(timesOf('createPullPoint')).toEqual([0, 60_000, 120_000]);
    await watch.stop();
  });

  it('leaves a camera without events alone, until it is begun again', async () => {
    refuses('createPullPoint', 'not-supported');
    watch.start();
    await clock.advanceAsync(600_000);
    expect(names()).toEqual(['createPullPoint']);
    await watch.stop();
    watch.start();
    await settle();
    expect(timesOf('createPullPoint')).toHaveLength(2);
    await watch.stop();
  });

  it('stops at once while it subscribes, and ends the subscription that it gets after all', async () => {
    let give: (point: PullPoint) => void = () => undefined;
    answers['createPullPoint'] = () => new Promise((resolve) => (give = resolve));
    watch.start();
    await settle();
    await watch.stop();
    expect(names()).toEqual(['createPullPoint']);
    give(POINT);
    await settle();
    expect(names()).toEqual(['createPullPoint', 'unsubscribe']);
  });

  it('is not kept from stopping by a camera that does not let go', async () => {
    refuses('unsubscribe', 'timeout');
    watch.start();
    await settle();
    await watch.stop();
    expect(names().at(-1)).toBe('unsubscribe');
  });
});
