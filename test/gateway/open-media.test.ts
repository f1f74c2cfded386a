import { describe, expect, it } from '@jest/globals';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { LiveViewError } from '../../src/core/errors.ts';
import { Permit } from '../../src/core/permit.ts';
import type { GatewayCamera } from '../../src/gateway/camera.ts';
import { mediaOpener } from '../../src/gateway/open-media.ts';
import { Renditions } from '../../src/gateway/renditions.ts';
import type { MediaEnd, MediaWish } from '../../src/server/deps.ts';
import type { Delivery } from '../../src/video/fragment.ts';
import type { Hub } from '../../src/video/hub/hub.ts';
import { init } from '../video/hub/pictures.ts';

const { transcode } = configSchema.parse({
  cameras: [{ id: 'shop-1', rtsp: { main: 'rtsp://192.0.2.1/1' } }],
  transcode: {
    rungs: [
      { id: 'low', width: 640, height: 360, kbps: 800 },
      { id: 'mobile', width: 320, height: 180, kbps: 200 },
    ],
  },
});

/** The channel that a viewer comes to, and the quality that it is told, by what is asked. */
function open(
  quality: string,
  camera: Partial<GatewayCamera> = {},
  wish: Partial<MediaWish> = {},
  hub: Partial<Hub> = {},
): string {
  const joined: string[] = [];
  const openMedia = mediaOpener({
    hub: {
      join: (_permit: Permit, name: string) => {
        joined.push(name);
        return { next: () => undefined, close: () => undefined };
      },
      ...hub,
    } as Hub,
    cameras: {
      get: () =>
        ({ deliver: 'auto', hasSub: true, isMadeAnew: () => false, ...camera }) as GatewayCamera,
    },
    renditions: new Renditions(transcode),
    ffmpeg: { require: () => undefined },
  });
  const reader = openMedia(
    new Permit(systemClock, 'shop-1'),
    { quality, codecs: [], formats: ['fmp4'], ...wish },
    { readable: () => undefined, ended: () => undefined },
  );
  return `${joined.join()} as ${reader.quality}`;
}

/** What becomes of a viewer of a camera whose streams turn out to be H.265. */
function openHevc(
  quality: string,
  camera: Partial<GatewayCamera> = {},
  wish: Partial<MediaWish> = {},
  hasFfmpeg = true,
) {
  const joined: string[] = [];
  const ends: MediaEnd[] = [];
  const openMedia = mediaOpener({
    hub: {
      join: (_permit: Permit, name: string) => {
        joined.push(name);
        const made = !['main', 'sub'].includes(name);
        const codec = made ? 'avc1.640028' : 'hvc1.1.6.L93.90';
        const deliveries: Delivery[] = [
          { fragment: { ...init(), codec }, sequence: 0, droppedBefore: 0 },
        ];
        return { next: () => deliveries.shift(), close: () => undefined };
      },
    } as Partial<Hub> as Hub,
    cameras: {
      get: () =>
        ({ deliver: 'auto', hasSub: true, isMadeAnew: () => false, ...camera }) as GatewayCamera,
    },
    renditions: new Renditions(transcode),
    ffmpeg: hasFfmpeg ? { require: () => undefined } : NO_FFMPEG,
  });
  const reader = openMedia(
    new Permit(systemClock, 'shop-1'),
    { quality, codecs: ['avc1.640028'], formats: ['fmp4'], ...wish },
    { readable: () => undefined, ended: (end) => ends.push(end) },
  );
  while (reader.next());
  const made = reader.transcoded ? ', made anew' : '';
  return { got: `${joined.join(', ')} as ${reader.quality}${made}`, ends };
}

const NO_FFMPEG = {
  require: () => {
    throw new LiveViewError('quality-not-available', 'it cannot be made at the centre now');
  },
};

