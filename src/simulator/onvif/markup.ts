/**
 * XML by template. Whatever is put into a template is escaped, unless it is itself markup; so a name
 * with `<` in it can never become an element.
 */
export interface Markup {
  readonly markup: string;
}

type Content = Markup | string | number | boolean | undefined | readonly Content[];

export function xml(literals: TemplateStringsArray, ...values: Content[]): Markup {
  const parts = literals.map((literal, index) => {
    const between = literal.replace(/>\s*\n\s*/g, '>').replace(/\n\s*</g, '<');
    return index < values.length ? between + render(values[index]) : between;
  });
  return { markup: parts.join('').trim() };
}

/** One element whose name or attributes are not known when the template is written. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | boolean>>,
  content: Content,
): Markup {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${render(value)}"`);
  return { markup: `<${name}${written.join('')}>${render(content)}</${name}>` };
}

function render(value: Content): string {
  if (value === undefined) return '';
  if (typeof value === 'object') {
    return 'markup' in value ? value.markup : value.map(render).join('');
  }
  return escapeXml(String(value));
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // as references, or a parser makes spaces of them in an attribute (XML 1.0 §2.11, §3.3.3)
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** For element content and attribute values; characters that XML 1.0 cannot carry are replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"'\t\n\r]/g, (character) => ESCAPES[character] ?? character)
    .replace(UNSPEAKABLE, '\ufffd');
}

/** XML 1.0 §2.2 forbids these: control characters below 32, but for those that have escapes, and two more. */
const UNSPEAKABLE = /(?![\u007f-\u009f])\p{Cc}|[\ufffe\uffff]/gu;
