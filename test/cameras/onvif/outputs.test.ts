import { describe, expect, it } from '@jest/globals';
import type { CameraQuirks } from '../../../src/cameras/onvif/quirks.ts';
import { Secret } from '../../../src/core/secret.ts';
import { startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { RelayBank, type RelayQuirks, type RelaySetup } from '../../../src/simulator/relay-bank.ts';
import { deviceOptions, PASSWORD } from '../../simulator/onvif/support.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { usePool } from '../support/onvif-pool.ts';
import { answer, fault } from '../support/scripted-camera.ts';

const lab = usePool();
const CREDENTIALS = { username: 'liveview', password: new Secret(PASSWORD) };

/** A virtual camera with these outputs, and the port to it. */
async function camera(
  tokens: readonly string[],
  quirks: RelayQuirks = {},
  known?: CameraQuirks,
  setup?: RelaySetup,
) {
  const clock = new ManualClock();
  const bank = new RelayBank({ tokens, clock, quirks, ...(setup ? { setup } : {}) });
  const device = await startOnvifDevice(deviceOptions({ relays: bank }));
  lab.afterwards(() => device.stop());
  const learnt: CameraQuirks[] = [];
  const { outputs } = lab.open(device.port, {
    credentials: CREDENTIALS,
    onQuirks: (quirks) => learnt.push(quirks),
    ...(known ? { quirks: known } : {}),
  });
  const acts = () =>
    bank.log.map(({ token, act, refused }) =>
      [token, act, ...(refused ? [refused] : [])].join(' '),
    );
  return { bank, clock, outputs, learnt, acts };
}

describe('the relay outputs of a camera', () => {
  it('are listed as the camera has them', async () => {
    const { outputs } = await camera(['siren', 'gate & <co>']);
    expect(await outputs.list()).toEqual([
      { token: 'siren', mode: 'bistable', delayMs: 1_000, idle: 'open' },
      { token: 'gate & <co>', mode: 'bistable', delayMs: 1_000, idle: 'open' },
    ]);
  });

  it('stay on until they are switched off, when nothing is said of an end', async () => {
    const { bank, outputs, acts } = await camera(['siren', 'light']);
    expect(await outputs.on({ token: 'light' })).toEqual({});
    expect([bank.isOn('light'), bank.isOn('siren')]).toEqual([true, false]);
    await outputs.off({ token: 'light' });
    expect(bank.isOn('light')).toBe(false);
    expect(acts()).toEqual(['light setup', 'light on', 'light off']);
  });

  it('are ended by the camera itself where it can: that also works when we are gone', async () => {
    const { bank, clock, outputs } = await camera(['siren']);
    expect(await outputs.on({ endsAfterMs: 90_000, idle: 'closed' })).toEqual({
      endsAfterMs: 90_000,
    });
    expect(bank.setupOf('siren')).toEqual({ mode: 'monostable', delayMs: 90_000, idle: 'closed' });
    clock.advance(89_999);
    expect(bank.isOn('siren')).toBe(true);
    clock.advance(1);
    expect(bank.isOn('siren')).toBe(false);
  });

  it('are set up once, and again when they are to behave otherwise', async () => {
    const { outputs, acts } = await camera(['gate'], { needsRelaySettings: true });
    await outputs.on({ endsAfterMs: 500 });
    await outputs.on({ endsAfterMs: 500 });
    await outputs.on({});
    expect(acts()).toEqual(['gate setup', 'gate on', 'gate on', 'gate setup', 'gate on']);
  });

  it('that cannot be set up are switched as they are, which is learnt and kept', async () => {
    const { bank, outputs, learnt, acts } = await camera(['siren'], { refusesRelaySettings: true });
    expect(await outputs.on({ endsAfterMs: 500 })).toEqual({});
    expect(bank.isOn('siren')).toBe(true);
    expect(learnt).toEqual([{ refusesRelaySettings: true }]);
    await outputs.on({ endsAfterMs: 500 });
    expect(acts().filter((act) => act.includes('setup'))).toHaveLength(2);

    const again = await camera(['siren'], { refusesRelaySettings: true }, learnt[0]);
    await again.outputs.on({ endsAfterMs: 500 });
    expect(again.acts()).toEqual(['siren on']);
  });

  it('that are to be held are not switched on by a camera that would let them go by itself', async () => {
    const monostable = { mode: 'monostable', delayMs: 5_000, idle: 'open' } as const;
    const stubborn = await camera(
      ['gate'],
      { refusesRelaySettings: true },
      { refusesRelaySettings: true },
      monostable,
    );
    await expect(stubborn.outputs.on({ held: true })).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringContaining('after 5 s by itself'),
    });
    expect(stubborn.acts()).toEqual([]);
    // What is not held may be let go, and it is known when.
    expect(await stubborn.outputs.on({})).toEqual({ endsAfterMs: 5_000 });
    const willing = await camera(['gate'], {}, undefined, monostable);
    expect(await willing.outputs.on({ held: true })).toEqual({});
    willing.clock.advance(10_000);
    expect(willing.bank.isOn('gate')).toBe(true);
  });

  it('go by the Device service where DeviceIO has them under other names and switches none', async () => {
    const { bank, outputs, learnt, acts } = await camera(['siren', 'light'], {
      relaysByDeviceOnly: true,
    });
    expect((await outputs.list()).map(({ token }) => token)).toEqual(['Output_0', 'Output_1']);
    await outputs.on({ token: 'Output_1' });
    expect(bank.isOn('light')).toBe(true);
    expect(learnt).toEqual([{ relaysByDevice: true }]);
    await outputs.off({ token: 'Output_1' });
    expect(acts().at(-1)).toBe('light off');

    const again = await camera(['siren', 'light'], { relaysByDeviceOnly: true }, learnt[0]);
    await again.outputs.on({ token: 'LIGHT' });
    expect([again.bank.isOn('light'), again.learnt]).toEqual([true, []]);
  });

  it.each([
    [['siren', 'light'], 'gate', 'the camera has no relay output gate; it has siren, light'],
    [['siren', 'light'], undefined, 'several relay outputs (siren, light)'],
    [[], 'siren', 'the camera has no relay outputs'],
  ])('of %p do not include %p, and it is said why', async (tokens, token, said) => {
    const { outputs } = await camera(tokens);
    await expect(outputs.on(token === undefined ? {} : { token })).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringContaining(said),
    });
  });

  it('go on the wire as the specification writes them, by each service', async () => {
    const listed =
      '<RelayOutputs token="0"><tt:Properties><tt:Mode>Monostable</tt:Mode><tt:DelayTime>PT2S</tt:DelayTime><tt:IdleState>closed</tt:IdleState></tt:Properties></RelayOutputs>';
    const peer = await lab.peer({
      GetRelayOutputs: listed,
      SetRelayOutputSettings: '',
      SetRelayOutputState: '',
    });
    const { outputs } = lab.open(peer.port);
    await outputs.on({ token: '0', endsAfterMs: 1_500 });
    await outputs.off({ token: '0' });
    expect(peer.bodies('SetRelayOutputSettings')).toEqual([
      '<SetRelayOutputSettings xmlns="http://www.onvif.org/ver10/device/wsdl"><RelayOutputToken>0</RelayOutputToken><Properties><Mode xmlns="http://www.onvif.org/ver10/schema">Monostable</Mode><DelayTime xmlns="http://www.onvif.org/ver10/schema">PT1.5S</DelayTime><IdleState xmlns="http://www.onvif.org/ver10/schema">closed</IdleState></Properties></SetRelayOutputSettings>',
    ]);
    expect(
      peer.bodies('SetRelayOutputState').map((body) => /<LogicalState>\w+/.exec(body)?.[0]),
    ).toEqual(['<LogicalState>active', '<LogicalState>inactive']);
  });

  it('that cannot be set up and say that they fall back after no time are for us to end', async () => {
    const peer = await lab.peer({
      GetRelayOutputs:
        '<RelayOutputs token="0"><tt:Properties><tt:Mode>Monostable</tt:Mode><tt:DelayTime>PT0S</tt:DelayTime></tt:Properties></RelayOutputs>',
      SetRelayOutputState: '',
    });
    const { outputs } = lab.open(peer.port, { quirks: { refusesRelaySettings: true } });
    expect(await outputs.on({ token: '0', endsAfterMs: 180_000 })).toEqual({});
  });

  it('that are switched off while they are set up are not switched on after that', async () => {
    const setUp: (() => void)[] = [];
    const peer = await lab.peer({
      GetRelayOutputs: '<RelayOutputs token="0"/><RelayOutputs token="1"/>',
      SetRelayOutputSettings: (response, { operation }) => {
        setUp.push(() => answer(response, operation, ''));
      },
      SetRelayOutputState: '',
    });
    const { outputs } = lab.open(peer.port);
    const sirens = ['0', '1'].map((token) => outputs.on({ token }));
    const ended = Promise.allSettled(sirens);
    await until('the first is being set up', () => setUp.length > 0);
    await outputs.off({ token: '0' });
    setUp[0]?.();
    await until('the other is being set up', () => setUp.length > 1);
    setUp[1]?.();
    expect(await ended).toMatchObject([
      { status: 'rejected', reason: { code: 'aborted' } },
      { status: 'fulfilled' },
    ]);
    expect(
      peer
        .bodies('SetRelayOutputState')
        .map((body) => /Token>(\d).*LogicalState>(\w+)</.exec(body)?.slice(1)),
    ).toEqual([
      ['0', 'inactive'],
      ['1', 'active'],
    ]);
  });

  it('that fail are told as they fail, and nothing else is tried', async () => {
    const peer = await lab.peer({
      GetRelayOutputs: '<RelayOutputs token="0"/>',
      SetRelayOutputSettings: '',
      SetRelayOutputState: fault('Action'),
    });
    const { outputs } = lab.open(peer.port);
    await expect(outputs.on({ token: '0' })).rejects.toMatchObject({ code: 'camera-fault' });
    expect(peer.bodies('SetRelayOutputState')).toHaveLength(1);
  });
});
