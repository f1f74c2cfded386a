/**
 * The `Transport` header (RFC 2326 §12.39).
 *
 *   RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1A2B3C4D
 *   RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;source=192.0.2.1
 *   RTP/AVP;multicast;destination=239.1.2.3;port=7000-7001;ttl=15;source=192.0.2.1
 */
export type TransportKind = 'tcp' | 'udp' | 'multicast';

/** What a SETUP reply says; each field may be missing. */
export interface TransportReply {
  readonly interleaved: readonly [rtp: number, rtcp: number] | undefined;
  readonly serverPorts: readonly [rtp: number, rtcp: number] | undefined;
  readonly source: string | undefined;
  readonly ssrc: number | undefined;
  /** Of multicast: the group, its ports, and how many routers may pass it on. */
  readonly destination: string | undefined;
  readonly groupPorts: readonly [rtp: number, rtcp: number] | undefined;
  readonly ttl: number | undefined;
}

export function tcpTransport(channel: number): string {
  return `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
}

export function udpTransport(port: number): string {
  return `RTP/AVP;unicast;client_port=${port}-${port + 1}`;
}

/** The camera chooses group and ports. */
export function multicastTransport(): string {
  return 'RTP/AVP;multicast';
}

/** Reads the first transport of the header; unknown parameters and unreadable values are skipped. */
export function parseTransport(header: string | undefined): TransportReply {
  const [first = ''] = (header ?? '').split(',');
  const parameters = new Map<string, string>();
  for (const part of first.split(';')) {
    const [name = '', value = ''] = part.split('=', 2);
    parameters.set(name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, ''));
  }
  const ssrc = Number.parseInt(parameters.get('ssrc') ?? '', 16);
  const ttl = Number.parseInt(parameters.get('ttl') ?? '', 10);
  return {
    interleaved: pair(parameters.get('interleaved'), 255),
    serverPorts: pair(parameters.get('server_port'), 65_535),
    source: parameters.get('source') || undefined,
    ssrc: ssrc >= 0 && ssrc <= 0xffffffff ? ssrc : undefined,
    destination: parameters.get('destination') || undefined,
    groupPorts: pair(parameters.get('port'), 65_535),
    ttl: ttl >= 1 && ttl <= 255 ? ttl : undefined,
  };
}

/** `4-5`, or `4`, which means the same. */
function pair(text: string | undefined, max: number): readonly [number, number] | undefined {
  const [, from = '', to = ''] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '') ?? [];
  if (from === '') return undefined;
  const first = Number(from);
  const second = to === '' ? first + 1 : Number(to);
  return first <= max && second <= max ? [first, second] : undefined;
}

export interface SessionHeader {
  readonly id: string;
  /** 60 unless the reply says otherwise (RFC 2326 §12.37). */
  readonly timeoutSeconds: number;
}

/** `12345678;timeout=60`. */
export function parseSession(header: string | undefined): SessionHeader | undefined {
  const [id = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim());
  if (id === '') return undefined;
  const timeout = parameters
    .map((part) => /^timeout\s*=\s*(\d{1,6})$/i.exec(part)?.[1])
    .find(Boolean);
  const timeoutSeconds = Number(timeout ?? 60);
  return { id, timeoutSeconds: timeoutSeconds > 0 ? timeoutSeconds : 60 };
}