describe('what a viewer gets', () => {
  it.each([
    ['auto', {}, 'main as main'],
    ['main', {}, 'main as main'],
    ['sub', {}, 'sub as sub'],
    ['sub', { hasSub: undefined }, 'sub as sub'],
    ['sub', { hasSub: false }, 'low as low'],
    ['low', {}, 'low as low'],
    ['mobile', {}, 'mobile as mobile'],
    ['auto', { deliver: 'passthrough' }, 'main as main'],
    ['sub', { deliver: 'passthrough' }, 'sub as sub'],
    ['auto', { deliver: 'transcode' }, 'main-h264 as main'],
    ['sub', { deliver: 'transcode' }, 'sub-h264 as sub'],
    ['sub', { deliver: 'transcode', hasSub: false }, 'low as low'],
  ] as const)('with quality %s of a camera with %j: %s', (quality, camera, expected) => {
    expect(open(quality, camera)).toBe(expected);
  });

  it('is no picture that has to be made of a camera that is passed on as it is', () => {
    const refusal = expect.objectContaining({
      code: 'quality-not-available',
      message: expect.stringContaining('main or sub'),
    });
    expect(() => open('low', { deliver: 'passthrough' })).toThrow(refusal);
    expect(() => open('sub', { deliver: 'passthrough', hasSub: false })).toThrow(refusal);
  });

  it.each([
    ['auto', {}, 'main, main-h264 as main, made anew'],
    ['sub', {}, 'sub, sub-h264 as sub, made anew'],
    ['auto', { deliver: 'transcode' }, 'main-h264 as main, made anew'],
    ['low', {}, 'low as low, made anew'],
  ] as const)(
    'is made anew when it decodes no H.265, with quality %s of a camera with %j: %s',
    (quality, camera, expected) => {
      expect(openHevc(quality, camera).got).toBe(expected);
    },
  );

  it.each([
    ['it decodes it', { codecs: ['avc1.640028', 'hvc1.1.6.L120.b0'] }],
    ['it asks for no codec in particular', { codecs: 'any' }],
  ] as const)('is H.265 as it comes when %s', (_, wish) => {
    expect(openHevc('auto', {}, wish).got).toBe('main as main');
  });

  it.each([
    ['pictures are passed on as they are', { deliver: 'passthrough' }, true, 'in no other codec'],
    ['there is no ffmpeg', {}, false, 'cannot be made'],
  ] as const)('ends with a reason when it decodes no H.265 and %s', (_, camera, ffmpeg, why) => {
    expect(openHevc('auto', camera, {}, ffmpeg).ends).toEqual([
      { code: 'codec-not-available', reason: expect.stringContaining(why) },
    ]);
  });

  it('is told which qualities there are when it asks for another', () => {
    const refusal = expect.objectContaining({
      code: 'unknown-quality',
      message: expect.stringContaining('auto, main, sub, low, mobile'),
    });
    for (const name of ['huge', 'main-h264', 'mpeg1']) expect(() => open(name)).toThrow(refusal);
  });

  describe('when every encoder is in use', () => {
    /** `free`: what `closeUnused` sets free. */
    const full = (free = 0): Partial<Hub> => {
      let places = 0;
      return {
        closeUnused: (isMeant) => {
          expect(
            ['low', 'main-h264', 'main', 'sub'].map((name) => isMeant(name, 'shop-1')),
          ).toEqual([true, true, false, false]);
          places = free;
        },
        join: (_permit, name) => {
          const isMade = name === 'low' || name.endsWith('-h264');
          if (isMade && places-- <= 0) throw new LiveViewError('too-many-encoders', 'all in use');
          return { next: () => undefined, close: () => undefined };
        },
      };
    };
    const anew = { deliver: 'transcode' } as const;

    it('is as usual where one works for nobody', () => {
      expect(open('low', {}, {}, full(1))).toBe(' as low');
    });

    it('is the small picture of the camera itself when the choice is ours', () => {
      expect(open('auto', anew, {}, full())).toBe(' as sub');
    });

    it.each([
      ['low', {}, 'watch with quality sub'],
      ['low', { hasSub: false }, 'watch with quality main'],
      ['sub', { hasSub: false }, 'watch with quality main'],
      ['main', anew, 'watch with quality sub'],
      ['auto', { ...anew, hasSub: false }, 'ask again later'],
    ] as const)('is not %s of a camera with %j, but advice: %s', (quality, camera, advice) => {
      expect(() => open(quality, camera, {}, full())).toThrow(
        expect.objectContaining({ code: 'too-many-encoders', message: `all in use; ${advice}` }),
      );
    });

    it('is the same failure for every other reason', () => {
      const join = () => {
        throw new LiveViewError('gateway-stopping', 'the gateway is stopping');
      };
      expect(() => open('low', {}, {}, { join })).toThrow('the gateway is stopping');
    });
  });

  it('is MPEG-1, in one size, for whoever plays nothing else', () => {
    const old = { formats: ['mpeg1'] } as const;
    for (const quality of ['auto', 'main', 'low']) {
      expect(open(quality, {}, old)).toBe('mpeg1 as mpeg1');
    }
    expect(open('auto', {}, { formats: ['mpeg1', 'fmp4'] })).toBe('main as main');
    expect(() => open('auto', { deliver: 'passthrough' }, old)).toThrow(
      expect.objectContaining({ code: 'quality-not-available' }),
    );
    expect(() => open('auto', {}, { formats: [] })).toThrow(
      expect.objectContaining({ code: 'format-not-supported' }),
    );
  });
});
