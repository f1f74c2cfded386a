import { describe, expect, it } from '@jest/globals';
import { checkStream } from '../../../src/gateway/doctor/stream-check.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { IDR, PPS, SLICE } from '../../support/scripted-rtsp-peer.ts';
import { FakeSource, PLAYING, waiting } from './fake-source.ts';

/** High, level 4.0, 1920×1080 at 30 pictures a second. */
const SPS = Buffer.from('67640028acd940780227e5c05a808080a0000003002000000781e30632c0', 'hex');

function examine(onStart: (source: FakeSource) => void) {
  const clock = new ManualClock();
  let opened: FakeSource | undefined;
  const report = checkStream({
    role: 'main',
    clock,
    seconds: 2,
    open: (taps) => {
      opened = new FakeSource(taps, onStart);
      return opened;
    },
  });
  const source = () => {
    if (!opened) throw new Error('nothing was opened');
    return opened;
  };
  const picture = (index: number) => source().taps.sink.accessUnit(unit(index, clock.unixUs()));
  return { clock, source, picture, report };
}

function unit(index: number, captureUnixUs: number): AccessUnit {
  const keyFrame = index % 25 === 0;
  const nalUnits = keyFrame ? [SPS, PPS, IDR] : [SLICE];
  return { codec: 'h264', nalUnits, keyFrame, pts90k: index * 3_600, captureUnixUs };
}

describe('the check of a stream', () => {
  it('measures for the time that was asked, after a second in which it settles', async () => {
    const { clock, source, picture, report } = examine((opened) => opened.enter(PLAYING));
    await clock.advanceAsync(300);
    source().counts.undecodable = 7;
    for (let index = 0; index <= 90; index += 1) {
      picture(index);
      if (index === 50) source().counts.lost = 3;
      await clock.advanceAsync(40);
    }
    const { pictures, firstPictureMs, losses, transport, coding } = await report;
    expect(pictures).toMatchObject({ pictures: 50, framesPerSecond: 25, keyFrames: 2 });
    expect(firstPictureMs).toBe(300);
    expect(losses).toMatchObject({ lost: 3, undecodable: 0 });
    expect(transport).toBe('tcp');
    expect(coding).toMatchObject({ codec: 'h264', profile: 'High', level: '4.0', width: 1_920 });
    expect(source().stopped).toBe(true);
  });

  it.each(['camera-unreachable', 'camera-refused-credentials', 'codec-not-supported'])(
    'says at once why there is nothing: %s',
    async (code) => {
      const { source, report } = examine((opened) => opened.enter(waiting(code)));
      expect(await report).toEqual({
        role: 'main',
        parameterSetsAnnounced: false,
        failure: { code, message: `because of ${code}` },
      });
      expect(source().stopped).toBe(true);
    },
  );

  it('gives a camera that did not answer a second chance, and says that it needed one', async () => {
    const { clock, source, picture, report } = examine((opened) =>
      opened.enter(waiting('camera-timeout')),
    );
    await clock.advanceAsync(1_000);
    source().enter(PLAYING);
    picture(0);
    await clock.advanceAsync(1_000);
    await clock.advanceAsync(2_000);
    expect(await report).toMatchObject({
      failure: { code: 'camera-timeout' },
      firstPictureMs: 1_000,
      pictures: { pictures: 0 },
    });
  });

  it('gives it no third', async () => {
    const { source, report } = examine((opened) => opened.enter(waiting('camera-timeout')));
    source().enter(waiting('camera-closed'));
    expect(await report).toMatchObject({ failure: { code: 'camera-closed' } });
    expect(source().stopped).toBe(true);
  });

  it('says that no key frame came', async () => {
    const { clock, report } = examine(() => undefined);
    await clock.advanceAsync(30_000);
    expect(await report).toMatchObject({ failure: { code: 'no-key-frame' } });
  });

  it('measures what there was when the stream breaks off, and says why', async () => {
    const { clock, source, picture, report } = examine((opened) => opened.enter(PLAYING));
    picture(0);
    await clock.advanceAsync(1_000);
    picture(25);
    source().enter(waiting('camera-closed'));
    source().counts.reconnects = 1;
    await clock.advanceAsync(2_000);
    expect(await report).toMatchObject({
      failure: { code: 'camera-closed' },
      pictures: { pictures: 1 },
      losses: { reconnects: 1 },
    });
  });

  it('knows the coding from the announcement too, and that there was one', async () => {
    const { clock, source, report } = examine((opened) => {
      opened.taps.sink.parameterSets({ codec: 'h264', vps: [], sps: [SPS], pps: [PPS] });
      opened.enter(waiting('no-pictures'));
    });
    await clock.advanceAsync(0);
    expect(await report).toMatchObject({
      parameterSetsAnnounced: true,
      coding: { codecString: 'avc1.640028' },
      failure: { code: 'no-pictures' },
    });
    expect(source().stopped).toBe(true);
  });
});
