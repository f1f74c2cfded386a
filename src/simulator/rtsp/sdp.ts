import type { H264ParameterSets } from './rtp-feed.ts';
import { PAYLOAD_TYPE } from './rtp-picture.ts';

export const TRACK = 'trackID=0';

/** The description of a stream (RFC 8866; H.264 in RFC 6184 §8.2.1). `host` is an address of ours. */
export function describeStream(name: string, host: string, sets: H264ParameterSets): string {
  const { sps, pps } = sets;
  const profile = Buffer.from(sps.subarray(1, 4)).toString('hex').toUpperCase();
  const sprop = [sps, pps].map((nal) => Buffer.from(nal).toString('base64')).join(',');
  const family = host.includes(':') ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=- 1 1 IN ${family} ${host}`,
    `s=${name}`,
    `c=IN ${family} ${family === 'IP6' ? '::' : '0.0.0.0'}`,
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
    `a=rtpmap:${PAYLOAD_TYPE} H264/90000`,
    `a=fmtp:${PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sprop}`,
    'a=recvonly',
    `a=control:${TRACK}`,
    '',
  ].join('\r\n');
}
