import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { all, escapeXml, find, numberOf, parseXml, textOf } from '../../src/cameras/xml.ts';

const read = (text: string) => parseXml(text, 250_000);

describe('XML', () => {
  it('is read without prefixes, and values stay text', () => {
    const root = read(
      '<?xml version="1.0"?><a:x xmlns:a="u"><a:n b:token="0"> 1.10 </a:n><n/></a:x>',
    );
    expect(root.name).toBe('x');
    expect(textOf(root, 'n')).toBe('1.10');
    expect(find(root, 'n')?.attributes.get('token')).toBe('0');
    expect(all(root, 'n')).toHaveLength(2);
  });

  it('knows what a prefix means where it stands', () => {
    const root = read(
      '<a:x xmlns:a="outer" xmlns="usual"><a:n xmlns:a="inner" b:c="1"><m/></a:n><a:n/><o:n/></a:x>',
    );
    const [first, second, third] = all(root, 'n');
    expect(first?.namespace).toBe('inner');
    expect(find(first, 'm')?.namespace).toBe('usual');
    expect(first?.attributes).toEqual(new Map([['c', '1']]));
    expect([root.namespace, second?.namespace, third?.namespace]).toEqual([
      ...['outer', 'outer', undefined],
    ]);
  });

  it('decodes the five entities, character references and CDATA, and nothing else', () => {
    const root = read(
      '<a b="&quot;&#x20AC;">&lt;&amp;lt;&gt;&#8364;&nope;&#0;<![CDATA[&amp;]]></a>',
    );
    expect(root.text).toBe('<&lt;>€&nope;&#0;&amp;');
    expect(root.attributes.get('b')).toBe('"€');
  });

  it.each([
    ['nothing', ''],
    ['text', 'garbage'],
    ['two roots', '<a/><b/>'],
    ['half a tag', '<a'],
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['depth without end', '<a>'.repeat(100)],
    ['names that mean something to JavaScript', '<__proto__>1</__proto__>'],
    ['more tags than anybody needs', `<a>${'<b/>'.repeat(50_000)}</a>`],
    ['more than is read', `<a>${'x'.repeat(250_000)}</a>`],
  ])('refuses %s', (_what, text) => {
    expect(() => read(text)).toThrow(/the XML cannot be read/);
  });

  it('reads numbers that are numbers', () => {
    const root = read('<r><a> 2.5</a><b>2x</b><c/><d>1e999</d><e>-0.1</e></r>');
    const values = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => numberOf(root, name));
    expect(values).toEqual([2.5, undefined, undefined, undefined, -0.1, undefined]);
  });

  it('gives back any text that was escaped', () => {
    const printable = fc.string({
      unit: fc.constantFrom('<', '>', '&', '"', "'", ';', '#', 'a', 'é', '€'),
    });
    fc.assert(
      fc.property(printable, (text) => {
        const root = read(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`);
        expect([root.text, root.attributes.get('b')]).toEqual([text, text]);
      }),
    );
  });

  it('survives anything', () => {
    const pieces = fc.constantFrom(
      '<',
      '</',
      '>',
      '/>',
      'a',
      ' ',
      '"',
      '=',
      '&',
      ';',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?',
      '?>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        try {
          expect(read(parts.join('')).name).toBeDefined();
        } catch (error) {
          expect(error).toMatchObject({ code: 'xml-unreadable' });
        }
      }),
    );
  });
});
