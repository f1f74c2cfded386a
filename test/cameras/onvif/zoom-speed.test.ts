import { describe, expect, it } from '@jest/globals';
import { gently, turningShare } from '../../../src/cameras/onvif/zoom-speed.ts';
import { Secret } from '../../../src/core/secret.ts';
import { startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { PtzModel, type PtzModelOptions } from '../../../src/simulator/ptz-model.ts';
import { deviceOptions, PASSWORD } from '../../simulator/onvif/support.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { usePool } from '../support/onvif-pool.ts';
import { answer, fault, mediaProfile, space } from '../support/scripted-camera.ts';

const lab = usePool();

describe('the share of the speed at which a camera is turned', () => {
  it.each<[string, number | undefined, boolean, number]>([
    ['wide', 0, true, 1],
    ['a quarter', 0.25, true, 0.473],
    ['half', 0.5, true, 0.224],
    ['three quarters', 0.75, true, 0.106],
    ['tele', 1, true, 0.05],
    ['more than tele, as some say', 1.5, true, 0.05],
    ['less than wide', -1, true, 1],
    ['not known', undefined, true, 0.4],
    ['of a camera that cannot zoom', undefined, false, 1],
  ])('is, zoomed %s, as documented', (_what, zoom, canZoom, share) => {
    expect(turningShare(zoom, canZoom)).toBeCloseTo(share, 3);
  });

  it('only falls as the picture is zoomed in', () => {
    const steps = Array.from({ length: 21 }, (_, at) => turningShare(at / 20, true));
    expect(steps).toEqual([...steps].sort((a, b) => b - a));
  });

  it.each([
    ['scaled', 0.8, 0.5, 0.4],
    ['scaled, the other way', -0.8, 0.5, -0.4],
    ['not slower than a motor runs', 0.25, 0.05, 0.02],
    ['not faster than was asked', 0.01, 0.05, 0.01],
    ['still when still was asked', 0, 0.05, 0],
  ])('makes a velocity %s', (_what, asked, share, sent) => {
    expect(gently(asked, share)).toBeCloseTo(sent, 6);
  });
});

async function dome(model: PtzModelOptions) {
  const ptz = new PtzModel(model);
  const device = await startOnvifDevice(deviceOptions({ ptz }));
  lab.afterwards(() => device.stop());
  const clock = new ManualClock();
  const credentials = { username: 'liveview', password: new Secret(PASSWORD) };
  const { control } = lab.open(device.port, { credentials, clock });
  const sent = () =>
    ptz.log.flatMap(({ operation, args }) => (operation === 'continuousMove' ? [args['pan']] : []));
  return { ptz, control, clock, sent };
}

describe('a virtual dome', () => {
  it('is turned at what was asked when it is wide, and gently from the first push when it is not', async () => {
    const wide = await dome({ start: { zoom: 0 } });
    await wide.control.move({ pan: 1, tilt: -1 }, 60_000);
    expect(wide.sent()).toEqual([1]);
    const tele = await dome({ start: { zoom: 1 } });
    await tele.control.move({ pan: 1, tilt: -1 }, 60_000);
    expect(tele.sent()).toEqual([0.05]);
    expect(tele.ptz.log.at(-1)?.args).toMatchObject({ pan: 0.05, tilt: -0.05 });
  });

  it('whose zoom goes by other numbers is understood by the range that it tells', async () => {
    const { control, sent } = await dome({
      limits: { zoom: { min: 0, max: 0.5 } },
      start: { zoom: 0.5 },
    });
    await control.move({ pan: 1 }, 60_000);
    expect(sent()).toEqual([0.05]);
  });

  it('that somebody else zoomed in is followed while it turns, within a second', async () => {
    const { ptz, control, clock, sent } = await dome({
      start: { zoom: 0 },
      maxSpeed: { zoom: 1_000 },
    });
    await control.move({ pan: 1 }, 60_000);
    ptz.absoluteMove({ zoom: 0.5 });
    await until('it is seen', async () => {
      clock.advance(1_000);
      await control.move({ pan: 1 }, 60_000);
      return Number(sent().at(-1)) < 0.3;
    });
    expect(sent()[0]).toBe(1);
    expect(sent().at(-1)).toBeCloseTo(0.224, 3);
  });

  it('that goes to a preset is turned with care until it has said where it is', async () => {
    const presets = [{ token: '1', name: 'close', viewpoint: { pan: 0, tilt: 0, zoom: 1 } }];
    const { control, clock, sent } = await dome({ presets, maxSpeed: { zoom: 1_000 } });
    await control.move({ pan: 0.5 }, 60_000);
    await control.stop();
    await control.goToPreset('1');
    await control.move({ pan: 0.5 }, 60_000);
    expect(sent().slice(-1)).toEqual([0.2]);
    await until('it has said', async () => {
      clock.advance(2_000);
      await control.move({ pan: 0.5 }, 60_000);
      return Number(sent().at(-1)) === 0.025;
    });
  });

  it('that hides its zoom is always turned with care, and is not asked again and again', async () => {
    const { control, clock, sent } = await dome({
      start: { zoom: 1 },
      quirks: { hidesPosition: true },
    });
    for (let count = 0; count < 3; count += 1) {
      await control.move({ pan: 1 }, 60_000);
      clock.advance(1_000);
    }
    expect(new Set(sent())).toEqual(new Set([0.4]));
  });
});

describe('a camera whose speeds are in fields of view', () => {
  it('and that refuses them is turned by the usual ones, which is kept', async () => {
    const uri = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocitySpaceFOV';
    const usual = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocityGenericSpace';
    const offered = [usual, uri].map((each) =>
      space('ContinuousPanTiltVelocitySpace', each, [-1, 1], [-1, 1]),
    );
    const learnt: unknown[] = [];
    const peer = await lab.peer({
      GetProfiles: mediaProfile('0', 1920, 1080),
      GetConfigurationOptions: `<PTZConfigurationOptions><tt:Spaces>${offered.join('')}</tt:Spaces></PTZConfigurationOptions>`,
      ContinuousMove: (response, received) =>
        received.body.includes(uri)
          ? fault('SpaceNotSupported')(response, received)
          : answer(response, 'ContinuousMove', ''),
    });
    const { control } = lab.open(peer.port, { onQuirks: (quirks) => learnt.push(quirks) });
    await control.move({ pan: 1 }, 2_000);
    await control.move({ pan: 1 }, 2_000);
    expect(learnt).toEqual([{ refusesViewSpeed: true }]);
    const before = peer.bodies('ContinuousMove').length;
    await control.move({ pan: 1 }, 2_000);
    const after = peer.bodies('ContinuousMove').slice(before);
    expect(after).toHaveLength(1);
    expect(after[0]).not.toContain(uri);
  });

  it('is left to see to it itself, at one field of view a second at most', async () => {
    const uri = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocitySpaceFOV';
    const peer = await lab.peer({
      GetProfiles: mediaProfile('0', 1920, 1080),
      GetConfigurationOptions: `<PTZConfigurationOptions><tt:Spaces>${space('ContinuousPanTiltVelocitySpace', 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocityGenericSpace', [-1, 1], [-1, 1])}${space('ContinuousPanTiltVelocitySpace', uri, [-7, 7], [-7, 7])}</tt:Spaces></PTZConfigurationOptions>`,
    });
    const { control } = lab.open(peer.port);
    await control.move({ pan: 1, tilt: -0.5 }, 2_000);
    expect(peer.bodies('ContinuousMove')[0]).toContain(`<PanTilt x="1" y="-0.5" space="${uri}"`);
  });
});
