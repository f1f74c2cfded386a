import { describe } from '../../../src/core/errors.ts';
import { authorization, chooseChallenge } from '../../../src/core/http-auth.ts';
import { Secret } from '../../../src/core/secret.ts';
import { announcedParameterSets } from '../../../src/video/rtp/sprop.ts';
import { controlUrls, wireUrl } from '../../../src/video/rtsp/control-url.ts';
import { RtspFramer } from '../../../src/video/rtsp/framing.ts';
import { parseHttpHead } from '../../../src/video/rtsp/http-tunnel.ts';
import { rtspRequest, serializeRequest } from '../../../src/video/rtsp/message.ts';
import { parseSdp } from '../../../src/video/rtsp/sdp.ts';
import { parseStreamUrl } from '../../../src/video/rtsp/stream-url.ts';
import { parseSession, parseTransport } from '../../../src/video/rtsp/transport.ts';
import { texts } from '../bytes.ts';
import { capture } from '../captures.ts';
import { BrokenPromise, mustHold, type Target } from '../target.ts';

const seeds = (...messages: readonly string[]) => texts(...messages).map((each) => [each]);

const framing: Target = {
  name: 'RTSP messages and interleaved frames',
  shape: 'stream',
  seeds: [
    [capture('gstreamer-tcp.rtsp')],
    [capture('gstreamer-tcp.rtsp').subarray(0, 1_600)],
    [capture('gstreamer-401.rtsp')],
    ...seeds(
      'RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\nv=0\r\n',
      'RTSP/1.0 200 OK\nCSeq: 1\nX: a\n b\n\nSET_PARAMETER * RTSP/1.0\r\n\r\n$\0\0\x04abcd',
    ),
  ],
  tokens: texts(
    '$',
    '\r\n',
    '\n\n',
    'RTSP/1.0 ',
    '200',
    ' ',
    ':',
    'CSeq: 1',
    'Content-Length: ',
    '9',
  ),
  growth: 20,
  // A head and a body, and the chunk into which the last one was cut.
  holdsBytes: 16_384 + 131_072 + 65_536,
  run(pieces, emit) {
    const framer = new RtspFramer({
      message: (message) => emit({ ...message, headers: [...message.headers] }),
      interleaved: (channel, payload) => emit([channel, payload]),
      lostStep: (skippedBytes) => emit(skippedBytes),
    });
    for (const piece of pieces) framer.push(piece);
  },
};

const description: Target = {
  name: 'SDP, and what follows from it',
  shape: 'whole',
  seeds: [
    [sdpOf(capture('gstreamer-tcp.rtsp'))],
    ...seeds(
      'v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n' +
        'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAHtoB4AiflwEQAAA+kAAOpgDxYuS=,aM48gA==\r\n' +
        'a=control:rtsp://192.0.2.1/trackID=1?x=1\r\nm=audio 0 RTP/AVP 0 8\r\na=control:trackID=2\r\n',
      'm=video 0 RTP/AVP 97\na=rtpmap:97 H265/90000\na=fmtp:97 sprop-vps=QAE=;sprop-sps=QgE=;sprop-pps=RAE=\n',
      'm = video 0 RTP/AVP 26 96 96 96\na = control : ?track=1\na=fmtp:96 a=1; b=2\n',
    ),
  ],
  tokens: texts(
    'm=video 0 RTP/AVP',
    ' 96',
    'a=rtpmap:96 ',
    'a=fmtp:96 ',
    'a=control:',
    ' ',
    '\n',
    '\r',
    '\u2028',
    ';',
    '=',
    'x',
    'H264/',
    '90000',
    'sprop-parameter-sets=',
    '*',
    '?',
    '#',
    'Z0LAHg==',
  ),
  growth: 200,
  run([bytes = Buffer.alloc(0)], emit) {
    const session = parseSdp(bytes.toString('utf8'));
    emit(session);
    const base = { requestUrl: 'rtsp://192.0.2.1/live?a=1', contentBase: undefined };
    for (const media of session.media) {
      const urls = controlUrls(base, media.control).map(wireUrl);
      mustHold(urls.length > 0, 'there is an address to send SETUP to');
      for (const url of urls) serializeRequest(rtspRequest('SETUP', url));
      emit(urls);
      for (const format of media.formats) emit(announcedParameterSets(format));
    }
  },
};

