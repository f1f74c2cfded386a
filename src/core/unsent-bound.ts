import type { Socket } from 'node:net';

const IPPROTO_TCP = 6;
/** tcp(7), since Linux 3.12. */
const TCP_NOTSENT_LOWAT = 25;

/**
 * How much the system takes from us of a connection before it has sent it. Without a bound that is
 * megabytes, and on a slow line they hide for a minute that it is slow, and cannot be taken back. What is
 * sent and not acknowledged does not count, so a fast line stays as fast. Node has no call for it, so it goes
 * to libc; where that is not Linux's, nothing is bounded.
 *
 * @param bytes below this the system asks for more.
 */
export async function unsentBound(bytes: number): Promise<(socket: Socket) => void> {
  if (process.platform !== 'linux') return () => undefined;
  const { default: koffi } = await import('koffi');
  const libc = koffi.load('libc.so.6');
  const setsockopt = libc.func(
    'int setsockopt(int fd, int level, int option, const int *value, uint32_t size)',
  );
  return (socket) => {
    const fd = fdOf(socket);
    if (fd !== undefined) setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, [bytes], 4);
  };
}

/** Undefined when it is closed already. */
function fdOf(socket: Socket): number | undefined {
  const { _handle } = socket as { _handle?: { readonly fd?: number } | null };
  return _handle?.fd !== undefined && _handle.fd >= 0 ? _handle.fd : undefined;
}
