/** The place that somebody comes from. Of IPv6 the first four groups: whoever has one address of a network has them all (RFC 4291 §2.5.4). */
export function networkOf(address: string): string {
  return address.includes(':') ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** An address; of IPv6 the /48, of which a site may have 65,536 networks (RFC 6177 §2). */
export function siteOf(address: string): string {
  return address.includes(':') ? `${groupsOf(address).slice(0, 3).join(':')}::/48` : address;
}

/** What one party may well have whole: a site, of IPv4 a /24. */
export function widerNetworkOf(address: string): string {
  return siteOf(address).replace(/^(\d+\.\d+\.\d+)\.\d+$/, '$1.0/24');
}

function groupsOf(address: string): string[] {
  const [before = '', after] = (address.split('%')[0] ?? '').split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
}
