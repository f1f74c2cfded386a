/**
 * SOAP 1.2 envelopes and faults as ONVIF Core §5.8 wants them.
 *
 *   <s:Envelope><s:Header>Security, Action, MessageID …</s:Header><s:Body><Operation/></s:Body></s:Envelope>
 */
import { LiveViewError } from '../../core/errors.ts';
import { type Markup, xml } from './markup.ts';
import { find, parseXml, textOf, type XmlElement, XmlError } from './xml.ts';

export const NAMESPACES = {
  s: 'http://www.w3.org/2003/05/soap-envelope',
  wsa: 'http://www.w3.org/2005/08/addressing',
  wsnt: 'http://docs.oasis-open.org/wsn/b-2',
  wstop: 'http://docs.oasis-open.org/wsn/t-1',
  xsd: 'http://www.w3.org/2001/XMLSchema',
  tt: 'http://www.onvif.org/ver10/schema',
  tds: 'http://www.onvif.org/ver10/device/wsdl',
  trt: 'http://www.onvif.org/ver10/media/wsdl',
  tr2: 'http://www.onvif.org/ver20/media/wsdl',
  tptz: 'http://www.onvif.org/ver20/ptz/wsdl',
  tev: 'http://www.onvif.org/ver10/events/wsdl',
  tmd: 'http://www.onvif.org/ver10/deviceIO/wsdl',
  ter: 'http://www.onvif.org/ver10/error',
  tns1: 'http://www.onvif.org/ver10/topics',
} as const;

/** A request, read. */
export interface SoapRequest {
  /** The one element in the body. */
  readonly body: XmlElement;
  readonly header: XmlElement | undefined;
  /** WS-Addressing, when the client uses it. */
  readonly action: string | undefined;
  readonly messageId: string | undefined;
}

/** @throws OnvifFault `ter:WellFormed` or a version mismatch. */
export function parseRequest(text: string): SoapRequest {
  const envelope = parseEnvelope(text);
  if (envelope.name !== 'Envelope' || envelope.namespace !== NAMESPACES.s) {
    throw new OnvifFault('VersionMismatch', [], 'this device speaks SOAP 1.2');
  }
  const body = find(envelope, 'Body')?.children[0];
  if (!body) throw new OnvifFault('Sender', ['WellFormed'], 'the body of the message is empty');
  const header = find(envelope, 'Header');
  return {
    body,
    header,
    action: textOf(header, 'Action'),
    messageId: textOf(header, 'MessageID'),
  };
}

function parseEnvelope(text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof XmlError) throw new OnvifFault('Sender', ['WellFormed'], error.message);
    throw error;
  }
}

type FaultCode = 'Sender' | 'Receiver' | 'VersionMismatch';

/** Answered to the client as a SOAP fault; subcodes are in the `ter` namespace, outermost first. */
export class OnvifFault extends LiveViewError {
  readonly fault: FaultCode;
  readonly subcodes: readonly string[];

  constructor(fault: FaultCode, subcodes: readonly string[], reason: string) {
    super('onvif-fault', reason, { context: { fault, subcodes } });
    this.fault = fault;
    this.subcodes = subcodes;
  }

  /** SOAP 1.2 Part 2 §7.5.2.2: the sender's mistakes are 400, all else is 500. */
  get httpStatus(): 400 | 500 {
    return this.fault === 'Sender' ? 400 : 500;
  }
}

/** An argument of the request that the device cannot accept: `ter:InvalidArgVal` and what exactly. */
export function invalidArgument(subcode: string, reason: string): OnvifFault {
  return new OnvifFault('Sender', ['InvalidArgVal', subcode], reason);
}

/** @throws OnvifFault when the element is absent or empty. */
export function required(body: XmlElement, ...path: string[]): string {
  const text = textOf(body, ...path);
  if (text) return text;
  throw new OnvifFault('Sender', ['InvalidArgs'], `${path.join('/')} is missing`);
}

/** The envelope of a response; the addressing headers only when the client sent its own. */
export function envelope(content: Markup, request?: SoapRequest): string {
  const action = request?.action
    ? xml`<wsa:Action>${`${request.action.replace(/Request$/, '')}Response`}</wsa:Action>`
    : undefined;
  const relatesTo = request?.messageId
    ? xml`<wsa:RelatesTo>${request.messageId}</wsa:RelatesTo>`
    : undefined;
  const header = xml`<s:Header>${action}${relatesTo}</s:Header>`;
  const body = xml`<s:Body>${content}</s:Body>`;
  return document('s:Envelope', NAMESPACES, xml`${header}${body}`);
}

export function faultEnvelope(fault: OnvifFault): string {
  const subcode = fault.subcodes.reduceRight<Markup | undefined>(
    (inner, code) => xml`<s:Subcode><s:Value>ter:${code}</s:Value>${inner}</s:Subcode>`,
    undefined,
  );
  return envelope(xml`
    <s:Fault>
      <s:Code><s:Value>s:${fault.fault}</s:Value>${subcode}</s:Code>
      <s:Reason><s:Text xml:lang="en">${fault.message}</s:Text></s:Reason>
    </s:Fault>`);
}

/** A document with its namespaces declared at the root. */
export function document(
  root: string,
  namespaces: Readonly<Record<string, string>>,
  content: Markup,
): string {
  const declared = Object.entries(namespaces).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${declared.join('')}>${content.markup}</${root}>`;
}
