/**
 * SOAP 1.2 as ONVIF Core §5 uses it.
 *
 *   <s:Envelope><s:Header><Security>…</Security></s:Header><s:Body><Operation/></s:Body></s:Envelope>
 *
 * The onvif package writes names and passwords into its envelopes unescaped and as ASCII, so ours
 * are used: WS-Security UsernameToken (WSS UsernameToken Profile 1.0 §3.1) with
 *
 *   Digest = Base64( SHA-1( nonce + created + password ) )
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { startWithoutSecrets } from '../../core/secret.ts';
import { escapeXml, find, type XmlElement } from '../xml.ts';

export const NAMESPACES = {
  device: 'http://www.onvif.org/ver10/device/wsdl',
  media: 'http://www.onvif.org/ver10/media/wsdl',
  media2: 'http://www.onvif.org/ver20/media/wsdl',
  ptz: 'http://www.onvif.org/ver20/ptz/wsdl',
  events: 'http://www.onvif.org/ver10/events/wsdl',
  imaging: 'http://www.onvif.org/ver20/imaging/wsdl',
  deviceIO: 'http://www.onvif.org/ver10/deviceIO/wsdl',
  analytics: 'http://www.onvif.org/ver20/analytics/wsdl',
  recording: 'http://www.onvif.org/ver10/recording/wsdl',
} as const;

export type ServiceName = keyof typeof NAMESPACES;

/** Of what a camera says of a fault. */
const MAX_REASON = 300;
const ADDRESSING = 'http://www.w3.org/2005/08/addressing';

/** WS-Addressing 1.0, by which one subscription is told from another at the same address. */
export interface Addressing {
  /** The address as the camera gave it, though it is reached at another. */
  readonly to?: string | undefined;
  readonly action: string;
  /** Headers as XML, repeated as the camera gave them. */
  readonly parameters?: string;
}

/** The namespace of `PTZVector`, `StreamSetup` and other shared types. */
export const SCHEMA = 'http://www.onvif.org/ver10/schema';

const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';

/** Name and password in the clear; they stay inside the worker. */
export interface PlainCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * @param operation the one element of the body, as XML
 * @param deviceUnixMs what the camera's clock says now; tokens outside its window are refused
 * @param header further headers, as XML
 */
export function envelope(
  operation: string,
  credentials?: PlainCredentials,
  deviceUnixMs = 0,
  header = '',
): string {
  const security = credentials ? usernameToken(credentials, deviceUnixMs) : '';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">' +
    `<s:Header>${header}${security}</s:Header><s:Body>${operation}</s:Body></s:Envelope>`
  );
}

function usernameToken({ username, password }: PlainCredentials, deviceUnixMs: number): string {
  const nonce = randomBytes(16);
  const created = new Date(deviceUnixMs).toISOString();
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64');
  return (
    `<Security s:mustUnderstand="1" xmlns="${WSS}-wssecurity-secext-1.0.xsd"><UsernameToken>` +
    `<Username>${escapeXml(username)}</Username>` +
    `<Password Type="${WSS}-username-token-profile-1.0#PasswordDigest">${digest}</Password>` +
    `<Nonce EncodingType="${WSS}-soap-message-security-1.0#Base64Binary">${nonce.toString('base64')}</Nonce>` +
    `<Created xmlns="${WSS}-wssecurity-utility-1.0.xsd">${created}</Created>` +
    '</UsernameToken></Security>'
  );
}

/** An operation of a service; `content` is XML, made of values that went through `escapeXml`. */
export interface Operation {
  readonly service: ServiceName;
  readonly name: string;
  readonly content?: string;
  /** Of its element, where that is not the service's. */
  readonly namespace?: string;
  readonly addressing?: Addressing;
}

export function operationXml({ service, name, content = '', namespace }: Operation): string {
  return `<${name} xmlns="${namespace ?? NAMESPACES[service]}">${content}</${name}>`;
}

/** The headers of an addressed message (WS-Addressing SOAP Binding §3.1). */
export function addressingXml({ to, action, parameters = '' }: Addressing): string {
  const header = (name: string, text: string) =>
    `<wsa:${name} xmlns:wsa="${ADDRESSING}">${escapeXml(text)}</wsa:${name}>`;
  const id = header('MessageID', `urn:uuid:${randomUUID()}`);
  const receiver = to === undefined ? '' : header('To', to);
  return `${header('Action', action)}${id}${receiver}${parameters}`;
}

/** A header that has to be repeated, with its own declarations; the prefixes of the answer are gone. */
export function repeatedXml(parameter: XmlElement): string {
  const mark = `xmlns:wsa="${ADDRESSING}" wsa:IsReferenceParameter="true"`;
  return elementXml(parameter, ` ${mark}`);
}

function elementXml(
  { name, namespace, attributes, children, text }: XmlElement,
  more = '',
): string {
  const of = [...attributes].map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('');
  const inner = children.map((child) => elementXml(child)).join('');
  return `<${name} xmlns="${escapeXml(namespace ?? '')}"${more}${of}>${escapeXml(text)}${inner}</${name}>`;
}

/** `<name>text</name>`, escaped. */
export function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

export interface Fault {
  /** Local names, outermost first, such as `InvalidArgVal`, `NoProfile`. */
  readonly subcodes: readonly string[];
  readonly reason: string;
}

/** SOAP 1.2 Part 1 §5.4, or SOAP 1.1 §4.4 as some old cameras answer. */
export function faultOf(fault: XmlElement): Fault {
  const subcodes: string[] = [];
  let code = find(fault, 'Code');
  for (let depth = 0; code && depth < 5; depth += 1) {
    subcodes.push(subcodeOf(find(code, 'Value')?.text ?? ''));
    code = find(code, 'Subcode');
  }
  const old = find(fault, 'faultcode');
  if (old) subcodes.push(subcodeOf(old.text));
  const reason = find(fault, 'Reason', 'Text')?.text || find(fault, 'faultstring')?.text || '';
  return { subcodes, reason: startWithoutSecrets(reason, MAX_REASON) };
}

/** The local name; nothing where none is written (Namespaces in XML 1.0 §4), however long. */
function subcodeOf(qualified: string): string {
  return /^(?:[\w.-]{1,64}:)?([\w.-]{1,64})$/.exec(qualified.trim())?.[1] ?? '';
}
