import { BlockList, isIP } from 'node:net';

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** An address, or a network as in RFC 4632 §3.1: `10.0.0.0/8`. Undefined for anything else, and for all addresses at once. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', digits] = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = digits === undefined ? bits : Number(digits);
  if (prefix < 1 || prefix > bits) return undefined;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Some addresses. */
export class Networks {
  readonly #list = new BlockList();

  /** @param networks each as `parseNetwork` reads it; what it does not read is nobody's. */
  constructor(networks: readonly string[]) {
    for (const { address, prefix, family } of networks.flatMap(
      (text) => parseNetwork(text) ?? [],
    )) {
      this.#list.addSubnet(address, prefix, family);
    }
  }

  has(address: string): boolean {
    const [bare = ''] = address.split('%');
    const version = isIP(bare);
    return version !== 0 && this.#list.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  }
}

/**
 * Whether this host (of a URL) is this one whoever says so. By DNS a name is whatever its owner answers, at any moment: a page of
 * theirs comes to any address.
 */
export function isNoName(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare.toLowerCase() === 'localhost' || isIP(bare) !== 0;
}
