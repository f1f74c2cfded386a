import { networkOf } from '../access/login-limit.ts';

/** An address; of IPv6 the /48, of which a site may have 65,536 networks (RFC 6177 §2). */
export function siteOf(address: string): string {
  const network = networkOf(address);
  return network.replace(/^((?:[^:]+:){2}[^:]+):[^:]+::\/64$/, '$1::/48');
}