const headers: Target = {
  name: 'Transport, Session and Content-Base headers',
  shape: 'whole',
  seeds: seeds(
    'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1A2B3C4D',
    'RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;source="192.0.2.1",RTP/AVP',
    '12345678;timeout=60',
    'rtsp://192.0.2.1:554/live/ch1?x=1#y\ntrackID=1',
    'rtsp://[2001:db8::1]/\nrtsp://192.0.2.1/a',
    'rtsp://192.0.2.1/ä b\n?track=1',
  ),
  tokens: texts(
    'RTP/AVP',
    ';',
    '=',
    '-',
    ',',
    '"',
    'interleaved',
    'ssrc=',
    'timeout=',
    'rtsp://',
    '#',
    '?',
    '/',
    '\r',
    '\n',
    ' ',
    '1',
    '%',
    '@',
    ':',
  ),
  growth: 200,
  run([bytes = Buffer.alloc(0)], emit) {
    const header = bytes.toString('latin1', 0, 16_384);
    const transport = parseTransport(header);
    const session = parseSession(header);
    mustHold(session === undefined || session.timeoutSeconds > 0, 'a time-out is positive');
    emit([transport, session]);
    const [contentBase = '', control] = header.split('\n');
    const base = { requestUrl: 'rtsp://192.0.2.1/', contentBase: wireUrl(contentBase) };
    emit(controlUrls(base, control).map(wireUrl));
  },
};

const challenges: Target = {
  name: 'authentication challenges',
  shape: 'whole',
  seeds: seeds(
    'Digest realm="cam, 1", nonce="ab\\"cd", qop="auth-int, auth", opaque="x", Basic realm="cam"',
    'Digest realm="r",nonce="n",algorithm=SHA-256-sess,stale=TRUE',
    'Negotiate, Digest realm=r, nonce=n, algorithm=SHA-512-256',
  ),
  tokens: texts(
    'Digest ',
    'Basic ',
    'realm=',
    'nonce=',
    'algorithm=',
    'MD5-sess',
    'qop="auth"',
    '"',
    '\\',
    ',',
    ' ',
    '=',
    '\r',
    'x',
  ),
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    const challenge = chooseChallenge(bytes.toString('latin1').split('\n'));
    emit(challenge);
    if (!challenge) return;
    const credentials = { username: 'viewer', password: new Secret('s3cret') };
    const call = { method: 'DESCRIBE', uri: 'rtsp://192.0.2.1/', nonceCount: 1, cnonce: 'ab' };
    const request = rtspRequest(call.method, call.uri);
    request.headers.set('Authorization', authorization({ challenge, credentials, ...call }));
    emit(serializeRequest(request));
  },
};

const tunnel: Target = {
  name: 'HTTP replies of the tunnel',
  shape: 'whole',
  seeds: seeds(
    'HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\nCache-Control: no-store\r\n',
    'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\n',
  ),
  tokens: texts('HTTP/1.1 ', 'RTSP/1.0 ', '200', ' ', '\r\n', '\r', 'a: b\r\n', ':'),
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    let head: unknown;
    try {
      head = parseHttpHead(bytes.toString('latin1', 0, 16_384));
    } catch (error) {
      // Not even a typed one: nobody could catch it where it is called.
      throw new BrokenPromise(`it throws nothing: ${describe(error)}`);
    }
    emit(head);
  },
};

const addresses: Target = {
  name: 'stream addresses and redirects',
  shape: 'whole',
  seeds: seeds('rtsp://user:p%40@192.0.2.1:554/live?x=1#y', 'rtsps://[2001:db8::1]/ a'),
  tokens: texts('rtsp://', 'rtsps://', '@', ':', '/', '?', '#', '[', ']', '%', ' ', '\r', 'é'),
  growth: 200,
  run([bytes = Buffer.alloc(0)], emit) {
    const url = parseStreamUrl(bytes.toString('utf8', 0, 16_384));
    mustHold(
      url.port >= 0 && url.port <= 65_535 && url.host !== '',
      'there is a place to connect to',
    );
    serializeRequest(rtspRequest('DESCRIBE', url.text));
    emit(url);
  },
};

function sdpOf(conversation: Buffer): Buffer {
  const start = conversation.indexOf('v=0');
  return conversation.subarray(start, conversation.indexOf('RTSP/1.0', start));
}

export const RTSP_TARGETS: readonly Target[] = [
  framing,
  description,
  headers,
  challenges,
  tunnel,
  addresses,
];
