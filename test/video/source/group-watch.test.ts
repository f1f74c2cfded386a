import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import { GroupWatch } from '../../../src/video/source/group-watch.ts';

/** Key frames at these seconds, a picture between each two, and what is said of it. */
function said(keyFramesAtS: readonly number[], interruptedAtS = -1): string[] {
  const lines: string[] = [];
  const watch = new GroupWatch({ ...silentLogger, warn: (message) => lines.push(message) });
  const picture = (keyFrame: boolean, atS: number) =>
    watch.accessUnit({
      ...{ codec: 'h264', nalUnits: [], captureUnixUs: 0 },
      ...{ keyFrame, pts90k: atS * 90_000 },
    });
  for (const atS of keyFramesAtS) {
    if (atS > interruptedAtS && interruptedAtS >= 0) watch.interrupted();
    picture(true, atS);
    picture(false, atS + 0.04);
  }
  return lines;
}

describe('GroupWatch', () => {
  it('says nothing of a group of a few seconds', () => {
    expect(said([0, 1, 3, 6.9])).toEqual([]);
  });

  it('says once how long a group is, and what to change', () => {
    expect(said([0, 12, 24, 36])).toEqual([
      expect.stringMatching(/key frame every 12 s .* interval to 1 or 2 s/),
    ]);
  });

  it('says it again when groups become much longer', () => {
    expect(said([0, 6, 12, 60, 120])).toEqual([
      expect.stringContaining('every 6 s'),
      expect.stringContaining('every 48 s'),
    ]);
  });

  it('takes no interruption for a group', () => {
    expect(said([0, 60], 30)).toEqual([]);
  });
});
