import { describe, expect, it } from '@jest/globals';
import { rewriteHost } from '../../../src/cameras/onvif/addresses.ts';
import { formatDuration, parseDurationMs } from '../../../src/cameras/onvif/duration.ts';
import type { Profile } from '../../../src/cameras/onvif/media-calls.ts';
import {
  fromPosition,
  readSpaces,
  toPosition,
  toVelocity,
} from '../../../src/cameras/onvif/ptz-spaces.ts';
import { QuirkBook } from '../../../src/cameras/onvif/quirks.ts';
import { assignRoles } from '../../../src/cameras/onvif/roles.ts';
import { envelope } from '../../../src/cameras/onvif/soap.ts';
import { parseXml } from '../../../src/cameras/xml.ts';
import { space } from '../support/scripted-camera.ts';

describe('the address of a stream', () => {
  it.each([
    ['rtsp://10.0.0.5:554/ch1?x=1&y=%2F', '192.0.2.7', 'rtsp://192.0.2.7:554/ch1?x=1&y=%2F'],
    ['rtsp://user:p@ss@10.0.0.5/ch1', '192.0.2.7', 'rtsp://192.0.2.7/ch1'],
    ['RTSP://0.0.0.0/a//b', 'cam.example', 'rtsp://cam.example/a//b'],
    ['rtsp://[fe80::1]:8554/a', '192.0.2.7', 'rtsp://192.0.2.7:8554/a'],
    ['rtsp://10.0.0.5/a', 'fd00::7', 'rtsp://[fd00::7]/a'],
    ['rtsp://10.0.0.5', '192.0.2.7', 'rtsp://192.0.2.7'],
    ['/relative', '192.0.2.7', undefined],
    ['javascript:alert(1)', '192.0.2.7', undefined],
    ['rtsp://x/\u0007', '192.0.2.7', undefined],
    [undefined, '192.0.2.7', undefined],
  ])('%s becomes, at %s, %s', (text, host, uri) => {
    expect(rewriteHost(text, ['rtsp', 'rtsps'], host)?.uri).toBe(uri);
  });

  it('keeps what the camera said, without credentials, when it was another', () => {
    const schemes = ['rtsp'];
    expect(rewriteHost('rtsp://a:b@10.0.0.5/x', schemes, '192.0.2.7')?.advertised).toBe(
      'rtsp://10.0.0.5/x',
    );
    expect(rewriteHost('rtsp://a:b@Cam:554/x', schemes, 'cam')).toEqual({
      uri: 'rtsp://cam:554/x',
    });
  });
});

