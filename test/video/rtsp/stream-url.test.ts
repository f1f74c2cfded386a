import { describe, expect, it } from '@jest/globals';
import { parseStreamUrl } from '../../../src/video/rtsp/stream-url.ts';

describe('parseStreamUrl', () => {
  it.each([
    ['rtsp://camera/1?a=b#c', 'rtsp://camera/1?a=b', 'camera', 554, false, '/1?a=b'],
    ['rtsps://camera/1', 'rtsps://camera/1', 'camera', 322, true, '/1'],
    [
      'rtsps://[2001:db8::7]:8322/1',
      'rtsps://[2001:db8::7]:8322/1',
      '2001:db8::7',
      8322,
      true,
      '/1',
    ],
    ['rtsp://u:p@ss@192.0.2.7:554', 'rtsp://192.0.2.7:554', '192.0.2.7', 554, false, '/'],
  ])('takes %s apart', (url, text, host, port, tls, path) => {
    expect(parseStreamUrl(url)).toEqual({ text, host, port, tls, path });
  });

  it.each(['http://camera/', 'rtsp://', 'camera', 'rtspu://camera/'])('refuses %s', (url) => {
    expect(() => parseStreamUrl(url)).toThrow(
      expect.objectContaining({ code: 'rtsp-url-invalid' }),
    );
  });
});
