/**
 * WS-Discovery (April 2005) over UDP, as ONVIF Core §7.3 uses it.
 *
 *   Probe         Header(Action, MessageID, To)        Body/Probe/Types
 *   ProbeMatches  Header(Action, MessageID, RelatesTo) Body/ProbeMatches/ProbeMatch*
 *   Hello, Bye    Header(Action, MessageID)            Body/Hello, Body/Bye
 *
 *   ProbeMatch, Hello: EndpointReference/Address, Types?, Scopes?, XAddrs?, MetadataVersion
 *   Bye:               EndpointReference/Address
 */
import { all, find, parseXml, textOf, type XmlElement } from '../xml.ts';
import type { DiscoveredDevice } from './device.ts';
import { scopeValue, splitScopes } from './scopes.ts';

/** A UDP payload cannot be longer. */
const MAX_MESSAGE_CHARS = 65_507;
/** More than the recorders with the most channels give at once. */
const MAX_MATCHES = 64;
const MAX_LIST = 64;
const MAX_TEXT = 512;

/** The two probes: devices of Profile S answer the first, some newer ones only the second. */
export const PROBE_TYPES = [
  {
    prefix: 'dn',
    namespace: 'http://www.onvif.org/ver10/network/wsdl',
    name: 'NetworkVideoTransmitter',
  },
  { prefix: 'tds', namespace: 'http://www.onvif.org/ver10/device/wsdl', name: 'Device' },
] as const;

export type ProbeType = (typeof PROBE_TYPES)[number];

/** @param messageId `urn:uuid:…`; matches relate to it. */
export function probeMessage(type: ProbeType, messageId: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"' +
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"' +
    ` xmlns:${type.prefix}="${type.namespace}">` +
    '<s:Header>' +
    '<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>' +
    `<a:MessageID>${messageId}</a:MessageID>` +
    '<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>' +
    '<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>' +
    '</s:Header>' +
    `<s:Body><d:Probe><d:Types>${type.prefix}:${type.name}</d:Types></d:Probe></s:Body>` +
    '</s:Envelope>'
  );
}

/** What a message says about devices, before it is known where it was heard. */
export type Announcement = Omit<DiscoveredDevice, 'address' | 'interfaceName'>;

export type DiscoveryMessage =
  | {
      readonly kind: 'matches';
      readonly relatesTo: string | undefined;
      readonly devices: readonly Announcement[];
    }
  | { readonly kind: 'hello'; readonly devices: readonly Announcement[] }
  /** The device leaves the network (WS-Discovery §4.2). */
  | { readonly kind: 'bye'; readonly uuid: string }
  | { readonly kind: 'other' };

/** @throws XmlError when it is not XML at all. */
export function parseDiscoveryMessage(text: string): DiscoveryMessage {
  const envelope = parseXml(text, MAX_MESSAGE_CHARS);
  const body = find(envelope, 'Body');
  const matches = find(body, 'ProbeMatches');
  if (matches) {
    const relatesTo = textOf(envelope, 'Header', 'RelatesTo');
    const found = all(matches, 'ProbeMatch').slice(0, MAX_MATCHES);
    return { kind: 'matches', relatesTo, devices: found.flatMap((one) => announcement(one) ?? []) };
  }
  const hello = find(body, 'Hello');
  if (hello) return { kind: 'hello', devices: greeting(hello) };
  const uuid = uuidOf(find(body, 'Bye'));
  return uuid ? { kind: 'bye', uuid } : { kind: 'other' };
}

/** Everything on a network says Hello; only cameras are meant. */
function greeting(hello: XmlElement): readonly Announcement[] {
  const device = announcement(hello);
  const isOnvif = device?.types.some((type) => PROBE_TYPES.some(({ name }) => name === type));
  return device && isOnvif ? [device] : [];
}

/** `urn:uuid:4AB…`, `uuid:4ab…` and `4ab…` are the same device. */
export function normaliseUuid(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^urn:/, '')
    .replace(/^uuid:/, '');
}

function uuidOf(element: XmlElement | undefined): string | undefined {
  const address = textOf(element, 'EndpointReference', 'Address');
  return address && normaliseUuid(address).slice(0, MAX_TEXT);
}

/** Undefined for a match without an endpoint or without an address that could be called. */
function announcement(element: XmlElement): Announcement | undefined {
  const uuid = uuidOf(element);
  const xaddrs = split(textOf(element, 'XAddrs')).filter(isHttpUrl);
  if (!uuid || xaddrs.length === 0) return undefined;
  const scopes = splitScopes(textOf(element, 'Scopes')).slice(0, MAX_LIST);
  const name = scopeValue(scopes, 'name');
  const hardware = scopeValue(scopes, 'hardware');
  const location = scopeValue(scopes, 'location');
  return {
    uuid,
    xaddrs: xaddrs.map((xaddr) => xaddr.slice(0, MAX_TEXT)),
    types: split(textOf(element, 'Types')).map((type) => type.replace(/^.*:/, '')),
    scopes,
    ...(name === undefined ? {} : { name }),
    ...(hardware === undefined ? {} : { hardware }),
    ...(location === undefined ? {} : { location }),
  };
}

/** Lists are separated by white space; some devices put each item on a line of its own. */
function split(list: string | undefined): string[] {
  return (list ?? '').split(/\s+/).filter(Boolean).slice(0, MAX_LIST);
}

function isHttpUrl(text: string): boolean {
  return text.length <= MAX_TEXT && /^https?:\/\//i.test(text) && URL.canParse(text);
}
