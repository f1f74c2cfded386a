import { describe, expect, it } from '@jest/globals';
import { type ProbeOptions, type ProbeReport, probe } from '../../../src/cameras/onvif/probe.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { usePool } from '../support/onvif-pool.ts';
import { clockAnswer, fault, mediaProfile } from '../support/scripted-camera.ts';

const lab = usePool();
const CREDENTIALS = { username: 'user', password: new Secret('wachtwoord-1') };
const AT_HOME = { GetStreamUri: '<MediaUri><tt:Uri>rtsp://127.0.0.1/live</tt:Uri></MediaUri>' };

function shared() {
  return { host: '127.0.0.1', pool: lab.pool(), clock: systemClock, log: silentLogger };
}

function examine(port: number, options: Partial<ProbeOptions> = {}): Promise<ProbeReport> {
  return probe({ ...shared(), port, credentials: CREDENTIALS, ...options });
}

function outcomes({ steps }: ProbeReport): string {
  return steps.map(({ step, outcome }) => `${step} ${outcome}`).join(', ');
}

function texts({ advice }: ProbeReport): string[] {
  return advice.map(({ text }) => text);
}

describe('a probe', () => {
  it('tells what a good camera is and can do, and has nothing to advise', async () => {
    const peer = await lab.peer(AT_HOME);
    const progress: string[] = [];
    const report = await examine(peer.port, { onStep: ({ step }) => progress.push(step) });
    expect(report).toMatchObject({
      ok: true,
      identity: { manufacturer: 'Acme' },
      services: ['device', 'media', 'ptz'],
      streams: [{ role: 'main' }, { role: 'sub' }],
      control: { continuous: { panTilt: true, zoom: true }, home: true },
      outputs: [],
      quirks: {},
      advice: [],
    });
    expect(progress).toEqual(report.steps.map(({ step }) => step));
    expect(outcomes(report)).not.toContain('skipped');
    expect(peer.operations()).not.toContain('ContinuousMove');
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('says that nothing answers', async () => {
    const report = await examine(1);
    expect(report).toMatchObject({ ok: false, streams: [] });
    expect(outcomes(report)).toMatch(/^reach failed, credentials skipped/);
    expect(texts(report)).toEqual([expect.stringMatching(/Nothing usable answers at 127.0.0.1:1/)]);
  });

  it('says that what answers is no ONVIF', async () => {
    const peer = await lab.peer({
      GetSystemDateAndTime: (response) => response.end('<html>hello</html>'),
    });
    const report = await examine(peer.port);
    expect(texts(report)).toEqual([
      expect.stringMatching(/answers at .* but not ONVIF.*another port/),
    ]);
  });

  it('says that the password is wrong, or missing', async () => {
    const peer = await lab.peer({ GetDeviceInformation: fault('NotAuthorized') });
    const wrong = await examine(peer.port);
    expect(wrong.ok).toBe(false);
    expect(wrong.steps[1]).toMatchObject({ outcome: 'failed', code: 'camera-refused-credentials' });
    expect(texts(wrong)).toEqual([expect.stringMatching(/refuses this user name or password/)]);
    const none = await probe({ ...shared(), port: peer.port });
    expect(texts(none)).toEqual([expect.stringMatching(/give --username/)]);
    const detail = (report: ProbeReport) => report.steps[1]?.detail;
    expect(detail(wrong)).toMatch(/^the camera refused the user name or password/);
    expect(detail(none)).toMatch(/^the camera wants a user name and password.*--username/);
  });

  it('says how far the clock is off', async () => {
    const wrongClock = clockAnswer(Date.now() - 90_000);
    const peer = await lab.peer({ ...AT_HOME, GetSystemDateAndTime: wrongClock });
    const report = await examine(peer.port);
    expect(Math.round((report.clockOffsetMs ?? 0) / 1000 / 10)).toBe(-9);
    expect(texts(report)).toEqual([expect.stringMatching(/clock is (89|90|91) s behind.*NTP/)]);
  });

  it.each([
    ['no H.264', mediaProfile('0', 1920, 1080, 'H265'), /no H.264 profile \(H265 instead\)/],
    ['no small stream', mediaProfile('0', 1920, 1080), /no small stream/],
    [
      'a very large picture',
      mediaProfile('0', 3840, 2160) + mediaProfile('1', 640, 360),
      /3840×2160/,
    ],
    ['no profile', '', /no video profile/],
  ])('says that there is %s', async (_what, profiles, sentence) => {
    const peer = await lab.peer({ ...AT_HOME, GetProfiles: profiles });
    const report = await examine(peer.port);
    expect(texts(report)).toContainEqual(expect.stringMatching(sentence));
  });

  it('says that addresses are replaced', async () => {
    const report = await examine((await lab.peer()).port);
    expect(texts(report)).toEqual([
      expect.stringMatching(/rtsp:\/\/10.255.255.1\/live; 127.0.0.1 is used/),
    ]);
  });

  it('says that a dome does not know Stop', async () => {
    const peer = await lab.peer({ ...AT_HOME, Stop: fault('ActionNotSupported') });
    const report = await examine(peer.port);
    expect(report.quirks).toEqual({ lacksStop: true });
    expect(texts(report)).toEqual([expect.stringMatching(/does not know Stop/)]);
    expect(report.ok).toBe(true);
  });

  it('moves nothing and sends no Stop when it is told not to', async () => {
    const peer = await lab.peer(AT_HOME);
    const report = await examine(peer.port, { stop: false });
    expect(outcomes(report)).toMatch(/control ok, outputs ok, stop skipped$/);
    expect(peer.operations()).not.toContain('Stop');
  });

  it('tells by which tokens its outputs are named in the configuration', async () => {
    const peer = await lab.peer({ ...AT_HOME, GetRelayOutputs: '<RelayOutputs token="1"/>' });
    const report = await examine(peer.port);
    expect(report.outputs).toEqual([{ token: '1' }]);
    expect(peer.operations()).not.toContain('SetRelayOutputState');
  });

  it('says that a dome has no profile to move it by', async () => {
    const profiles = mediaProfile('0', 1920, 1080).replace(/<PTZConf.*<\/PTZConfiguration>/s, '');
    const peer = await lab.peer({ ...AT_HOME, GetProfiles: profiles });
    const report = await examine(peer.port);
    expect(outcomes(report)).toMatch(/control ok, outputs ok, stop skipped$/);
    expect(texts(report)).toContainEqual(expect.stringMatching(/no profile that can be moved/));
  });
});
