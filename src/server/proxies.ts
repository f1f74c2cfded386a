import { isIP, SocketAddress } from 'node:net';
import { Networks } from '../core/networks.ts';
import { type Asked, addressOf, unmapped } from './identify.ts';

/**
 * The reverse proxies that are believed when they say for whom they speak. Each adds the address from which it was
 * asked to the end of `X-Forwarded-For`; what stands before that was said by whoever asked.
 */
export class Proxies {
  readonly #trusted: Networks;

  /** @param trusted addresses and networks, as `parseNetwork`. */
  constructor(trusted: readonly string[] = []) {
    this.#trusted = new Networks(trusted);
  }

  isOne(address: string): boolean {
    return this.#trusted.has(address);
  }

  /**
   * Who asks: the last who is no proxy of ours. A proxy that does not say it, or not as an address, is taken to ask
   * for itself.
   */
  clientOf({ socket, headers }: Asked): string {
    const said = [headers['x-forwarded-for'] ?? []].flat().join().split(',');
    let address = addressOf(socket);
    while (this.isOne(address)) {
      const before = parseHop(said.pop()?.trim() ?? '');
      if (before === undefined) return address;
      address = before;
    }
    return address;
  }
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`: the address, as the system writes it. */
function parseHop(text: string): string | undefined {
  const [, inBrackets, dotted] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text) ?? [];
  const address = inBrackets ?? dotted ?? text;
  const version = isIP(address);
  if (version === 0 || (inBrackets !== undefined && version === 4)) return undefined;
  if (version === 4) return address;
  return unmapped(new SocketAddress({ address, family: 'ipv6' }).address);
}