describe('durations', () => {
  it.each([
    [2_000, 'PT2S'],
    [1_500, 'PT1.5S'],
    [60_000, 'PT60S'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each([
    ['PT1M', 60_000],
    ['P1DT1H1M0.1S', 90_060_100],
    ['P', undefined],
    ['10', undefined],
    ['P1Y', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });
});

describe('the spaces of a dome', () => {
  const configuration = parseXml(
    '<c><DefaultContinuousPanTiltVelocitySpace>urn:own</DefaultContinuousPanTiltVelocitySpace></c>',
    1_000,
  );
  const offered = (...list: string[]) =>
    parseXml(`<s>${list.join('')}</s>`.replaceAll('tt:', ''), 10_000);
  const velocity = (uri: string, x: [number, number]) =>
    space('ContinuousPanTiltVelocitySpace', uri, x, [-1, 1]);

  it('are those of its default, which needs no name', () => {
    const both = offered(velocity('urn:GenericSpace', [-1, 1]), velocity('urn:own', [-9, 9]));
    expect(readSpaces('continuous', both, configuration)).toEqual({
      panTilt: { x: { min: -9, max: 9 }, y: { min: -1, max: 1 } },
    });
  });

  it('are the generic ones where the default is not offered', () => {
    const both = offered(velocity('urn:x', [-9, 9]), velocity('urn:GenericSpace', [-1, 1]));
    expect(readSpaces('continuous', both, configuration).panTilt?.x).toEqual({ min: -1, max: 1 });
  });

  it('are named where there is nothing else', () => {
    const one = offered(velocity('urn:x', [-9, 9]));
    expect(readSpaces('continuous', one, configuration).panTilt).toMatchObject({ space: 'urn:x' });
  });

  it('are generic for a camera that lists none and has a default', () => {
    expect(readSpaces('continuous', undefined, configuration)).toEqual({
      panTilt: { x: { min: -1, max: 1 }, y: { min: -1, max: 1 } },
    });
    expect(readSpaces('absolute', undefined, configuration)).toEqual({});
  });

  it('have a range that makes sense', () => {
    const one = offered(velocity('urn:own', [3, -3]));
    expect(readSpaces('continuous', one, configuration).panTilt?.x).toEqual({ min: -1, max: 1 });
  });

  it.each([
    [0.5, { min: -100, max: 80 }, 40],
    [-0.5, { min: -100, max: 80 }, -50],
    [0, { min: -100, max: 80 }, 0],
    [7, { min: -1, max: 1 }, 1],
    [-1, { min: 0, max: 1 }, 0],
  ])('velocity %d in %j is %d', (value, range, expected) => {
    expect(toVelocity(value, range)).toBeCloseTo(expected);
  });

  it('turn positions into theirs and back', () => {
    const ours = { min: -1, max: 1 };
    const theirs = { min: 0, max: 360 };
    expect(toPosition(-0.5, ours, theirs)).toBe(90);
    expect(fromPosition(90, ours, theirs)).toBe(-0.5);
  });
});

describe('the roles of streams', () => {
  const profile = (
    token: string,
    width: number,
    height: number,
    encoding = 'H264',
    sourceToken = '0',
  ) =>
    ({
      service: 'media',
      token,
      sourceToken,
      video: { width, height, encoding },
    }) satisfies Profile;
  const roles = (...profiles: Profile[]) =>
    assignRoles(profiles).map((each) => `${each.profile.token} ${each.role}`);

  it('are by size, whatever their order', () => {
    const list = [profile('t', 160, 90), profile('s', 704, 576), profile('m', 1920, 1080)];
    expect(roles(...list)).toEqual(['m main', 's sub', 't other']);
  });

  it('go to H.264 before anything else', () => {
    const list = [
      profile('big', 3840, 2160, 'H265'),
      profile('m', 1920, 1080),
      profile('j', 640, 360, 'JPEG'),
    ];
    expect(roles(...list)).toEqual(['m main', 'big other', 'j other']);
    expect(roles(profile('a', 3840, 2160, 'H265'), profile('b', 640, 360, 'H265'))).toEqual([
      'a main',
      'b sub',
    ]);
  });

  it('go to H.265 where H.264 is but a thumbnail of it, and to neither when there is no choice', () => {
    const thumbnail = profile('t', 640, 360);
    expect(roles(thumbnail, profile('big', 3840, 2160, 'H265'))).toEqual(['big main', 't sub']);
    const jpeg = [profile('j', 320, 240, 'JPEG'), profile('k', 640, 480, 'JPEG')];
    expect(roles(...jpeg)).toEqual(['k main', 'j sub']);
  });

  it('are those of the first channel of a recorder', () => {
    const list = [profile('1', 704, 576), profile('2', 1920, 1080, 'H264', '1')];
    expect(roles(...list)).toEqual(['1 main', '2 other']);
  });

  it('leave out profiles without video, and twins', () => {
    const empty: Profile = { service: 'media', token: 'e' };
    expect(roles(empty, profile('a', 1280, 720), profile('b', 1280, 720))).toEqual([
      'a main',
      'b other',
    ]);
    expect(roles(empty)).toEqual([]);
  });
});

describe('an envelope', () => {
  it('has no security for who has no name, and escapes a name', () => {
    expect(envelope('<x/>')).not.toContain('Security');
    const signed = envelope('<x/>', { username: 'a<&>"', password: 'secret' }, 0);
    expect(signed).toContain('<Username>a&#60;&#38;&#62;&#34;</Username>');
    expect(signed).toContain('1970-01-01T00:00:00.000Z</Created>');
    expect(signed).not.toContain('secret');
  });

  it('is signed with a nonce of its own each time', () => {
    const credentials = { username: 'a', password: 'b' };
    const nonce = () => /<Nonce[^>]*>([^<]*)/.exec(envelope('<x/>', credentials, 0))?.[1];
    expect(nonce()).not.toBe(nonce());
  });
});

describe('quirks', () => {
  it('that are certain are learnt once, those that are suspected at the second time', () => {
    const told: unknown[] = [];
    const book = new QuirkBook({ lacksStop: true }, (quirks) => told.push(quirks));
    book.learn('lacksStop');
    book.suspect('refusesTimeout');
    expect(told).toEqual([]);
    book.suspect('refusesTimeout');
    expect(told).toEqual([{ lacksStop: true, refusesTimeout: true }]);
    expect(book.known).toEqual(told[0]);
  });
});
