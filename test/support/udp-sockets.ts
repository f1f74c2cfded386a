import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface UdpSocket {
  readonly address: string;
  readonly port: number;
}

/** What a process has bound UDP sockets to, by proc(5). */
export function udpSocketsOf(pid: number): UdpSocket[] {
  const folder = `/proc/${pid}/fd`;
  const inodes = readdirSync(folder).flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1];
    return inode === undefined ? [] : [inode];
  });
  const rows = ['udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1),
  );
  return rows.flatMap((row) => {
    const fields = row.trim().split(/\s+/);
    if (!inodes.includes(fields[9] ?? '')) return [];
    const [address = '', port = ''] = (fields[1] ?? '').split(':');
    const bytes = [...Buffer.from(address, 'hex')];
    return [{ address: bytes.reverse().join('.'), port: Number.parseInt(port, 16) }];
  });
}
