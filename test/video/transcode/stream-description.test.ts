import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import '../../support/fast-check-seed.ts';
import { parseSdp } from '../../../src/video/rtsp/sdp.ts';
import { describeStream } from '../../../src/video/transcode/stream-description.ts';

const format = (encoding: string, parameters: Record<string, string> = {}, payloadType = 96) => ({
  ...{ encoding, payloadType, parameters: new Map(Object.entries(parameters)) },
});

describe('the description of a stream for ffmpeg', () => {
  it('is of one video on the loopback and names nothing else', () => {
    expect(describeStream(format('JPEG', {}, 26), 40_000, '127.9.8.7').split('\r\n')).toEqual([
      ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
      ...[
        'm=video 40000 RTP/AVP 26',
        'a=source-filter: incl IN IP4 127.0.0.1 127.9.8.7',
        'a=rtpmap:26 JPEG/90000',
        '',
      ],
    ]);
  });

  it('has the parameters that a decoder needs', () => {
    const config = '000001B001000001B58913000001000000012000C48D8800';
    const text = describeStream(
      format('MP4V-ES', { 'profile-level-id': '1', config }),
      40_000,
      '127.9.8.7',
    );
    expect(text).toContain(`a=fmtp:96 profile-level-id=1; config=${config}\r\n`);
  });

  it.each([
    ['a line', 'config', '00\r\nm=audio 9 RTP/AVP 0'],
    ['a line without return', 'config', '00\na=control:rtsp://elsewhere'],
    ['a return', 'config', '00\rc=IN IP4 203.0.113.9'],
    ['a line of Unicode', 'config', '00\u2028a=x'],
    ['a zero', 'config', '00\0'],
    ['another parameter', 'config', '00; x=y'],
    ['a space', 'config', '00 96'],
    ['a name with a line', 'config\r\na', '00'],
    ['a name with a space', 'config x', '00'],
    ['a name without end', 'c'.repeat(65), '00'],
    ['nothing', 'config', ''],
    ['a value without end', 'config', '0'.repeat(8_193)],
  ])('leaves out a parameter that holds %s', (_, name, value) => {
    const text = describeStream(
      format('MP4V-ES', { [name]: value, mode: 'x' }),
      40_000,
      '127.9.8.7',
    );
    expect(text).toContain('a=fmtp:96 mode=x\r\n');
    expect(text.split(/\r\n|\n|\r/)).toHaveLength(10);
  });

  it('is of these lines alone, whatever a camera says', () => {
    const sign = fc.oneof(
      fc.constantFrom('\r', '\n', ';', '=', ' ', ':', '\0', 'a', '0'),
      fc.string(),
    );
    const text = fc.array(sign, { maxLength: 12 }).map((signs) => signs.join(''));
    const parameters = fc.array(fc.tuple(text, text), { maxLength: 6 });
    fc.assert(
      fc.property(parameters, fc.integer({ min: 0, max: 127 }), (said, payloadType) => {
        const format = { payloadType, encoding: 'MP4V-ES', parameters: new Map(said) };
        const lines = describeStream(format, 40_000, '127.9.8.7').split(/[\r\n]+/);
        expect(lines.slice(0, 5).join()).toBe(
          'v=0,o=- 0 0 IN IP4 127.0.0.1,s=-,c=IN IP4 127.0.0.1,t=0 0',
        );
        expect(lines.slice(5).join('\n')).toMatch(
          new RegExp(
            `^m=video 40000 RTP/AVP ${payloadType}\na=source-filter: incl IN IP4 127.0.0.1 127.9.8.7\na=rtpmap:${payloadType} MP4V-ES/90000\n(a=fmtp:${payloadType} [ -~]+\n)?$`,
          ),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('has none rather than more than ffmpeg reads', () => {
    const many = Object.fromEntries([1, 2, 3].map((n) => [`config${n}`, '0'.repeat(4_000)]));
    expect(describeStream(format('MP4V-ES', many), 40_000, '127.9.8.7')).not.toContain('fmtp');
  });

  it('holds nothing of a hostile session but what is known to be harmless', () => {
    const { media } = parseSdp(
      [
        ...['v=0', 's=x', 'c=IN IP4 203.0.113.9', 'm=audio 0 RTP/AVP 0'],
        ...['m=video 0 RTP/AVP 96', 'c=IN IP4 203.0.113.9', 'a=control:rtsp://u:p@203.0.113.9/'],
        ...['a=rtpmap:96 MP4V-ES/1', 'a=fmtp:96 config=0001;a b=c;url=rtsp://u:p@203.0.113.9/ x'],
      ].join('\r\n'),
    );
    const found = media[1]?.formats[0];
    if (!found) throw new Error('no format');
    const text = describeStream(found, 40_000, '127.9.8.7');
    expect(text).not.toMatch(/203|rtsp|audio|u:p/);
    expect(text).toContain('a=rtpmap:96 MP4V-ES/90000\r\na=fmtp:96 config=0001\r\n');
  });
});
