/** What a PTZ request says on the wire, and what the dome then does. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OnvifDevice, startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { find, textOf } from '../../../src/simulator/onvif/xml.ts';
import { PtzModel, type PtzModelOptions } from '../../../src/simulator/ptz-model.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { deviceOptions, signed } from './support.ts';

const SPACES = 'http://www.onvif.org/ver10/tptz';

let clock: ManualClock;
let model: PtzModel;
let device: OnvifDevice;
beforeEach(() => {
  clock = new ManualClock();
});
afterEach(() => device.stop());

describe('a command', () => {
  it.each([
    [
      'pan and tilt',
      '<tptz:ContinuousMove>P<tptz:Velocity><tt:PanTilt x="0.5" y="-1"/></tptz:Velocity></tptz:ContinuousMove>',
      { pan: 0.5, tilt: -1 },
    ],
    [
      'zoom',
      '<tptz:ContinuousMove>P<tptz:Velocity><tt:Zoom x="-.25"/></tptz:Velocity></tptz:ContinuousMove>',
      { zoom: -0.25 },
    ],
    [
      'a time-out',
      '<tptz:ContinuousMove>P<tptz:Velocity><tt:Zoom x="1e-1"/></tptz:Velocity><tptz:Timeout>PT1.5S</tptz:Timeout></tptz:ContinuousMove>',
      { zoom: 0.1, timeoutMs: 1500 },
    ],
    [
      'a space',
      `<tptz:AbsoluteMove>P<tptz:Position><tt:Zoom x="0.5" space="${SPACES}/ZoomSpaces/PositionGenericSpace"/></tptz:Position></tptz:AbsoluteMove>`,
      { zoom: 0.5 },
    ],
    [
      'a speed',
      '<tptz:AbsoluteMove>P<tptz:Position><tt:Zoom x="0.5"/></tptz:Position><tptz:Speed><tt:Zoom x="0.1"/></tptz:Speed></tptz:AbsoluteMove>',
      { zoom: 0.5 },
    ],
    [
      'a distance',
      '<tptz:RelativeMove>P<tptz:Translation><tt:PanTilt x="-0.1" y="0"/></tptz:Translation></tptz:RelativeMove>',
      { pan: -0.1, tilt: 0 },
    ],
    ['nothing but Stop', '<tptz:Stop>P</tptz:Stop>', { panTilt: true, zoom: true }],
    [
      'Stop for zoom',
      '<tptz:Stop>P<tptz:PanTilt>false</tptz:PanTilt></tptz:Stop>',
      { panTilt: false, zoom: true },
    ],
    [
      'Stop for pan and tilt',
      '<tptz:Stop>P<tptz:PanTilt>1</tptz:PanTilt><tptz:Zoom>0</tptz:Zoom></tptz:Stop>',
      { panTilt: true, zoom: false },
    ],
  ])('with %s reaches the dome as it was sent', async (_, body, args) => {
    await started();
    expect((await ask(body)).status).toBe(200);
    expect(model.log).toMatchObject([{ args }]);
    expect(Object.keys(model.log[0]?.args ?? {})).toEqual(Object.keys(args));
  });

  const move =
    '<tptz:ContinuousMove>P<tptz:Velocity><tt:PanTilt x="1" y="0"/><tt:Zoom x="0"/></tptz:Velocity><tptz:Timeout>PT1S</tptz:Timeout></tptz:ContinuousMove>';
  const wrong: [string, PtzModelOptions, string, number, string[]][] = [
    [
      'too fast',
      {},
      '<tptz:ContinuousMove>P<tptz:Velocity><tt:Zoom x="2"/></tptz:Velocity></tptz:ContinuousMove>',
      400,
      ['InvalidArgVal', 'InvalidVelocity'],
    ],
    [
      'too far',
      {},
      '<tptz:AbsoluteMove>P<tptz:Position><tt:Zoom x="2"/></tptz:Position></tptz:AbsoluteMove>',
      400,
      ['InvalidArgVal', 'InvalidPosition'],
    ],
    [
      'no number',
      {},
      '<tptz:AbsoluteMove>P<tptz:Position><tt:Zoom x="wide"/></tptz:Position></tptz:AbsoluteMove>',
      400,
      ['InvalidArgVal'],
    ],
    [
      'an unknown space',
      {},
      '<tptz:AbsoluteMove>P<tptz:Position><tt:Zoom x="0" space="urn:x"/></tptz:Position></tptz:AbsoluteMove>',
      400,
      ['InvalidArgVal', 'SpaceNotSupported'],
    ],
    [
      'a time-out that is none',
      {},
      '<tptz:ContinuousMove>P<tptz:Timeout>1</tptz:Timeout></tptz:ContinuousMove>',
      400,
      ['InvalidArgVal', 'TimeoutNotSupported'],
    ],
    [
      'a time-out out of range',
      {},
      '<tptz:ContinuousMove>P<tptz:Timeout>PT2H</tptz:Timeout></tptz:ContinuousMove>',
      400,
      ['InvalidArgVal', 'TimeoutNotSupported'],
    ],
    [
      'an unknown preset',
      {},
      '<tptz:GotoPreset>P<tptz:PresetToken>9</tptz:PresetToken></tptz:GotoPreset>',
      400,
      ['InvalidArgVal', 'NoToken'],
    ],
    [
      'an unknown profile',
      {},
      '<tptz:Stop><tptz:ProfileToken>x</tptz:ProfileToken></tptz:Stop>',
      400,
      ['InvalidArgVal', 'NoProfile'],
    ],
    [
      'an unknown node',
      {},
      '<tptz:GetNode><tptz:NodeToken>x</tptz:NodeToken></tptz:GetNode>',
      400,
      ['InvalidArgVal', 'NoEntity'],
    ],
    [
      'a preset too many',
      { maxPresets: 0 },
      '<tptz:SetPreset>P</tptz:SetPreset>',
      500,
      ['Action', 'TooManyPresets'],
    ],
    [
      'Stop, to a camera without',
      { quirks: { lacksStop: true } },
      '<tptz:Stop>P</tptz:Stop>',
      500,
      ['ActionNotSupported'],
    ],
    [
      'a time-out, to a camera without',
      { quirks: { refusesTimeout: true } },
      move,
      400,
      ['InvalidArgVal', 'TimeoutNotSupported'],
    ],
    [
      'three axes, to a camera that takes two',
      { quirks: { refusesPanTiltWithZoom: true } },
      move,
      400,
      ['InvalidArgVal', 'InvalidVelocity'],
    ],
    [
      'home, to a camera without',
      { quirks: { lacksHome: true } },
      '<tptz:GotoHomePosition>P</tptz:GotoHomePosition>',
      500,
      ['Action', 'NoHomePosition'],
    ],
  ];

  it.each(wrong)('is answered with a fault: %s', async (_, options, body, status, fault) => {
    await started(options);
    const reply = await ask(body);
    expect({ status: reply.status, fault: reply.fault }).toEqual({ status, fault });
    expect(model.moving).toEqual({ panTilt: false, zoom: false });
  });
});

describe('what the dome tells', () => {
  it('is where it points, whether it moves, and when that was', async () => {
    await started({ start: { pan: 0.25, tilt: -0.5, zoom: 0.125 } });
    model.continuousMove({ zoom: 0.5 }, 1_000);
    const { content } = await ask('<tptz:GetStatus>P</tptz:GetStatus>');
    const status = find(content, 'PTZStatus');
    const panTilt = find(status, 'Position', 'PanTilt')?.attributes;
    expect([panTilt?.get('x'), panTilt?.get('y')]).toEqual(['0.25', '-0.5']);
    expect(find(status, 'Position', 'Zoom')?.attributes.get('x')).toBe('0.125');
    expect(textOf(status, 'MoveStatus', 'PanTilt')).toBe('IDLE');
    expect(textOf(status, 'MoveStatus', 'Zoom')).toBe('MOVING');
    expect(textOf(status, 'UtcTime')).toBe('2026-01-01T00:00:00.000Z');
  });

  it('can lack the position', async () => {
    await started({ quirks: { hidesPosition: true } });
    const { content } = await ask('<tptz:GetStatus>P</tptz:GetStatus>');
    expect(find(content, 'PTZStatus', 'Position')).toBeUndefined();
    expect(find(content, 'PTZStatus', 'MoveStatus')).toBeDefined();
  });

  it('has the ranges of its own mechanics', async () => {
    await started({ limits: { pan: { min: -180, max: 180 }, tilt: { min: -90, max: 0 } } });
    const { content } = await ask(
      '<tptz:GetConfigurationOptions><tptz:ConfigurationToken>ptz-configuration</tptz:ConfigurationToken></tptz:GetConfigurationOptions>',
    );
    const space = find(
      content,
      'PTZConfigurationOptions',
      'Spaces',
      'AbsolutePanTiltPositionSpace',
    );
    expect(textOf(space, 'XRange', 'Min')).toBe('-180');
    expect(textOf(space, 'YRange', 'Max')).toBe('0');
  });

  it('says that there is no home when there is none', async () => {
    await started({ quirks: { lacksHome: true } });
    const { content } = await ask('<tptz:GetNodes/>');
    expect(textOf(content, 'PTZNode', 'HomeSupported')).toBe('false');
  });

  it('keeps names that look like XML', async () => {
    await started();
    await ask(
      '<tptz:SetPreset>P<tptz:PresetName>&lt;Kassa&gt; &amp; "deur"</tptz:PresetName></tptz:SetPreset>',
    );
    const { content } = await ask('<tptz:GetPresets>P</tptz:GetPresets>');
    expect(content?.children).toHaveLength(1);
    expect(textOf(content, 'Preset', 'Name')).toBe('<Kassa> & "deur"');
  });
});

async function started(options: PtzModelOptions = {}): Promise<void> {
  model = new PtzModel({ clock, ...options });
  device = await startOnvifDevice(deviceOptions({ clock, ptz: model }));
}

/** Asks with `P` replaced by the token of a profile. */
function ask(body: string) {
  const created = new Date(clock.unixUs() / 1000).toISOString();
  const profile = '<tptz:ProfileToken>main</tptz:ProfileToken>';
  return signed(device.url, body.replace('>P<', `>${profile}<`), { token: { created } });
}
