import { describe, expect, it } from '@jest/globals';
import { parseSdp } from '../../../src/video/rtsp/sdp.ts';

/** As a Hikvision dome describes itself, with audio and metadata. */
const hikvision = `v=0
o=- 1109162014219182 1109162014219182 IN IP4 0.0.0.0
s=Media Presentation
e=NONE
b=AS:5100
t=0 0
a=control:rtsp://192.0.2.10/Streaming/Channels/101/
m=video 0 RTP/AVP 96
c=IN IP4 0.0.0.0
a=recvonly
a=control:rtsp://192.0.2.10/Streaming/Channels/101/trackID=1
a=rtpmap:96 H264/90000
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z00AKp2oHgCJ+WbgICAgQA==,aO48gA==
a=Media_header:MEDIAINFO=494D4B48010200000400000100000000
m=audio 0 RTP/AVP 0
a=control:rtsp://192.0.2.10/Streaming/Channels/101/trackID=2
a=rtpmap:0 PCMU/8000
m=application 0 RTP/AVP 107
a=control:rtsp://192.0.2.10/Streaming/Channels/101/trackID=3
a=rtpmap:107 vnd.onvif.metadata/90000
`;

describe('parseSdp', () => {
  it('reads what a camera offers', () => {
    const { control, media } = parseSdp(hikvision);
    expect(control).toBe('rtsp://192.0.2.10/Streaming/Channels/101/');
    expect(media.map((each) => each.kind)).toEqual(['video', 'audio', 'application']);
    expect(media[0]?.control).toBe('rtsp://192.0.2.10/Streaming/Channels/101/trackID=1');
    expect(media[0]?.formats[0]).toMatchObject({
      payloadType: 96,
      encoding: 'H264',
      clockRate: 90_000,
    });
    const parameters = media[0]?.formats[0]?.parameters;
    expect(parameters?.get('packetization-mode')).toBe('1');
    expect(parameters?.get('sprop-parameter-sets')).toBe('Z00AKp2oHgCJ+WbgICAgQA==,aO48gA==');
  });

  it.each([
    ['line ends of any kind', 'm=video 0 RTP/AVP 96\ra=rtpmap:96 H264/90000\n\r\n'],
    ['spaces around the signs', 'm = video 0 RTP/AVP 96\n a=rtpmap: 96 H264/90000 '],
    ['a lower-case codec', 'm=video 0 RTP/AVP 96\na=rtpmap:96 h264/90000'],
    ['no clock rate', 'm=video 0 RTP/AVP 96\na=rtpmap:96 H264'],
    ['no rtpmap', 'm=video 0 RTP/AVP 96\na=fmtp:96 sprop-parameter-sets=Zw==,aA=='],
    ['no payload type in the media line', 'm=video 0 RTP/AVP\na=rtpmap:96 H264/90000'],
    ['lines that mean nothing', 'hello\n=x\nm=video 0 RTP/AVP 96\na\na=:\na=rtpmap:96 H264/90000'],
    ['broken attributes', 'm=video 0 RTP/AVP 96\na=rtpmap:\na=fmtp:96\na=rtpmap:96 H264/90000'],
  ])('tolerates %s', (_what, text) => {
    expect(parseSdp(text).media[0]?.formats).toMatchObject([
      { payloadType: 96, encoding: 'H264', clockRate: 90_000 },
    ]);
  });

  it('takes a payload type once, and only so many parameters', () => {
    const many = Array.from({ length: 1_000 }, (_each, index) => `p${index}=1`).join(';');
    const [media] = parseSdp(`m=video 0 RTP/AVP 96 96 97\na=fmtp:96 ${many}`).media;
    expect(media?.formats.map(({ payloadType }) => payloadType)).toEqual([96, 97]);
    expect(media?.formats[0]?.parameters.size).toBe(64);
  });

  it('has no control where the address is longer than any server takes', () => {
    const [media] = parseSdp(`m=video 0 RTP/AVP 96\na=control:${'a'.repeat(2_049)}`).media;
    expect(media?.control).toBeUndefined();
  });

  it('knows static payload types, and says when it knows nothing', () => {
    const { media } = parseSdp('m=video 0 RTP/AVP 26 99 300 x');
    expect(media[0]?.formats.map((format) => format.encoding)).toEqual(['JPEG', '']);
  });

  it('reads where a multicast stream goes, said once or for each media', () => {
    const { media } = parseSdp(`c=IN IP4 239.1.2.3/15
a=source-filter: incl IN IP4 239.1.2.3 192.0.2.7
m=video 7000 RTP/AVP 96
m=video 0 RTP/AVP 96
c=IN IP4 239.1.2.4/15/2
m=video x RTP/AVP 96
c=IN IP6 ff15::101`);
    expect(media.map(({ address, port, source }) => [address, port, source])).toEqual([
      ['239.1.2.3', 7_000, '192.0.2.7'],
      ['239.1.2.4', 0, '192.0.2.7'],
      ['ff15::101', 0, '192.0.2.7'],
    ]);
  });

  it('has no control where the camera gave none or an empty one', () => {
    const { control, media } = parseSdp('a=control:\nm=video 0 RTP/AVP 96\na=control:');
    expect([control, media[0]?.control]).toEqual([undefined, undefined]);
  });

  it('is empty for something else, and bounded for too much', () => {
    expect(parseSdp('<html>')).toEqual({ control: undefined, media: [] });
    expect(parseSdp('m=video 0 RTP/AVP 96\n'.repeat(5_000)).media).toHaveLength(32);
  });
});
