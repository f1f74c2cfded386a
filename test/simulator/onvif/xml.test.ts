import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { element, escapeXml, xml } from '../../../src/simulator/onvif/markup.ts';
import { find, parseXml, resolveName, textOf, XmlError } from '../../../src/simulator/onvif/xml.ts';

describe('parseXml', () => {
  it('resolves namespaces, default ones and those declared further down', () => {
    const root = parseXml(
      '<a xmlns="urn:1" xmlns:p="urn:2"><p:b/><c xmlns="urn:3"/><d p:e="1"/></a>',
    );
    expect(root.children.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['b', 'urn:2'],
      ['c', 'urn:3'],
      ['d', 'urn:1'],
    ]);
    expect(find(root, 'd')?.attributes.get('e')).toBe('1');
  });

  it('reads text, CDATA, character references and what surrounds a comment', () => {
    const root = parseXml('<a> x &amp; &#x3c;<!-- no --> <![CDATA[<b>]]> </a>');
    expect(root.text).toBe('x & < <b>');
  });

  it('follows a path of local names', () => {
    const root = parseXml('<a><b><c>1</c></b></a>');
    expect(textOf(root, 'b', 'c')).toBe('1');
    expect(textOf(root, 'b', 'd')).toBeUndefined();
    expect(textOf(root, 'x', 'c')).toBeUndefined();
  });

  it('resolves qualified names in text by what is in scope there', () => {
    const { scope } = parseXml('<a xmlns="urn:1" xmlns:p="urn:2"/>');
    expect(resolveName('p:x', scope)).toEqual({ namespace: 'urn:2', name: 'x' });
    expect(resolveName('x', scope)).toEqual({ namespace: 'urn:1', name: 'x' });
    expect(resolveName('q:x', scope)).toBeUndefined();
    expect(resolveName('p:', scope)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['an open element', '<a>'],
    ['elements that cross', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a prefix that is not declared', '<p:a/>'],
    ['an attribute twice', '<a x="1" x="2"/>'],
    ['too many levels', `${'<a>'.repeat(30)}${'</a>'.repeat(30)}`],
    ['names that pollute prototypes', '<a><__proto__>1</__proto__></a>'],
  ])('refuses %s', (_, text) => {
    expect(() => parseXml(text)).toThrow(XmlError);
  });

  it('throws nothing but its own error, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '<a>',
      '</a>',
      '<a',
      '/>',
      ' x="1"',
      'xmlns:p="u"',
      '<p:b>',
      '</p:b>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?x',
      '?>',
      '&amp;',
      '&#0;',
      '&#99999999;',
      '&',
      '"',
      "'",
      '\u0000',
      '<!DOCTYPE',
      'é',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 30 }),
        (parts) => {
          try {
            parseXml(parts.join(''));
          } catch (error) {
            expect(error).toBeInstanceOf(XmlError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('markup', () => {
  it('escapes what is put in, and leaves markup as it is', () => {
    const inner = xml`<b>${'<&>"\''}</b>`;
    expect(xml`<a x="${'"'}">${inner}${[1, true, undefined]}</a>`.markup).toBe(
      '<a x="&quot;"><b>&lt;&amp;&gt;&quot;&apos;</b>1true</a>',
    );
    expect(element('a', { x: '<' }, 'y').markup).toBe('<a x="&lt;">y</a>');
  });

  it('drops the indentation of templates and keeps that of values', () => {
    const template = xml`
      <a>
        <b>${' two\n lines '}</b>
      </a>`;
    expect(template.markup).toBe('<a><b> two&#10; lines </b></a>');
  });

  it('brings any text that XML can carry back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const carried = escapeXml(text);
        const root = parseXml(`<a x="${carried}">|${carried}|</a>`);
        expect(root.children).toEqual([]);
        const expected = text.replace(
          /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu,
          '\ufffd',
        );
        expect(root.attributes.get('x')).toBe(expected);
        expect(root.text).toBe(`|${expected}|`);
      }),
      { numRuns: 100 },
    );
  });
});
