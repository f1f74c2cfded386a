import { describe, expect, it } from '@jest/globals';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Permit } from '../../src/core/permit.ts';
import type { GatewayCamera } from '../../src/gateway/camera.ts';
import { mediaOpener } from '../../src/gateway/open-media.ts';
import { Renditions } from '../../src/gateway/renditions.ts';
import type { MediaWish } from '../../src/server/deps.ts';
import type { Hub } from '../../src/video/hub/hub.ts';

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
): string {
  const joined: string[] = [];
  const openMedia = mediaOpener({
    hub: {
      join: (_permit: Permit, name: string) => {
        joined.push(name);
        return { next: () => undefined, close: () => undefined };
      },
    } as Partial<Hub> as Hub,
    cameras: { get: () => ({ deliver: 'auto', hasSub: true, ...camera }) as GatewayCamera },
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

  it('is told which qualities there are when it asks for another', () => {
    const refusal = expect.objectContaining({
      code: 'unknown-quality',
      message: expect.stringContaining('auto, main, sub, low, mobile'),
    });
    for (const name of ['huge', 'main-h264', 'mpeg1']) expect(() => open(name)).toThrow(refusal);
  });

  it('is fragmented MP4 or nothing', () => {
    expect(() => open('auto', {}, { formats: ['mpeg1'] })).toThrow(
      expect.objectContaining({ code: 'format-not-supported' }),
    );
  });
});
