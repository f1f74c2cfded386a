import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../src/core/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { usePool } from '../support/onvif-pool.ts';
import { type Answer, answer, fault, mediaProfile, space } from '../support/scripted-camera.ts';

const lab = usePool();

const PTZ = 'xmlns="http://www.onvif.org/ver20/ptz/wsdl"';
const TT = 'xmlns="http://www.onvif.org/ver10/schema"';
const TOKEN = '<ProfileToken>0</ProfileToken>';

/** Answers when the test says so. */
function held(operation: string): { script: Answer; release: () => void } {
  const waiting: (() => void)[] = [];
  return {
    script: (response) => waiting.push(() => answer(response, operation, '')),
    release: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}

async function connected(scripts: Parameters<typeof lab.peer>[0] = {}) {
  const peer = await lab.peer(scripts);
  const { control } = lab.open(peer.port);
  await control.capabilities();
  return { peer, control };
}

describe('what is asked is what goes on the wire:', () => {
  it('a velocity names the axes asked for, and a time-out', async () => {
    const { peer, control } = await connected();
    await control.move({ pan: -0.5 }, 2_000);
    await control.move({ zoom: 1 }, 1_500);
    await control.move({ tilt: 0.25, zoom: -1 }, 2_000);
    await control.stop();
    // It does not say how far it is zoomed in, and so is turned at 0.4 of what is asked.
    const move = (velocity: string, timeout: string) =>
      `<ContinuousMove ${PTZ}>${TOKEN}<Velocity>${velocity}</Velocity><Timeout>${timeout}</Timeout></ContinuousMove>`;
    expect(peer.bodies('ContinuousMove')).toEqual([
      move(`<PanTilt x="-0.2" y="0" ${TT}/>`, 'PT2S'),
      move(`<Zoom x="1" ${TT}/>`, 'PT1.5S'),
      // pan is not named, and goes on as it was
      move(`<PanTilt x="-0.2" y="0.1" ${TT}/><Zoom x="-1" ${TT}/>`, 'PT2S'),
    ]);
  });

  it('a position names the axes asked for, and no other', async () => {
    const { peer, control } = await connected();
    await control.goTo({ pan: 0.5, tilt: -1 });
    await control.goTo({ zoom: 0.25 });
    const move = (position: string) =>
      `<AbsoluteMove ${PTZ}>${TOKEN}<Position>${position}</Position></AbsoluteMove>`;
    expect(peer.bodies('AbsoluteMove')).toEqual([
      move(`<PanTilt x="0.5" y="-1" ${TT}/>`),
      move(`<Zoom x="0.25" ${TT}/>`),
    ]);
  });

  it('Stop names both axes, each true or false', async () => {
    const { peer, control } = await connected();
    await control.stop({ panTilt: false, zoom: true });
    await control.stop();
    const stop = (panTilt: boolean, zoom: boolean) =>
      `<Stop ${PTZ}>${TOKEN}<PanTilt>${panTilt}</PanTilt><Zoom>${zoom}</Zoom></Stop>`;
    expect(peer.bodies('Stop')).toEqual([stop(false, true), stop(true, true)]);
  });

  it('tokens that look like numbers stay what they are', async () => {
    const { peer, control } = await connected();
    await control.goToPreset('007');
    await control.goHome();
    expect(peer.bodies('GotoPreset')[0]).toContain('<PresetToken>007</PresetToken>');
    expect(peer.bodies('GotoHomePosition')).toEqual([
      `<GotoHomePosition ${PTZ}>${TOKEN}</GotoHomePosition>`,
    ]);
  });

  it('velocities are in the range and the space of the camera', async () => {
    const { peer, control } = await connected({
      GetProfiles: mediaProfile('0', 1920, 1080),
      GetConfigurationOptions: `<PTZConfigurationOptions><tt:Spaces>
        ${space('ContinuousPanTiltVelocitySpace', 'urn:degrees&amp;s', [-100, 80], [-40, 40])}
        </tt:Spaces></PTZConfigurationOptions>`,
    });
    await control.move({ pan: 0.5, tilt: -0.5 }, 2_000);
    await control.stop();
    expect(peer.bodies('ContinuousMove')[0]).toContain(
      `<PanTilt x="40" y="-20" space="urn:degrees&#38;s" ${TT}/>`,
    );
    await expect(control.move({ zoom: 1 }, 2_000)).rejects.toMatchObject({ code: 'not-supported' });
  });
});

describe('Stop', () => {
  it('leaves at once on a connection of its own, and again after the move that was on its way', async () => {
    const move = held('ContinuousMove');
    const { peer, control } = await connected({ ContinuousMove: move.script });
    const moving = control.move({ pan: 1 }, 2_000);
    await until('the move', () => peer.bodies('ContinuousMove').length === 1);
    const stopped = control.stop();
    await until('Stop', () => peer.bodies('Stop').length === 1);
    const [first] = peer.received.slice(-2);
    expect(first?.socket).not.toBe(peer.received.at(-1)?.socket);
    move.release();
    await Promise.all([moving, stopped]);
    expect(peer.operations().slice(-3)).toEqual(['ContinuousMove', 'Stop', 'Stop']);
  });

  it('drops the movements that wait', async () => {
    const move = held('ContinuousMove');
    const { peer, control } = await connected({ ContinuousMove: move.script });
    const outcomes = [0.1, 0.2, 0.3].map((pan) =>
      control.move({ pan }, 2_000).then(() => 'done', codeOf),
    );
    await until('the move', () => peer.bodies('ContinuousMove').length === 1);
    const stopped = control.stop();
    await until('Stop', () => peer.bodies('Stop').length === 1);
    move.release();
    await stopped;
    expect(await Promise.all(outcomes)).toEqual(['done', 'aborted', 'aborted']);
    expect(peer.bodies('ContinuousMove')).toHaveLength(1);
  });

  it('ends the search for a manner that the camera takes', async () => {
    const refusals: (() => void)[] = [];
    const { peer, control } = await connected({
      ContinuousMove: (response, received) =>
        refusals.push(() => fault('InvalidVelocity')(response, received)),
    });
    const moving = control.move({ pan: 1, zoom: 1 }, 2_000).catch(codeOf);
    await until('the move', () => refusals.length === 1);
    const stopped = control.stop();
    await until('Stop', () => peer.bodies('Stop').length === 1);
    refusals[0]?.();
    expect(await moving).toBe('aborted');
    await stopped;
    expect(peer.bodies('ContinuousMove')).toHaveLength(1);
  });

  it('is followed by a zero velocity where the camera moves on', async () => {
    const { peer, control } = await connected({
      GetStatus:
        '<PTZStatus><tt:MoveStatus><tt:PanTilt>MOVING</tt:PanTilt><tt:Zoom>IDLE</tt:Zoom></tt:MoveStatus></PTZStatus>',
    });
    await control.move({ pan: 1 }, 5_000);
    await control.stop();
    await until('a zero velocity', () => peer.bodies('ContinuousMove').length === 2);
    expect(peer.bodies('ContinuousMove')[1]).toBe(
      `<ContinuousMove ${PTZ}>${TOKEN}<Velocity><PanTilt x="0" y="0" ${TT}/><Zoom x="0" ${TT}/></Velocity></ContinuousMove>`,
    );
    await control.stop();
    await until('one more', () => peer.bodies('ContinuousMove').length === 3);
    // once with its description, once to see whether it stands
    expect(peer.bodies('GetStatus')).toHaveLength(2);
  });

  it('is not doubted because of a movement that began when it had ended', async () => {
    const clock = new ManualClock();
    const stop = held('Stop');
    const peer = await lab.peer({ Stop: stop.script });
    const learnt: unknown[] = [];
    const { control } = lab.open(peer.port, { clock, onQuirks: (quirks) => learnt.push(quirks) });
    await control.capabilities();
    await control.move({ pan: 1 }, 60_000);
    const stopping = control.stop();
    await until('Stop', () => peer.bodies('Stop').length === 1);
    const moving = control.move({ pan: -1 }, 60_000);
    stop.release();
    await Promise.all([stopping, moving]);
    clock.advance(5_000);
    await control.goToPreset('1');
    expect(peer.bodies('GetStatus')).toHaveLength(1);
    expect(peer.bodies('ContinuousMove')).toHaveLength(2);
    expect(learnt).toEqual([]);
  });

  it('is not doubted any more once the camera obeyed', async () => {
    const { peer, control } = await connected();
    await control.move({ pan: 1 }, 5_000);
    await control.stop();
    await until('a look', () => peer.bodies('GetStatus').length === 2);
    await control.goHome();
    expect(peer.bodies('ContinuousMove')).toHaveLength(1);
  });

  it('leaves at once although the camera was out of reach before', async () => {
    const { peer, control } = await connected();
    peer.script('GotoPreset', (_response, { socket }) => socket.destroy());
    await expect(control.goToPreset('0')).rejects.toMatchObject({ code: 'camera-unreachable' });
    await control.stop();
    expect(peer.operations().at(-1)).toBe('Stop');
    expect(peer.operations().filter((name) => name === 'GetDeviceInformation')).toHaveLength(1);
    await control.goHome();
    expect(peer.operations().filter((name) => name === 'GetDeviceInformation')).toHaveLength(2);
  });
});

describe('control', () => {
  it('asks nothing and connects to nothing before a movement when it is connected', async () => {
    const { peer, control } = await connected();
    const asked = peer.received.length;
    const rounds = 20;
    for (let round = 0; round < rounds; round += 1) await control.move({ pan: 0.1 }, 5_000);
    const moves = peer.received.slice(asked);
    expect(moves.map(({ operation }) => operation)).toEqual(Array(rounds).fill('ContinuousMove'));
    expect(new Set(moves.map(({ socket }) => socket)).size).toBe(1);
    expect(peer.received.slice(0, asked).map(({ socket }) => socket)).toContain(moves[0]?.socket);
    await control.stop();
  });

  it('asks a camera that was out of reach again', async () => {
    const peer = await lab.peer({ GetNodes: (_response, { socket }) => socket.destroy() });
    const { control } = lab.open(peer.port);
    await expect(control.capabilities()).rejects.toMatchObject({ code: 'camera-unreachable' });
    peer.script('GetNodes', '<PTZNode token="node"/>');
    expect(await control.capabilities()).toMatchObject({
      continuous: { panTilt: true },
      home: false,
    });
  });

  it('stops a camera that will not say again what it can do', async () => {
    const { peer, control } = await connected();
    peer.script('GetNodes', (_response, { socket }) => socket.destroy());
    await expect(control.capabilities(true)).rejects.toMatchObject({ code: 'camera-unreachable' });
    await control.stop();
    expect(peer.operations().at(-1)).toBe('Stop');
  });

  it('lists new presets when it is asked to look again', async () => {
    const { peer, control } = await connected();
    peer.script('GetPresets', '<Preset token="9"/><Preset><tt:Name>no token</tt:Name></Preset>');
    expect((await control.capabilities()).presets).toEqual([{ token: '0', name: 'Door' }]);
    expect((await control.capabilities(true)).presets).toEqual([{ token: '9', name: '9' }]);
  });

  it.each(['GetConfigurationOptions', 'GetNodes', 'GetPresets'])(
    'does without %s where that is refused',
    async (operation) => {
      const { control } = await connected({ [operation]: fault('ActionNotSupported') });
      await expect(control.move({ pan: 0.5 }, 2_000)).resolves.toBeUndefined();
      await control.stop();
    },
  );

  it('does not take a busy camera for one that refuses time-outs', async () => {
    const { peer, control } = await connected();
    let busy = true;
    peer.script('ContinuousMove', (response, received) => {
      if (busy) fault('HWFailure')(response, received);
      else answer(response, 'ContinuousMove', '');
      busy = false;
    });
    await control.move({ pan: 0.5 }, 2_000);
    await control.move({ pan: 0.6 }, 2_000);
    await control.stop();
    expect(peer.bodies('ContinuousMove').map((body) => body.includes('<Timeout>'))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('passes on why the camera refused', async () => {
    const { control } = await connected({ GotoPreset: fault('NoToken', 'no such preset') });
    await expect(control.goToPreset('x')).rejects.toMatchObject({
      code: 'camera-fault',
      message: 'the camera refused GotoPreset: no such preset',
      context: { camera: 'shop-1', subcodes: expect.arrayContaining(['NoToken']) },
    });
  });
});
