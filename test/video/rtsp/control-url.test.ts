import { describe, expect, it } from '@jest/globals';
import { controlUrls, wireUrl } from '../../../src/video/rtsp/control-url.ts';

const at = (requestUrl: string, contentBase?: string) => ({ requestUrl, contentBase });

describe('controlUrls', () => {
  it.each([
    [
      'appends to the content base',
      at('rtsp://c/s', 'rtsp://c/s/'),
      'trackID=1',
      'rtsp://c/s/trackID=1',
    ],
    [
      'appends to the request without a base',
      at('rtsp://c/s'),
      'trackID=1',
      'rtsp://c/s/trackID=1',
    ],
    [
      'appends behind a query, as a string',
      at('rtsp://c/s?ch=1'),
      'track1',
      'rtsp://c/s?ch=1/track1',
    ],
    ['takes an absolute URL as it is', at('rtsp://c/s'), 'rtsp://d/x?y', 'rtsp://d/x?y'],
    ['takes * for the whole', at('rtsp://c/s', 'rtsp://c/b/'), '*', 'rtsp://c/b/'],
    ['takes nothing for the whole', at('rtsp://c/s'), undefined, 'rtsp://c/s'],
    ['replaces a query by a query', at('rtsp://c/s?a=1'), '?ctype=video', 'rtsp://c/s?ctype=video'],
    ['ignores a content base that is none', at('rtsp://c/s', 'none'), 'a', 'rtsp://c/s/a'],
  ])('%s', (_what, base, control, url) => {
    expect(controlUrls(base, control)[0]).toBe(url);
  });

  it('offers the other readings after it, each once', () => {
    const urls = controlUrls(at('rtsp://c/live?ch=1', 'rtsp://c/live?ch=1'), 'track1');
    expect(urls).toEqual([
      'rtsp://c/live?ch=1/track1',
      'rtsp://c/live/track1?ch=1',
      'rtsp://c/track1',
    ]);
  });
});

describe('wireUrl', () => {
  it.each([
    ['rtsp://[2001:db8::1]:554/a b', 'rtsp://[2001:db8::1]:554/a%20b'],
    ['rtsp://c/caf\u00e9%20x#here', 'rtsp://c/caf%C3%A9%20x'],
    [' rtsp://c/1\r\nX: y', 'rtsp://c/1%0D%0AX:%20y'],
  ])('writes %s in ASCII', (url, wire) => {
    expect(wireUrl(url)).toBe(wire);
  });
});
