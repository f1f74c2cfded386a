import { describe, expect, it } from '@jest/globals';
import { parseSession, parseTransport } from '../../../src/video/rtsp/transport.ts';

describe('parseTransport', () => {
  it('reads what the reply grants', () => {
    expect(parseTransport('RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1A2B3C4D;mode="play"')).toEqual(
      {
        interleaved: [2, 3],
        serverPorts: undefined,
        source: undefined,
        ssrc: 0x1a2b3c4d,
      },
    );
    expect(
      parseTransport('RTP/AVP;unicast;Client_Port=5000-5001;server_port=6000;source=192.0.2.1'),
    ).toMatchObject({ serverPorts: [6_000, 6_001], source: '192.0.2.1' });
  });

  it.each([
    undefined,
    '',
    'RTP/AVP/TCP',
    'interleaved=',
    'interleaved=a-b',
    'interleaved=300-301',
    'ssrc=zz',
  ])('says nothing where the reply says nothing usable (%s)', (header) => {
    expect(Object.values(parseTransport(header))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('parseSession', () => {
  it.each([
    ['12345678', { id: '12345678', timeoutSeconds: 60 }],
    ['abc;timeout=30', { id: 'abc', timeoutSeconds: 30 }],
    ['abc ; Timeout = 5 ', { id: 'abc', timeoutSeconds: 5 }],
    ['abc;timeout=0', { id: 'abc', timeoutSeconds: 60 }],
    ['abc;timeout=x', { id: 'abc', timeoutSeconds: 60 }],
  ])('reads %s', (header, session) => {
    expect(parseSession(header)).toEqual(session);
  });

  it('knows no session without an id', () => {
    expect(parseSession(undefined)).toBeUndefined();
    expect(parseSession(';timeout=60')).toBeUndefined();
  });
});
