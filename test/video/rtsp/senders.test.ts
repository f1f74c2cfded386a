import { describe, expect, it } from '@jest/globals';
import { GroupSender, onlyFrom } from '../../../src/video/rtsp/senders.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const CAMERA = '192.0.2.1';
const OTHER = '192.0.2.2';

function group() {
  const clock = new ManualClock();
  const others: string[] = [];
  const onOther = (address: string) => others.push(address);
  return { clock, others, sender: new GroupSender({ camera: `::ffff:${CAMERA}`, clock, onOther }) };
}

describe('onlyFrom', () => {
  it('hears the addresses it was given, however they are written', () => {
    const senders = onlyFrom([`::ffff:${CAMERA}`, 'fe80::1%eth0']);
    const addresses = [CAMERA, 'fe80::1', OTHER];
    expect(addresses.map((each) => senders.ofRtp(each))).toEqual([true, true, false]);
    expect(addresses.map((each) => senders.ofRtcp(each))).toEqual([true, true, false]);
  });
});

describe('GroupSender', () => {
  it('counts silence from PLAY, not from before', () => {
    const { clock, sender, others } = group();
    clock.advance(60_000);
    expect(sender.ofRtp(OTHER)).toBe(false);
    sender.playing();
    clock.advance(999);
    expect(sender.ofRtp(OTHER)).toBe(false);
    expect(others).toEqual([]);
    clock.advance(1);
    expect(sender.ofRtp(OTHER)).toBe(true);
    expect(others).toEqual([OTHER]);
  });

  it('hears reports of the sender alone, and before that of the camera', () => {
    const { clock, sender } = group();
    expect([sender.ofRtcp(CAMERA), sender.ofRtcp(OTHER)]).toEqual([true, false]);
    sender.playing();
    clock.advance(1_000);
    sender.ofRtp(OTHER);
    expect([sender.ofRtcp(CAMERA), sender.ofRtcp(OTHER)]).toEqual([false, true]);
  });
});
