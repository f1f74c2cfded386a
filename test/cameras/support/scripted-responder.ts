import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

const GROUP = '239.255.255.250';

export interface Probe {
  readonly text: string;
  readonly messageId: string;
  readonly types: string;
}

/** A WS-Discovery peer on loopback that answers as the test says. */
export class ScriptedResponder {
  readonly probes: Probe[] = [];
  readonly port: number;
  readonly #ear: Socket;
  readonly #mouth: Socket;

  private constructor(ear: Socket, mouth: Socket, answer: (probe: Probe) => readonly string[]) {
    this.#ear = ear;
    this.#mouth = mouth;
    this.port = ear.address().port;
    ear.on('message', (datagram, from) => this.#hear(String(datagram), from, answer));
  }

  /** @param answer the datagrams to send back for a probe. */
  static async start(answer: (probe: Probe) => readonly string[]): Promise<ScriptedResponder> {
    const ear = createSocket({ type: 'udp4', reuseAddr: true });
    ear.bind({ port: 0, address: GROUP });
    await once(ear, 'listening');
    ear.addMembership(GROUP, '127.0.0.1');
    const mouth = createSocket('udp4');
    mouth.bind({ port: 0, address: '127.0.0.1' });
    await once(mouth, 'listening');
    mouth.setMulticastInterface('127.0.0.1');
    return new ScriptedResponder(ear, mouth, answer);
  }

  /** Says something to everyone. */
  announce(text: string): void {
    this.#mouth.send(text, this.port, GROUP);
  }

  stop(): void {
    this.#ear.close();
    this.#mouth.close();
  }

  #hear(text: string, from: RemoteInfo, answer: (probe: Probe) => readonly string[]): void {
    if (!text.includes(':Probe>')) return;
    const messageId = /MessageID>([^<]*)</.exec(text)?.[1] ?? '';
    const types = /Types>([^<]*)</.exec(text)?.[1] ?? '';
    const probe = { text, messageId, types };
    this.probes.push(probe);
    for (const reply of answer(probe)) this.#mouth.send(reply, from.port, from.address);
  }
}

export interface MatchOptions {
  readonly endpoint?: string;
  readonly xaddrs?: string;
  readonly types?: string;
  readonly scopes?: string;
}

export function match(options: MatchOptions = {}): string {
  const { endpoint = 'urn:uuid:0000-1', xaddrs = 'http://192.0.2.7/onvif/device_service' } =
    options;
  return `<d:ProbeMatch>${endpointXml(endpoint)}<d:Types>${options.types ?? 'dn:NetworkVideoTransmitter'}</d:Types>
    <d:Scopes>${options.scopes ?? ''}</d:Scopes><d:XAddrs>${xaddrs}</d:XAddrs>
    <d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>`;
}

export function matches(relatesTo: string, ...list: string[]): string {
  const header = `<a:RelatesTo>${relatesTo}</a:RelatesTo>`;
  return envelope(header, `<d:ProbeMatches>${list.join('')}</d:ProbeMatches>`);
}

export function hello(
  endpoint: string,
  types = 'dn:NetworkVideoTransmitter',
  xaddrs = 'http://192.0.2.8/onvif/device_service',
): string {
  return envelope(
    '',
    `<d:Hello>${endpointXml(endpoint)}<d:Types>${types}</d:Types>
    <d:XAddrs>${xaddrs}</d:XAddrs></d:Hello>`,
  );
}

export function bye(endpoint: string): string {
  return envelope('', `<d:Bye>${endpointXml(endpoint)}</d:Bye>`);
}

function endpointXml(address: string): string {
  return `<a:EndpointReference><a:Address>${address}</a:Address></a:EndpointReference>`;
}

function envelope(header: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
    xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
    xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`;
}
