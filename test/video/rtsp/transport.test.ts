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
        destination: undefined,
        groupPorts: undefined,
        ttl: undefined,
      },
    );
    expect(
      parseTransport('RTP/AVP;unicast;Client_Port=5000-5001;server_port=6000;source=192.0.2.1'),
    ).toMatchObject({ serverPorts: [6_000, 6_001], source: '192.0.2.1' });
    expect(
      parseTransport('RTP/AVP;multicast;destination=239.1.2.3;port=7000-7001;ttl=15'),
    ).toMatchObject({ destination: '239.1.2.3', groupPorts: [7_000, 7_001], ttl: 15 });
  });

  it.each([
    undefined,
    '',
    'RTP/AVP/TCP',
    'interleaved=',
    'interleaved=a-b',
    'interleaved=300-301',
    'ssrc=zz',
    'ttl=0;destination=;port=x',
  ])('says nothing where the reply says nothing usable (%s)', (header) => {
    const said = Object.values(parseTransport(header));
    expect(said.filter((value) => value !== undefined)).toEqual([]);
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
