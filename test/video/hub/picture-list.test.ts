import { describe, expect, it } from '@jest/globals';
import { PictureList } from '../../../src/video/hub/picture-list.ts';
import { init, picture } from './pictures.ts';

const LIMITS = { lagPictures: 5, lagBytes: 2_000, groupPictures: 20, groupBytes: 5_000 };

describe('picture list', () => {
  it('holds the current group from its key frame', () => {
    const list = filled(17);
    expect(list.groupStart).toBe(10);
    expect(list.first).toBe(10);
    expect(list.end).toBe(17);
    expect(list.at(10)?.media.keyFrame).toBe(true);
  });

  it('holds pictures of the group before within the limits of lag', () => {
    const list = filled(12);
    expect(list.first).toBe(7);
    expect(list.at(6)).toBeUndefined();
    expect(list.at(7)?.media).toEqual(picture(7));
  });

  it('holds nothing of the group before that no viewer wants', () => {
    expect(filled(12, {}, Number.POSITIVE_INFINITY).first).toBe(10);
    expect(filled(12, {}, 9).first).toBe(9);
    expect(filled(12, {}, 11).first).toBe(10);
  });

  it('counts lag in bytes too', () => {
    expect(filled(12, { bytes: 700 }).first).toBe(10);
  });

  it('knows what it holds', () => {
    expect(filled(17).bytes).toBe(7 * 100);
  });

  it.each([
    ['pictures', { group: 1_000, bytes: 10 }],
    ['bytes', { group: 1_000, bytes: 400 }],
  ])('keeps only the end of a group of too many %s, which nobody can join', (_, shape) => {
    const list = filled(500, shape);
    expect(list.groupStart).toBeUndefined();
    expect(list.end - list.first).toBe(5);
    expect(list.end).toBe(500);
  });

  it('can be joined again at the next key frame', () => {
    const list = filled(100, { group: 1_000 });
    list.append({ init: init(), media: picture(1_000, { group: 1_000 }) }, () => 0);
    expect(list.groupStart).toBe(100);
  });

  it('is bounded whatever comes', () => {
    const list = new PictureList(LIMITS);
    for (let i = 0; i < 2_000; i++) {
      list.append(
        {
          init: init(),
          media: picture(i, { group: (i % 37) + 1, bytes: (i * 97) % 3_000 }),
        },
        () => 0,
      );
      expect(list.bytes).toBeLessThanOrEqual(5_000 + 3_000);
      expect(list.end - list.first).toBeLessThanOrEqual(21);
    }
  });
});

/** By default for a viewer that has read nothing. */
function filled(
  count: number,
  shape: { group?: number; bytes?: number } = {},
  wantedFrom = 0,
): PictureList {
  const list = new PictureList(LIMITS);
  for (let i = 0; i < count; i++)
    list.append({ init: init(), media: picture(i, shape) }, () => wantedFrom);
  return list;
}
