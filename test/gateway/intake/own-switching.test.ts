import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CameraEvent } from '../../../src/cameras/events.ts';
import { OwnSwitching } from '../../../src/gateway/intake/own-switching.ts';
import { FakeOutputs } from '../../liveview/harness.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const RECORDER = '192.0.2.1:80';
const LATE_MS = 15_000;

let clock: ManualClock;
let own: OwnSwitching;
let camera: FakeOutputs;

beforeEach(() => {
  clock = new ManualClock();
  own = new OwnSwitching(clock);
  camera = new FakeOutputs();
});

const outputs = () => own.noting(RECORDER, camera);

function relay(token: string | undefined, topic = 'Device/Trigger/Relay'): CameraEvent {
  return {
    ...{ topic, operation: 'Changed', unixUs: clock.unixUs() },
    source: new Map(token === undefined ? [] : [['RelayToken', token]]),
    data: new Map([['LogicalState', 'active']]),
  };
}
const isEcho = (token: string | undefined, device = RECORDER) => own.isEcho(device, relay(token));

describe('what a camera tells of its relays', () => {
  it('is of our doing from the moment we switch, as long as it is on, and a moment longer', async () => {
    expect(isEcho('siren')).toBe(false);
    const on = outputs().on({ token: 'siren' });
    expect(isEcho('siren')).toBe(true);
    await on;
    clock.advance(3_600_000);
    expect(isEcho(' SIREN ')).toBe(true);
    await outputs().off({ token: 'siren' });
    clock.advance(LATE_MS - 1);
    expect(isEcho('siren')).toBe(true);
    clock.advance(1);
    expect(isEcho('siren')).toBe(false);
  });

  it('is not of our doing once the contact has fallen back, whoever did that', async () => {
    await outputs().on({ token: 'gate' });
    own.fellBack(RECORDER, relay('siren'));
    clock.advance(LATE_MS);
    expect(isEcho('gate')).toBe(true);
    own.fellBack(RECORDER, relay('gate'));
    clock.advance(LATE_MS);
    expect(isEcho('gate')).toBe(false);
    await outputs().on({ token: 'gate' });
    clock.advance(LATE_MS);
    expect(isEcho('gate')).toBe(true);
  });

  it('is of somebody else at other contacts, other devices, and by other topics', async () => {
    await outputs().on({ token: 'siren' });
    expect(isEcho('light')).toBe(false);
    expect(isEcho('siren', '192.0.2.2:80')).toBe(false);
    const input = relay('siren', 'Device/Trigger/DigitalInput');
    expect(own.isEcho(RECORDER, input)).toBe(false);
  });

  it('is of our doing where the camera does not say of which contact, or has only one', async () => {
    await outputs().on({ token: 'siren' });
    expect(isEcho(undefined)).toBe(true);
    own = new OwnSwitching(clock);
    await outputs().on({});
    expect(isEcho('whatever it is called')).toBe(true);
  });

  it('is known by the names of the contact at each service of the camera', async () => {
    camera.names = async () => ['Output_0', 'siren'];
    await outputs().on({ token: 'siren' });
    await settle();
    expect([isEcho('Output_0'), isEcho('Output_1')]).toEqual([true, false]);
  });

  it('is known by no more names than a contact has, whatever the camera says, and always by its own', async () => {
    camera.names = async () => Array.from({ length: 1_000 }, (_, index) => `name-${index}`);
    await outputs().on({ token: 'siren' });
    await settle();
    expect([isEcho('siren'), isEcho('name-0'), isEcho('name-999')]).toEqual([true, true, false]);
  });

  it('is ours for a moment only when the camera refused to switch it on', async () => {
    camera.refuses.add('on');
    await expect(outputs().on({ token: 'gate' })).rejects.toThrow();
    expect(isEcho('gate')).toBe(true);
    clock.advance(LATE_MS);
    expect(isEcho('gate')).toBe(false);
  });

  it('stays ours when the camera does not confirm that it is off', async () => {
    await outputs().on({ token: 'gate' });
    camera.refuses.add('off');
    await expect(outputs().off({ token: 'gate' })).rejects.toThrow();
    clock.advance(10 * LATE_MS);
    expect(isEcho('gate')).toBe(true);
  });

  it('passes Off on in the tick in which it is asked for', () => {
    void outputs().off({ token: 'siren' });
    expect(camera.calls).toEqual(['off siren']);
  });
});
