import { readFileSync } from 'node:fs';

/** How many connections whoever listens at `port` has with an IPv4 `address`; those that it closed do not count: proc(5). */
export function connectionsOf(address: string, port: number): number {
  const peer = Buffer.from(address.split('.').map(Number).reverse()).toString('hex').toUpperCase();
  const own = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1);
  return rows.filter((row) => {
    const [, local = '', remote = '', , , , , , , inode = '0'] = row.trim().split(/\s+/);
    return local.endsWith(own) && remote.startsWith(`${peer}:`) && inode !== '0';
  }).length;
}
