/** What a client asks for in SETUP, of all that RFC 2326 §12.39 allows. */
export type TransportRequest =
  | { readonly kind: 'tcp'; readonly channels: Pair }
  | { readonly kind: 'udp'; readonly ports: Pair };

/** Media, control. */
export type Pair = readonly [number, number];

/**
 * The first of the alternatives that we can do, or undefined. `Transport: RTP/AVP;multicast,
 * RTP/AVP/TCP;unicast;interleaved=0-1`. Where the media go is never the client's to say: they go to
 * the address that it comes from.
 */
export function chooseTransport(header: string): TransportRequest | undefined {
  for (const alternative of header.split(',').slice(0, MAX_ALTERNATIVES)) {
    const [profile = '', ...params] = alternative.split(';').map((part) => part.trim());
    const chosen = understand(profile.toUpperCase(), params);
    if (chosen) return chosen;
  }
  return undefined;
}

const MAX_ALTERNATIVES = 8;

function understand(profile: string, params: readonly string[]): TransportRequest | undefined {
  const lower = params.map((param) => param.toLowerCase());
  if (lower.includes('multicast') || lower.includes('mode=record')) return undefined;
  if (profile === 'RTP/AVP/TCP') {
    const given = lower.some((param) => param.startsWith('interleaved='));
    const channels = given ? pair(lower, 'interleaved', 254) : ([0, 1] as const);
    return channels && { kind: 'tcp', channels };
  }
  if (profile !== 'RTP/AVP' && profile !== 'RTP/AVP/UDP') return undefined;
  const ports = pair(lower, 'client_port', 65_534);
  return ports && ports[0] > 0 ? { kind: 'udp', ports } : undefined;
}

/** `name=6970-6971`; the second is the next one when it is missing. */
function pair(params: readonly string[], name: string, max: number): Pair | undefined {
  for (const param of params) {
    const [, first, second] = new RegExp(`^${name}=(\\d{1,5})(?:-(\\d{1,5}))?$`).exec(param) ?? [];
    if (first === undefined) continue;
    const low = Number(first);
    const high = second === undefined ? low + 1 : Number(second);
    return low <= max && high <= max + 1 && low !== high ? [low, high] : undefined;
  }
  return undefined;
}
