import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imageTypeOf } from '../../src/images/image-type.ts';
import { plain } from '../support/pictures.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const SIGNATURES = {
  png: latin1('\x89PNG\r\n\x1a\n'),
  jpeg: latin1('\xff\xd8\xff'),
  webp: latin1('RIFF\x10\0\0\0WEBP'),
  pdf: latin1('%PDF-'),
} as const;

describe('the type of an upload', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('of a real %s', async (format) => {
    expect(imageTypeOf(await plain(format)([1, 2, 3]))).toBe(format);
  });

  it.each([
    ['nothing', ''],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['SVG behind a declaration', '<?xml version="1.0"?><svg/>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['HTML with a PDF further on', '<html>\n%PDF-1.7'],
    ['a PDF behind a line break, which readers take', '\n%PDF-1.7'],
    ['a PDF behind a byte order mark', '\xef\xbb\xbf%PDF-1.7'],
    ['GIF', 'GIF89a'],
    ['TIFF', 'II*\0'],
    ['BMP', 'BM'],
    ['HEIF', '\0\0\0\x18ftypheic'],
    ['a RIFF that is sound', 'RIFF\x10\0\0\0WAVE'],
    ['half of a PNG signature', '\x89PNG'],
    ['a PNG whose line breaks were converted', '\x89PNG\n\x1a\n'],
    ['a ZIP', 'PK\x03\x04'],
  ])('is not known: %s', (_what, text) => {
    expect(imageTypeOf(latin1(text))).toBeUndefined();
  });

  it('is that of a signature at the first byte, and of nothing else', () => {
    const signature = fc.constantFrom(...(Object.keys(SIGNATURES) as (keyof typeof SIGNATURES)[]));
    const bytes = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(signature, bytes, bytes, (type, before, after) => {
        const whole = Buffer.concat([before, SIGNATURES[type], after]);
        const begins = Object.entries(SIGNATURES).find(([name, mark]) => {
          const head = Buffer.from(whole.subarray(0, mark.length));
          // The length of a RIFF may be any.
          if (name === 'webp' && head.length === mark.length) mark.copy(head, 4, 4, 8);
          return head.equals(mark);
        });
        expect(imageTypeOf(whole)).toBe(begins?.[0]);
        if (before.length === 0) expect(imageTypeOf(whole)).toBe(type);
      }),
      { numRuns: 2_000 },
    );
  });
});
