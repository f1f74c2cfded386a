import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CameraEvent, CameraEventListener } from '../../src/cameras/events.ts';
import { ownSources } from '../../src/gateway/own-sources.ts';
import { PictureConditions } from '../../src/gateway/picture-conditions.ts';
import { SignalWatch, type SignalWatchOptions } from '../../src/gateway/signal-watch.ts';
import type { SourceState } from '../../src/video/source/state.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const NOBODY = {
  parameterSets: () => undefined,
  accessUnit: () => undefined,
  discontinuity: () => undefined,
};
/** A recorder with two cameras; ours is the first. */
const RECORDER = [
  { role: 'main', source: 'ch1' },
  { role: 'sub', source: 'ch1' },
  { role: 'other', source: 'ch2' },
] as const;

let clock: ManualClock;
let pictures: PictureConditions;
let ears: Set<CameraEventListener>;
let main: (state: SourceState) => void;
let sub: (state: SourceState) => void;

beforeEach(() => {
  clock = new ManualClock();
  pictures = new PictureConditions({ clock, stalledMs: 600_000 });
  ears = new Set();
  main = pictures.follow('main', NOBODY).state;
  sub = pictures.follow('sub', NOBODY).state;
});

function watch(options: Partial<SignalWatchOptions> = {}): void {
  const events = {
    listen: (ear: CameraEventListener) => {
      ears.add(ear);
      return () => void ears.delete(ear);
    },
  };
  const streams = async () => [{ role: 'main', source: '0' } as const];
  new SignalWatch({
    ...{ pictures, events, clock },
    ownSources: () => ownSources(streams, false),
    ...options,
  });
}

function playing(): SourceState {
  return { kind: 'playing', sinceUnixUs: clock.unixUs(), transport: 'tcp', codec: 'h264' };
}

async function says(state: string, source = '0', more: Partial<CameraEvent> = {}): Promise<void> {
  const event: CameraEvent = {
    topic: 'VideoSource/SignalLoss',
    source: new Map([['Source', source]]),
    data: new Map([['State', state]]),
    operation: 'Changed',
    unixUs: clock.unixUs(),
    ...more,
  };
  for (const ear of ears) ear.event(event);
  await settle();
}

const state = (stream = 'main') => pictures.of(stream)?.state;

describe('SignalWatch', () => {
  it('listens while pictures are pulled, from the first on', () => {
    watch();
    main({ kind: 'connecting' });
    main({ kind: 'waiting', error: new Error('no'), retryAtMs: 0 });
    expect(ears.size).toBe(0);
    main(playing());
    sub(playing());
    main({ kind: 'waiting', error: new Error('no'), retryAtMs: 0 });
    expect(ears.size).toBe(1);
    main({ kind: 'idle' });
    expect(ears.size).toBe(1);
    sub({ kind: 'idle' });
    expect(ears.size).toBe(0);
    sub(playing());
    expect(ears.size).toBe(1);
  });

  it('says that the signal is lost, since when, and that it is back', async () => {
    watch();
    main(playing());
    const unixUs = clock.unixUs() - 2_000_000;
    await says('true', '0', { unixUs });
    clock.advance(5_000);
    await says('true');
    expect(pictures.of('main')).toEqual({
      state: 'signal-lost',
      reason: expect.stringContaining('lost its video signal'),
      sinceUnixUs: unixUs,
    });
    await says('0');
    expect(state()).toBe('ok');
  });

  it('believes the state that a camera begins with, and that there is none any more', async () => {
    watch();
    main(playing());
    await says('1', '0', { operation: 'Initialized' });
    expect(state()).toBe('signal-lost');
    await says('1', '0', { operation: 'Deleted' });
    expect(state()).toBe('ok');
  });

  it('hears nothing in other events, nor in one that says neither', async () => {
    watch();
    main(playing());
    await says('true', '0', { topic: 'VideoSource/MotionAlarm' });
    await says('true', '0', { topic: 'VideoSource/SignalLossless' });
    await says('perhaps');
    expect(state()).toBe('ok');
    await says('true', '0', { topic: 'VideoSource/SignalLoss/ImagingService' });
    expect(state()).toBe('signal-lost');
  });

  it('tells a stream that begins meanwhile, and one that begins anew', async () => {
    watch();
    main(playing());
    await says('true');
    sub(playing());
    expect(state('sub')).toBe('signal-lost');
    main({ kind: 'idle' });
    main(playing());
    expect(state()).toBe('signal-lost');
  });

  it('forgets it when nobody watches', async () => {
    watch();
    main(playing());
    await says('true');
    main({ kind: 'idle' });
    main(playing());
    expect(state()).toBe('ok');
    expect(ears.size).toBe(1);
  });

  it('believes a camera for half a minute that cannot be asked', async () => {
    watch();
    main(playing());
    await says('true');
    const interrupt = () => ears.forEach((ear) => void ear.interrupted());
    interrupt();
    clock.advance(29_000);
    expect(state()).toBe('signal-lost');
    await says('true', '0', { operation: 'Initialized' });
    clock.advance(60_000);
    expect(state()).toBe('signal-lost');
    interrupt();
    clock.advance(30_000);
    expect(state()).toBe('ok');
  });

  it('is not misled by another channel of a recorder', async () => {
    watch({ ownSources: () => ownSources(async () => RECORDER, false) });
    main(playing());
    await says('true', 'ch2');
    expect(state()).toBe('ok');
    await says('true', 'ch1');
    expect(state()).toBe('signal-lost');
    await says('false', 'ch1');
    expect(state()).toBe('ok');
  });

  it('does not guess which channel it is where the addresses are configured', async () => {
    watch({ ownSources: () => ownSources(async () => RECORDER, true) });
    main(playing());
    await says('true', 'ch1');
    expect(state()).toBe('ok');
  });

  it('takes a device that does not say what it has for one camera', async () => {
    watch({ ownSources: () => ownSources(() => Promise.reject(new Error('no')), false) });
    main(playing());
    await says('true', 'VideoSource_1');
    expect(state()).toBe('signal-lost');
  });
});
