import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PictureCondition } from '../../../src/server/deps.ts';
import { pictureMessage } from '../../../src/server/live/picture.ts';
import { Harness, OPERATOR } from '../harness.ts';
import { init } from '../scripted-media.ts';

const SINCE = { sinceUnixUs: 1_767_225_600_000_000 };
const since = '2026-01-01T00:00:00.000Z';
const UNREACHABLE: PictureCondition = {
  ...{ state: 'no-connection', code: 'camera-unreachable', ...SINCE },
  reason: 'no connection to the camera at 192.0.2.7 port 554',
};
const OK: PictureCondition = { state: 'ok', ...SINCE };

describe('what is said of pictures', () => {
  it('is all of it at the centre', () => {
    expect(pictureMessage(3, UNREACHABLE, 'centre')).toEqual({
      ...{ type: 'picture', channel: 3, state: 'no-connection', since },
      ...{ code: 'camera-unreachable', reason: UNREACHABLE.reason },
    });
  });

  it('is to a control room what names nothing, and else the state alone', () => {
    expect(pictureMessage(3, UNREACHABLE, 'police')).toEqual({
      ...{ type: 'picture', channel: 3, state: 'no-connection', since },
      ...{ code: 'camera-unreachable', reason: 'the camera cannot be reached' },
    });
    const odd = { ...UNREACHABLE, code: 'rtsp-redirect-loop', reason: 'rtsp://10.0.0.1 → …' };
    expect(pictureMessage(3, odd, 'police')).toEqual({
      ...{ type: 'picture', channel: 3, state: 'no-connection', since },
    });
    const lost: PictureCondition = {
      state: 'signal-lost',
      reason: 'input 3 of 10.0.0.1',
      ...SINCE,
    };
    expect(pictureMessage(3, lost, 'police')).toEqual({
      ...{ type: 'picture', channel: 3, state: 'signal-lost', since },
    });
  });
});

describe('the live socket', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness().start();
  });
  afterEach(() => harness.stop());

  it('says at once what is wrong, and each change, before there is anything to watch', async () => {
    harness.media.onOpen = (reader) => {
      reader.condition = UNREACHABLE;
    };
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    expect(await socket.next('picture')).toEqual(pictureMessage(1, UNREACHABLE, 'centre'));
    harness.media.last.listener.condition?.(OK);
    harness.media.last.push(init());
    await socket.next('watching');
    expect(socket.of('picture').map(({ state }) => state)).toEqual(['no-connection', 'ok']);
  });

  it('has nothing to say of a camera that is well', async () => {
    harness.media.onOpen = (reader) => {
      reader.condition = OK;
    };
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    harness.media.onOpen = () => undefined;
    await socket.settled();
    harness.media.last.push(init());
    await socket.next('watching');
    expect(socket.of('picture')).toEqual([]);
  });

  it('tells a control room no address, and nothing after the end', async () => {
    const incident = harness.shared();
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1', incident });
    await socket.settled();
    const { listener } = harness.media.last;
    listener.condition?.(UNREACHABLE);
    expect(await socket.next('picture')).toEqual(pictureMessage(1, UNREACHABLE, 'police'));
    expect(JSON.stringify(socket.received)).not.toContain('192.0.2.7');
    harness.liveview.withdraw(OPERATOR, incident, 'rotterdam');
    await socket.next('ended');
    listener.condition?.(OK);
    await socket.settled();
    expect(socket.of('picture')).toHaveLength(1);
  });
});
