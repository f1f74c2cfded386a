import { describe, expect, it } from '@jest/globals';
import { fileNameOf, parseHost, parseName } from '../../src/pki/names.ts';

describe('a host', () => {
  it.each([
    ['liveview.example', 'dns', 'liveview.example'],
    ['LiveView', 'dns', 'liveview'],
    ['xn--caf-dma.example', 'dns', 'xn--caf-dma.example'],
    ['192.0.2.10', 'ip', '192.0.2.10'],
    ['2001:0DB8:0:0::0001', 'ip', '2001:db8::1'],
    ['[::1]', 'ip', '::1'],
    ['::ffff:192.0.2.1', 'ip', '::ffff:c000:201'],
    [`${'a'.repeat(63)}.example`, 'dns', `${'a'.repeat(63)}.example`],
  ])('%s', (text, type, value) => {
    expect(parseHost(text)).toEqual({ type, value });
  });

  it.each([
    '',
    ' ',
    '.',
    'a..b',
    '-a.example',
    'a-.example',
    'a_b.example',
    '*.example',
    'café.example',
    'a.example.',
    'a.example:443',
    'https://a.example',
    'user@a.example',
    'a.example\n',
    '192.0.2.256',
    '192.0.2.010',
    '1234',
    '0x7f.1',
    'fe80::1%eth0',
    '[a.example]',
    `${'a'.repeat(64)}.example`,
    Array(52).fill('abcd').join('.'),
  ])('%j is none', (text) => {
    expect(() => parseHost(text)).toThrow(expect.objectContaining({ code: 'bad-host' }));
  });
});

describe('a name', () => {
  it('is taken as it is, without spaces around it', () => {
    expect(parseName(' Meldkamer "Zuid", O=x ')).toBe('Meldkamer "Zuid", O=x');
    expect(parseName('消防 🚒')).toBe('消防 🚒');
  });

  it.each([
    '',
    '\t',
    'a\nb',
    'a\u0000b',
    'a\u200bb',
    'a\u2028b',
    'a\u202eb',
    '\ud800',
    'x'.repeat(65),
  ])('is never %j', (text) => {
    expect(() => parseName(text)).toThrow(expect.objectContaining({ code: 'bad-name' }));
  });

  it.each([
    ['Meldkamer Rotterdam', 'client-meldkamer-rotterdam'],
    ['../..', expect.stringMatching(/^client-[0-9a-f]{12}$/)],
    ['.hidden', 'client-hidden'],
    ['2001:db8::1', 'client-2001-db8-1'],
    ['x'.repeat(300), `client-${'x'.repeat(100)}`],
  ])('of a file: %s', (name, file) => {
    expect(fileNameOf('client', name)).toEqual(file);
  });
});
