import { beforeAll, describe, expect, it } from '@jest/globals';
import { jpegSize } from '../../src/cameras/jpeg.ts';
import { Permit, type PermitEnd } from '../../src/core/permit.ts';
import { Snapshots } from '../../src/gateway/snapshot.ts';
import { stillOf } from '../../src/video/transcode/still.ts';
import { init, picture, ScriptedMedia, type ScriptedReader } from '../server/scripted-media.ts';
import { makeClip } from '../support/clip.ts';
import { ManualClock } from '../support/manual-clock.ts';

const WITHDRAWN: PermitEnd = { code: 'grant-withdrawn', reason: 'taken back' };
let segment: Buffer<ArrayBuffer>;
let keyFrame: Buffer<ArrayBuffer>;
let ownPicture: Buffer;

beforeAll(async () => {
  const clip = await makeClip({ seconds: 1, size: '320x180' });
  segment = Buffer.from(clip.init);
  keyFrame = Buffer.from(clip.fragments[0] ?? []);
  const bytes = Buffer.concat([segment, keyFrame]);
  const signal = new AbortController().signal;
  ownPicture = await stillOf({ format: 'mp4', bytes }, { signal });
});

function lab(own: () => Buffer | undefined = () => undefined) {
  const media = new ScriptedMedia();
  const clock = new ManualClock();
  let asked = 0;
  const snapshots = new Snapshots({
    openMedia: (...call) => media.open(...call),
    own: async () => {
      asked += 1;
      return own();
    },
    clock,
  });
  const permit = (camera = 'shop-1') => new Permit(clock, camera);
  return { media, clock, snapshots, permit, asked: () => asked };
}

function show(reader: ScriptedReader): void {
  reader.push(init(1, segment));
  reader.push(picture(keyFrame, true));
}

describe("the camera's own picture", () => {
  it('is given as it is, and no stream is opened for it', async () => {
    const { snapshots, permit, media } = lab(() => ownPicture);
    expect(await snapshots.take(permit())).toEqual(ownPicture);
    expect(media.readers).toHaveLength(0);
  });

  it.each([
    [160, { width: 160, height: 90 }],
    [320, { width: 320, height: 180 }],
    [1_920, { width: 320, height: 180 }],
  ])('is at most as wide as asked: %i', async (width, size) => {
    const { snapshots, permit } = lab(() => ownPicture);
    expect(jpegSize(await snapshots.take(permit(), { width }))).toEqual(size);
  });

  it('is asked for once a second, for all who ask and in every size', async () => {
    const { snapshots, permit, clock, asked } = lab(() => ownPicture);
    const both = await Promise.all([snapshots.take(permit()), snapshots.take(permit())]);
    expect(both[0]).toBe(both[1]);
    await snapshots.take(permit(), { width: 160 });
    expect(asked()).toBe(1);
    clock.advance(1_000);
    await snapshots.take(permit());
    expect(asked()).toBe(2);
  });

  it('of one camera is not given for another', async () => {
    const { snapshots, permit, asked } = lab(() => ownPicture);
    await snapshots.take(permit('shop-1'));
    await snapshots.take(permit('square-1'));
    expect(asked()).toBe(2);
  });

  it('is not given when the right to it ended before or meanwhile', async () => {
    const ended = new Permit(new ManualClock(), 'shop-1');
    const { snapshots, asked } = lab(() => {
      ended.end(WITHDRAWN);
      return ownPicture;
    });
    for (let times = 0; times < 2; times += 1) {
      await expect(snapshots.take(ended)).rejects.toMatchObject({ code: 'grant-withdrawn' });
    }
    expect(asked()).toBe(1);
  });
});

describe('without one, the newest key frame', () => {
  it('is made a picture, of the size that is asked for', async () => {
    const { snapshots, permit, media } = lab();
    media.onOpen = (reader) => queueMicrotask(() => show(reader));
    expect(jpegSize(await snapshots.take(permit()))).toEqual({ width: 320, height: 180 });
    const small = await snapshots.take(permit(), { width: 160 });
    expect(jpegSize(small)).toEqual({ width: 160, height: 90 });
    expect(media.readers).toHaveLength(1);
    expect(media.last.closed).toBe(true);
  });

  it('is waited for no longer than the deadline', async () => {
    const { snapshots, permit, media, clock } = lab();
    const taken = snapshots.take(permit());
    const refused = expect(taken).rejects.toMatchObject({ code: 'timeout' });
    await clock.advanceAsync(9_000);
    await refused;
    expect(media.last.closed).toBe(true);
  });

  it('is read with the right of another when that of the first ends', async () => {
    const { snapshots, permit, media, clock } = lab();
    const [first, second] = [permit(), permit()];
    media.onOpen = (reader) =>
      reader.permit.onEnd(({ code, reason }) => reader.listener.ended({ code, reason }));
    const refused = expect(snapshots.take(first)).rejects.toMatchObject({
      code: 'grant-withdrawn',
    });
    const given = snapshots.take(second);
    await clock.advanceAsync(0);
    first.end(WITHDRAWN);
    await refused;
    await clock.advanceAsync(0);
    expect(media.readers).toHaveLength(2);
    expect(media.last.permit).toBe(second);
    show(media.last);
    expect(jpegSize(await given)).toEqual({ width: 320, height: 180 });
  });

  it('is no picture when nothing can be made of it', async () => {
    const { snapshots, permit, media } = lab();
    media.onOpen = (reader) =>
      queueMicrotask(() => {
        reader.push(init());
        reader.push(picture());
      });
    await expect(snapshots.take(permit())).rejects.toMatchObject({ code: 'no-picture' });
  });
});
