import { beforeEach, describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import { Permit } from '../../src/core/permit.ts';
import { PictureConditions } from '../../src/gateway/picture-conditions.ts';
import { tellingMedia } from '../../src/gateway/telling-media.ts';
import type { MediaReader, PictureCondition } from '../../src/server/deps.ts';
import type { SourceState } from '../../src/video/source/state.ts';
import { picture, ScriptedMedia, type ScriptedReader } from '../server/scripted-media.ts';
import { ManualClock } from '../support/manual-clock.ts';

const UNREACHABLE = new LiveViewError(
  'camera-unreachable',
  'no connection to the camera at 192.0.2.7 port 554',
);
const WISH = { quality: 'auto', codecs: 'any', formats: ['fmp4'] } as const;
const NO_SINK = {
  parameterSets: () => undefined,
  accessUnit: () => undefined,
  discontinuity: () => undefined,
};

let clock: ManualClock;
let pictures: PictureConditions;
let media: ScriptedMedia;
let told: PictureCondition[];
let streams: Record<'main' | 'sub', (state: SourceState) => void>;

beforeEach(() => {
  clock = new ManualClock();
  pictures = new PictureConditions({ clock, stalledMs: 3_000 });
  const follow = (stream: string) => pictures.follow(stream, NO_SINK).state;
  streams = { main: follow('main'), sub: follow('sub') };
  media = new ScriptedMedia();
  told = [];
});

function watch(): MediaReader {
  const open = tellingMedia((...all) => media.open(...all), { get: () => ({ pictures }) });
  return open(new Permit(clock, 'shop-1'), WISH, {
    readable: () => undefined,
    ended: () => undefined,
    condition: (condition) => told.push(condition),
  });
}

function plays(stream: 'main' | 'sub'): void {
  const sinceUnixUs = clock.unixUs();
  streams[stream]({ kind: 'playing', sinceUnixUs, transport: 'tcp', codec: 'h264' });
}

function fails(stream: 'main' | 'sub'): void {
  streams[stream]({ kind: 'waiting', error: UNREACHABLE, retryAtMs: 0 });
}

const states = () => told.map(({ state }) => state);

describe('a viewer', () => {
  it('can ask how the pictures are that it will get, and is told of each change', () => {
    fails('main');
    const reader = watch();
    expect(reader.condition).toEqual({
      state: 'no-connection',
      code: 'camera-unreachable',
      reason: 'no connection to the camera at 192.0.2.7 port 554',
      sinceUnixUs: clock.unixUs(),
    });
    plays('main');
    clock.advance(4_000);
    expect(states()).toEqual(['ok', 'stalled']);
    expect(reader.condition?.state).toBe('stalled');
  });

  it('is told of the stream that it watches alone, and of another one when that is changed to', () => {
    const reader = watch();
    plays('main');
    fails('sub');
    expect(states()).toEqual(['ok']);
    Object.defineProperty(media.last, 'quality', { value: 'sub' });
    media.last.push(picture());
    reader.next();
    expect(states()).toEqual(['ok', 'no-connection']);
    fails('main');
    expect(states()).toHaveLength(2);
  });

  it.each([
    ['has left', (reader: MediaReader) => reader.close()],
    [
      'was ended',
      () => media.last.listener.ended({ code: 'grant-withdrawn', reason: 'withdrawn' }),
    ],
  ])('that %s is told nothing more', (_how, end) => {
    const reader = watch();
    plays('main');
    end(reader);
    fails('main');
    expect(states()).toEqual(['ok']);
  });

  it('that was ended while it was opened is told nothing', () => {
    media.onOpen = (reader: ScriptedReader) =>
      reader.listener.ended({ code: 'grant-withdrawn', reason: 'withdrawn' });
    watch();
    fails('main');
    expect(told).toEqual([]);
  });
});
