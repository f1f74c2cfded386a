import { describe, expect, it } from '@jest/globals';
import { chooseTransport } from '../../../src/simulator/rtsp/transport-header.ts';

describe('the Transport header of SETUP', () => {
  it.each([
    ['RTP/AVP/TCP;unicast;interleaved=0-1', { kind: 'tcp', channels: [0, 1] }],
    ['RTP/AVP/TCP;interleaved=4-5', { kind: 'tcp', channels: [4, 5] }],
    ['RTP/AVP/TCP;unicast', { kind: 'tcp', channels: [0, 1] }],
    ['rtp/avp/tcp; unicast; interleaved=2', { kind: 'tcp', channels: [2, 3] }],
    ['RTP/AVP;unicast;client_port=6970-6971', { kind: 'udp', ports: [6970, 6971] }],
    ['RTP/AVP/UDP;unicast;client_port=6970', { kind: 'udp', ports: [6970, 6971] }],
    [
      'RTP/AVP;multicast,RTP/SAVP;unicast;client_port=1-2,RTP/AVP/TCP;unicast;interleaved=0-1',
      { kind: 'tcp', channels: [0, 1] },
    ],
    [
      'RTP/AVP;unicast;destination=192.0.2.9;client_port=7000-7001',
      { kind: 'udp', ports: [7000, 7001] },
    ],
  ])('%s', (header, wanted) => {
    expect(chooseTransport(header)).toEqual(wanted);
  });

  it.each([
    '',
    'RTP/AVP;multicast',
    'RTP/AVP;unicast',
    'RTP/SAVP;unicast;client_port=1-2',
    'RTP/AVP;unicast;client_port=70000-70001',
    'RTP/AVP;unicast;client_port=0-1',
    'RTP/AVP/TCP;interleaved=255-256',
    'RTP/AVP/TCP;interleaved=3-3',
    'RTP/AVP/TCP;interleaved=x',
    'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record',
    'x,'.repeat(8).concat('RTP/AVP/TCP'),
  ])('cannot do %j', (header) => {
    expect(chooseTransport(header)).toBeUndefined();
  });
});
