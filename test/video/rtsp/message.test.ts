import { describe, expect, it } from '@jest/globals';
import {
  contentLength,
  parseHead,
  RtspHeaders,
  rtspRequest,
  rtspResponse,
  serializeRequest,
  serializeResponse,
} from '../../../src/video/rtsp/message.ts';

describe('RTSP messages', () => {
  it('writes a request that reads back as itself', () => {
    const bytes = serializeRequest(
      rtspRequest('DESCRIBE', 'rtsp://cam/1', { CSeq: '2', Accept: 'application/sdp' }),
    );
    expect(bytes.toString()).toBe(
      'DESCRIBE rtsp://cam/1 RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n',
    );
    const read = parseHead(bytes.toString('latin1'));
    expect(read).toMatchObject({ kind: 'request', method: 'DESCRIBE', uri: 'rtsp://cam/1' });
    expect(read.headers.get('cseq')).toBe('2');
  });

  it('writes a response with the length of its body', () => {
    const response = rtspResponse(200, { CSeq: '3' }, Buffer.from('v=0'));
    expect(serializeResponse(response).toString()).toBe(
      'RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 3\r\n\r\nv=0',
    );
  });

  it('keeps several values of one header and compares names without case', () => {
    const headers = new RtspHeaders([
      ['WWW-Authenticate', 'Digest a'],
      ['www-authenticate', 'Basic b'],
    ]);
    expect(headers.all('Www-Authenticate')).toEqual(['Digest a', 'Basic b']);
    expect(headers.set('WWW-AUTHENTICATE', 'c').all('www-authenticate')).toEqual(['c']);
    expect(headers.has('session')).toBe(false);
  });

  it.each([
    ['bare line feeds', 'RTSP/1.0 200 OK\nCSeq: 1\n', 200],
    ['a missing reason', 'RTSP/1.0 404\r\nCSeq: 1\r\n', 404],
    ['spaces around the colon', 'RTSP/1.0 200 OK\r\nCSeq  :   1  \r\n', 200],
    ['a line that is no header', 'RTSP/1.0 200 OK\r\ngarbage\r\nCSeq: 1\r\n', 200],
    ['RTSP 2.0', 'RTSP/2.0 200 OK\r\nCSeq: 1\r\n', 200],
  ])('tolerates %s', (_what, text, status) => {
    const read = parseHead(text);
    expect(read).toMatchObject({ kind: 'response', status });
    expect(read.headers.get('CSeq')).toBe('1');
  });

  it('joins folded lines', () => {
    const read = parseHead('RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n  DESCRIBE\r\n');
    expect(read.headers.get('Public')).toBe('OPTIONS, DESCRIBE');
  });

  it.each(['HTTP/1.1 200 OK', 'DESCRIBE rtsp://cam/1', 'RTSP/1.0 20 OK', ''])(
    'refuses the start line "%s"',
    (line) => {
      expect(() => parseHead(line)).toThrow(expect.objectContaining({ code: 'rtsp-malformed' }));
    },
  );

  it('bounds the number of headers and the length of a body', () => {
    const many = `RTSP/1.0 200 OK\r\n${'A: b\r\n'.repeat(65)}`;
    expect(() => parseHead(many)).toThrow(expect.objectContaining({ code: 'rtsp-too-large' }));
    const huge = new RtspHeaders([['Content-Length', '131073']]);
    expect(() => contentLength(huge)).toThrow(expect.objectContaining({ code: 'rtsp-too-large' }));
    const negative = new RtspHeaders([['Content-Length', '-1']]);
    expect(() => contentLength(negative)).toThrow(
      expect.objectContaining({ code: 'rtsp-malformed' }),
    );
  });

  it('does not write text that would begin another line', () => {
    const split = rtspRequest('OPTIONS', 'rtsp://cam/', { Session: 'a\r\nRequire: x' });
    expect(() => serializeRequest(split)).toThrow(
      expect.objectContaining({ code: 'rtsp-invalid-header' }),
    );
    expect(() => serializeRequest(rtspRequest('OPTIONS', 'rtsp://cam/ x'))).toThrow(
      expect.objectContaining({ code: 'rtsp-invalid-header' }),
    );
  });
});
