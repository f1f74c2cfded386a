/**
 * XML as cameras write it, read without trust: bounded in size and depth, no DOCTYPE and so no
 * entities but the five of XML 1.0 §4.6 and character references. Names lose their prefix, because
 * cameras disagree about prefixes and some declare them wrongly. Values stay text. The namespace is
 * kept for what has to be said to a camera in its own words.
 */
import { XMLParser } from 'fast-xml-parser';
import { LiveViewError } from '../core/errors.ts';

export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** What its prefix, or the lack of one, was declared to mean; undefined where it was not declared. */
  readonly namespace: string | undefined;
  /** By local name; without declarations of namespaces. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Own text, trimmed, without that of children. */
  readonly text: string;
}

export class XmlError extends LiveViewError {
  constructor(reason: string, cause?: unknown) {
    super('xml-unreadable', `the XML cannot be read: ${reason}`, { cause });
  }
}

const MAX_DEPTH = 40;
/** Opening and closing ones. The longest answer has ten bytes for each; those of cameras have more. */
const MAX_TAGS = 50_000;
const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: TEXT,
  cdataPropName: CDATA,
  removeNSPrefix: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
});

/** The root element; in time that grows with the length and no faster. @throws XmlError */
export function parseXml(text: string, maxLength: number): XmlElement {
  if (text.length > maxLength) throw new XmlError(`it is longer than ${maxLength} characters`);
  if (text.includes('<!DOCTYPE')) throw new XmlError('a DOCTYPE is not accepted');
  if (countOf('<', text) > MAX_TAGS) throw new XmlError(`it has more than ${MAX_TAGS} tags`);
  const [root, ...rest] = parseNodes(text)
    .map((node) => toElement(node))
    .filter(isElement);
  if (root && rest.length === 0) return root;
  throw new XmlError(root ? 'it has several roots' : 'there is no element in it');
}

/** `&`, `<`, `>` and quotes as XML wants them, in text and in attributes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The first descendant by this path of children. */
export function find(element: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  let at = element;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  return at;
}

export function all(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The text at this path; undefined when there is none or it is empty. */
export function textOf(element: XmlElement | undefined, ...path: string[]): string | undefined {
  return find(element, ...path)?.text || undefined;
}

/** The finite number at this path. */
export function numberOf(element: XmlElement | undefined, ...path: string[]): number | undefined {
  return finite(textOf(element, ...path));
}

export function finite(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** What the parser gives: `{ name: children, ':@': attributes }`, `{ '#text': text }`. */
type Node = Record<string, unknown>;

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

function parseNodes(text: string): Node[] {
  try {
    return nodes(parser.parse(text));
  } catch (cause) {
    throw new XmlError('it is not well formed', cause);
  }
}

function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function isElement(value: XmlElement | undefined): value is XmlElement {
  return value !== undefined;
}

/** Prefixes that an element declares; '' is the one of names without any. */
interface Scope {
  readonly declared: ReadonlyMap<string, string>;
  readonly outer: Scope | undefined;
}

/** Recursion is bounded by `MAX_DEPTH`. */
function toElement(node: Node, outer?: Scope): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (name === undefined || name === TEXT || name === CDATA) return undefined;
  const inner = nodes(node[name]);
  const attributes = attributesOf(node[ATTRIBUTES]);
  const declared = attributes.filter(([full]) => isDeclaration(full));
  const names = new Map(declared.map(([full, uri]) => [full === 'xmlns' ? '' : local(full), uri]));
  const scope = names.size > 0 ? { declared: names, outer } : outer;
  const own = attributes.filter(([full]) => !isDeclaration(full));
  return {
    name: local(name),
    namespace: meaningOf(name.slice(0, Math.max(0, name.indexOf(':'))), scope),
    attributes: new Map(own.map(([full, value]) => [local(full), value])),
    children: inner.map((each) => toElement(each, scope)).filter(isElement),
    text: inner.map(ownText).join('').trim(),
  };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function isDeclaration(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:');
}

function meaningOf(prefix: string, scope: Scope | undefined): string | undefined {
  for (let at = scope; at; at = at.outer) {
    const uri = at.declared.get(prefix);
    if (uri !== undefined) return uri;
  }
  return undefined;
}

function ownText(node: Node): string {
  if (typeof node[TEXT] === 'string') return decode(node[TEXT]);
  return nodes(node[CDATA])
    .map((part) => String(part[TEXT] ?? ''))
    .join('');
}

function attributesOf(value: unknown): [name: string, value: string][] {
  if (!isNode(value)) return [];
  return Object.entries(value).map(([name, text]) => [name, decode(String(text))]);
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** References that are not understood stay as they are, as a camera with a bare `&` meant it. */
function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED.get(name) ?? whole;
    const hex = /^#x/i.test(name);
    const code = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
