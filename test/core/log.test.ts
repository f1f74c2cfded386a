import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import { createLogger, type LogFields, type Logger } from '../../src/core/log.ts';
import { Secret, withoutUrlSecrets } from '../../src/core/secret.ts';

/** What one call writes. */
function written(format: 'json' | 'pretty', act: (log: Logger) => void): string {
  const stream = new PassThrough();
  act(createLogger({ level: 'debug', format, stream }));
  return String(stream.read());
}

function line(fields: LogFields, message = 'x'): string {
  return written('json', (log) => log.info(message, fields));
}

describe('logging', () => {
  it('writes one JSON object a line with level, time and fields', () => {
    const text = written('json', (log) => log.child({ camera: 'shop-1' }).warn('slow', { ms: 5 }));
    expect(JSON.parse(text)).toMatchObject({
      level: 'warn',
      message: 'slow',
      camera: 'shop-1',
      ms: 5,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('writes one readable line on a terminal', () => {
    const text = written('pretty', (log) => log.info('playing', { camera: 'shop-1', fps: 25 }));
    expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}playing {2}camera=shop-1 fps=25\n$/);
  });

  it.each<[string, LogFields]>([
    ['a Secret', { value: new Secret('geheim') }],
    ['a field called password', { password: 'geheim' }],
    ['a nested token', { request: { headers: { authorization: 'geheim' } } }],
    ['a URL with credentials', { uri: 'rtsp://admin:geheim@192.0.2.1/1' }],
    ['the message of an error', { error: new Error('GET http://u:geheim@host/ failed') }],
    [
      'the context of an error',
      { error: new LiveViewError('c', 'm', { context: { password: 'geheim' } }) },
    ],
    [
      'the cause of an error',
      { error: new Error('m', { cause: new Error('rtsp://u:geheim@h/') }) },
    ],
  ])('never prints %s', (_what, fields) => {
    const text = line(fields);
    expect(text).not.toContain('geheim');
    expect(text.length).toBeGreaterThan(10);
  });

  it('never prints credentials in the message itself', () => {
    expect(line({}, 'pulling rtsp://a:geheim@h/1')).toContain('pulling rtsp://h/1');
  });

  it('defuses terminal escapes and line breaks in what cameras call themselves', () => {
    const text = written('pretty', (log) =>
      log.info('found', { name: '\u001b[31mred\r\nfake line' }),
    );
    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toContain('\u001b');
  });

  it.each(['json', 'pretty'] as const)('turns no direction and ends no line, in %s', (format) => {
    const name = 'cam\u202egpj.exe\u2066\u2069\u200e\u200f\u061c\u2028level=error\u2029\u0085';
    const text = written(format, (log) => log.info(name, { name, error: new Error(name) }));
    expect(text.trimEnd()).not.toMatch(/[\p{Bidi_Control}\u2028\u2029\u0085]/u);
    expect(text).toContain('cam�gpj.exe');
  });

  it('keeps the code of an expected error and the stack of an unexpected one', () => {
    const expected = JSON.parse(line({ error: new LiveViewError('timeout', 'late') }));
    expect(expected.error).toEqual({ code: 'timeout', message: 'late' });
    expect(JSON.parse(line({ error: new TypeError('bug') })).error.stack).toContain('log.test');
  });

  it('survives deep, circular and very long values', () => {
    const loop: Record<string, unknown> = { text: 'x'.repeat(10_000) };
    loop['self'] = loop;
    expect(line({ loop }).length).toBeLessThan(20_000);
  });
});

describe('withoutUrlSecrets', () => {
  it.each([
    ['rtsp://a:b@h:554/x', 'rtsp://h:554/x'],
    ['see http://u@h and https://h/x@y', 'see http://h and https://h/x@y'],
    ['rtsp://a:p@ss@h/', 'rtsp://h/'],
    [
      'rtsp://h/user=admin&password=geheim&channel=1',
      'rtsp://h/user=[secret]&password=[secret]&channel=1',
    ],
    ['rtsp://h/?token=a%20b&x=1', 'rtsp://h/?token=[secret]&x=1'],
    ['nothing', 'nothing'],
  ])('%s → %s', (text, expected) => {
    expect(withoutUrlSecrets(text)).toBe(expected);
  });
});
