import { XMLParser } from 'fast-xml-parser';
import { asError, LiveViewError } from '../../core/errors.ts';

/** The text is not XML that we accept. */
export class XmlError extends LiveViewError {
  constructor(message: string, cause?: unknown) {
    super('malformed-xml', message, cause === undefined ? {} : { cause });
  }
}

/** An element with its namespace resolved. Children and attributes are found by local name. */
export interface XmlElement {
  readonly name: string;
  /** Empty when it has none. */
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, without surrounding space. */
  readonly text: string;
  /** Prefix to namespace, as in scope here, for names that occur in text. */
  readonly scope: ReadonlyMap<string, string>;
}

const MAX_DEPTH = 24;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true, // only for numeric references; a DTD never reaches the parser
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
});

/**
 * Parses a document. The caller bounds its length. A document type is refused, so that there are no
 * entities but those of XML itself.
 *
 * @throws XmlError
 */
export function parseXml(text: string): XmlElement {
  if (text.includes('<!DOCTYPE')) throw new XmlError('a document type is not accepted');
  let nodes: unknown;
  try {
    nodes = parser.parse(text, true);
  } catch (cause) {
    throw new XmlError(`not well-formed: ${asError(cause).message.slice(0, 200)}`, cause);
  }
  const roots = elementsOf(nodes, new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]));
  const [root] = roots;
  if (!root || roots.length > 1) throw new XmlError('a document has exactly one root element');
  return root;
}

/** The first child with this local name, following a path of names. */
export function find(element: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  let found = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

/** The text of `find`, or undefined when the element is absent. */
export function textOf(element: XmlElement | undefined, ...path: string[]): string | undefined {
  return find(element, ...path)?.text;
}

/** A qualified name that occurs in text, e.g. in `<Types>`; undefined for an undeclared prefix. */
export function resolveName(
  qualified: string,
  scope: ReadonlyMap<string, string>,
): { namespace: string; name: string } | undefined {
  const [prefix, name] = split(qualified);
  const namespace = prefix === '' ? (scope.get('') ?? '') : scope.get(prefix);
  return namespace === undefined || name === '' ? undefined : { namespace, name };
}

/**
 * The parser's own tree: `[{ "p:name": [children], ":@": { attribute: value } }, { "#text": … }]`.
 */
function elementsOf(nodes: unknown, scope: ReadonlyMap<string, string>): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const tag = tagOf(node);
    return tag ? [elementOf(tag.name, tag.children, tag.attributes, scope)] : [];
  });
}

function tagOf(node: unknown) {
  if (typeof node !== 'object' || node === null) return undefined;
  const entries = Object.entries(node);
  const tag = entries.find(([key]) => key !== ':@' && key !== '#text');
  if (!tag) return undefined;
  const attributes: unknown = entries.find(([key]) => key === ':@')?.[1];
  const pairs = typeof attributes === 'object' && attributes !== null ? attributes : {};
  return { name: tag[0], children: tag[1] as unknown, attributes: Object.entries(pairs) };
}

function elementOf(
  qualified: string,
  nodes: unknown,
  rawAttributes: [string, unknown][],
  outer: ReadonlyMap<string, string>,
): XmlElement {
  const scope = new Map(outer);
  const attributes = new Map<string, string>();
  for (const [key, value] of rawAttributes) {
    const [prefix, name] = split(key);
    if (prefix === 'xmlns') scope.set(name, String(value));
    else if (key === 'xmlns') scope.set('', String(value));
    else attributes.set(name, String(value));
  }
  const resolved = resolveName(qualified, scope);
  if (!resolved) throw new XmlError(`the prefix of ${qualified.slice(0, 80)} is not declared`);
  const children = elementsOf(nodes, scope);
  return { ...resolved, attributes, children, text: directText(nodes), scope };
}

function directText(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes
    .map((node: Record<string, unknown>) => node['#text'] ?? '')
    .join('')
    .trim();
}

function split(qualified: string): [prefix: string, name: string] {
  const colon = qualified.indexOf(':');
  return colon < 0 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
}
