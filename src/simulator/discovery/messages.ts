/**
 * WS-Discovery (April 2005) as ONVIF Core §7 uses it: SOAP 1.2 in one UDP datagram each.
 *
 *   Probe          → ProbeMatches      who is there, of these types and scopes?
 *   Resolve        → ResolveMatches    where is this endpoint?
 *   Hello, Bye                         said to all when a device comes and goes
 */
import { type Markup, xml } from '../onvif/markup.ts';
import { document, NAMESPACES } from '../onvif/soap.ts';
import { find, parseXml, resolveName, textOf, type XmlElement } from '../onvif/xml.ts';
import { scopeMatches } from './scopes.ts';

const DISCOVERY = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const NETWORK = 'http://www.onvif.org/ver10/network/wsdl';
const ANONYMOUS = `${ADDRESSING}/role/anonymous`;
const EVERYONE = 'urn:schemas-xmlsoap-org:ws:2005:04:discovery';

/** A device as it announces itself. */
export interface DiscoverableDevice {
  readonly uuid: string;
  readonly scopes: readonly string[];
  /** Addresses of the device service. */
  readonly xaddrs: readonly string[];
}

/** What was asked, as a test on a device. */
export interface Question {
  readonly kind: 'Probe' | 'Resolve';
  readonly messageId: string;
  readonly matches: (device: DiscoverableDevice) => boolean;
}

/** Orders the messages of one responder (WS-Discovery §7.1). */
export interface AppSequence {
  readonly instanceId: number;
  readonly messageNumber: number;
}

/**
 * Reads a datagram. Undefined for what is no question: an answer, a Hello, another protocol.
 *
 * @throws XmlError when it is not XML.
 */
export function parseQuestion(datagram: string): Question | undefined {
  const envelope = parseXml(datagram);
  const messageId = textOf(envelope, 'Header', 'MessageID');
  const body = find(envelope, 'Body')?.children[0];
  if (!messageId || body?.namespace !== DISCOVERY) return undefined;
  if (body.name === 'Probe') return { kind: 'Probe', messageId, matches: probed(body) };
  if (body.name !== 'Resolve') return undefined;
  const wanted = bareUuid(textOf(body, 'EndpointReference', 'Address') ?? '');
  return { kind: 'Resolve', messageId, matches: ({ uuid }) => bareUuid(uuid) === wanted };
}

/** Types and scopes must all match; none given matches everything (WS-Discovery §5.1). */
function probed(probe: XmlElement): Question['matches'] {
  const scopes = find(probe, 'Scopes');
  const rule = scopes?.attributes.get('MatchBy');
  const wantedScopes = words(scopes?.text);
  const types = find(probe, 'Types');
  const typesMatch = words(types?.text).every((word) => isOurType(word, types));
  return (device) =>
    typesMatch &&
    wantedScopes.every((wanted) => device.scopes.some((own) => scopeMatches(wanted, own, rule)));
}

const TYPES = [
  { namespace: NETWORK, name: 'NetworkVideoTransmitter' },
  { namespace: NAMESPACES.tds, name: 'Device' },
];

function isOurType(word: string, types: XmlElement | undefined): boolean {
  const asked = types && resolveName(word, types.scope);
  return TYPES.some((own) => own.name === asked?.name && own.namespace === asked.namespace);
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(Boolean);
}

function bareUuid(address: string): string {
  return address.toLowerCase().replace(/^(urn:)?uuid:/, '');
}

export function answer(
  question: Question,
  device: DiscoverableDevice,
  messageId: string,
  sequence: AppSequence,
): Buffer {
  const { kind } = question;
  const content =
    kind === 'Probe'
      ? xml`<d:ProbeMatches><d:ProbeMatch>${description(device)}</d:ProbeMatch></d:ProbeMatches>`
      : xml`<d:ResolveMatches><d:ResolveMatch>${description(device)}</d:ResolveMatch></d:ResolveMatches>`;
  const header = xml`
    <wsa:MessageID>${messageId}</wsa:MessageID>
    <wsa:RelatesTo>${question.messageId}</wsa:RelatesTo>
    <wsa:To>${ANONYMOUS}</wsa:To>
    <wsa:Action>${DISCOVERY}/${kind}Matches</wsa:Action>`;
  return datagram(header, content, sequence);
}

export function announcement(
  kind: 'Hello' | 'Bye',
  device: DiscoverableDevice,
  messageId: string,
  sequence: AppSequence,
): Buffer {
  const content =
    kind === 'Hello'
      ? xml`<d:Hello>${description(device)}</d:Hello>`
      : xml`<d:Bye>${endpoint(device)}</d:Bye>`;
  const header = xml`
    <wsa:MessageID>${messageId}</wsa:MessageID>
    <wsa:To>${EVERYONE}</wsa:To>
    <wsa:Action>${DISCOVERY}/${kind}</wsa:Action>`;
  return datagram(header, content, sequence);
}

function description(device: DiscoverableDevice): Markup {
  return xml`
    ${endpoint(device)}
    <d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
    <d:Scopes>${device.scopes.join(' ')}</d:Scopes>
    <d:XAddrs>${device.xaddrs.join(' ')}</d:XAddrs>
    <d:MetadataVersion>1</d:MetadataVersion>`;
}

function endpoint({ uuid }: DiscoverableDevice): Markup {
  const address = `urn:uuid:${bareUuid(uuid)}`;
  return xml`<wsa:EndpointReference><wsa:Address>${address}</wsa:Address></wsa:EndpointReference>`;
}

function datagram(header: Markup, content: Markup, sequence: AppSequence): Buffer {
  const { instanceId, messageNumber } = sequence;
  const namespaces = {
    s: NAMESPACES.s,
    wsa: ADDRESSING,
    d: DISCOVERY,
    dn: NETWORK,
    tds: NAMESPACES.tds,
  };
  const order = xml`<d:AppSequence InstanceId="${instanceId}" MessageNumber="${messageNumber}"/>`;
  const message = xml`<s:Header>${header}${order}</s:Header><s:Body>${content}</s:Body>`;
  return Buffer.from(document('s:Envelope', namespaces, message));
}
