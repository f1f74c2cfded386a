import type { ForeignFormat } from '../rtp/adapt.ts';

/** ffmpeg reads 16 KiB of a description. */
const MAX_PARAMETERS_LENGTH = 8_192;
const NAME = /^[a-z0-9-]{1,64}$/;
/** What base64, hexadecimal and numbers need, and nothing that could end a line or a parameter. */
const VALUE = /^[A-Za-z0-9+/=_.,:-]{1,8192}$/;

/**
 * The description of one video stream that ffmpeg is to hear on the loopback (RFC 4566), written by us:
 * of what the camera said it holds the payload type, the name of the codec and its parameters, each
 * only when it looks as such a thing looks. The clock is the one by which the packets are written anew.
 *
 * @param format its encoding is one that is known here, so it needs no examination.
 * @param sender the one address from which packets are taken (RFC 4570).
 */
export function describeStream(format: ForeignFormat, port: number, sender: string): string {
  const { payloadType, encoding } = format;
  const parameters = parametersOf(format);
  const lines = [
    ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
    `m=video ${port} RTP/AVP ${payloadType}`,
    `a=source-filter: incl IN IP4 127.0.0.1 ${sender}`,
    `a=rtpmap:${payloadType} ${encoding}/90000`,
    ...(parameters === '' ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function parametersOf({ parameters }: ForeignFormat): string {
  const usable = [...parameters].filter(([name, value]) => NAME.test(name) && VALUE.test(value));
  const text = usable.map(([name, value]) => `${name}=${value}`).join('; ');
  return text.length <= MAX_PARAMETERS_LENGTH ? text : '';
}
