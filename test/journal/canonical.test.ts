import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../src/journal/canonical.ts';
import type { Json } from '../../src/journal/record.ts';

describe('canonical JSON', () => {
  it.each<[string, Json, string]>([
    ['sorts members and leaves no space', { b: 1, a: [true, null] }, '{"a":[true,null],"b":1}'],
    // RFC 8785 §3.2.3: by UTF-16 code units, not by code points.
    [
      'sorts by UTF-16 code units',
      { '\ufb33': 1, '\u{1f600}': 2, '\u00f6': 3 },
      '{"\u00f6":3,"\u{1f600}":2,"\ufb33":1}',
    ],
    // RFC 8785 §3.2.2.2 and §3.2.2.3.
    ['escapes as little as it must', '€$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'],
    [
      'writes numbers as ECMAScript does',
      [333333333.3333333, 1e30, 4.5, 2e-3, -0],
      '[333333333.3333333,1e+30,4.5,0.002,0]',
    ],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each<[string, unknown]>([
    ['a number that is not finite', Number.NaN],
    ['half a character', 'a\ud800'],
    ['half a character in a name', { '\udc00': 1 }],
    ['undefined', { a: undefined }],
    ['a function', () => 1],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value as Json)).toThrow(
      expect.objectContaining({ code: 'not-canonical' }),
    );
  });

  it('refuses a value that is nested too deep', () => {
    let deep: Json = 1;
    for (let depth = 0; depth < 10_000; depth += 1) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(expect.objectContaining({ code: 'not-canonical' }));
  });

  it('gives one text for one value, which parses to that value', () => {
    const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value as Json);
        const again = JSON.parse(text);
        expect(canonicalJson(again)).toBe(text);
        expect(again).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
