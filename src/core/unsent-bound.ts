import type { Socket } from 'node:net';
import { describe } from './errors.ts';

const IPPROTO_TCP = 6;
/** tcp(7), since Linux 3.12. */
const TCP_NOTSENT_LOWAT = 25;

/** setsockopt(2) for a whole number: 0, or the number of the error. */
type SetOption = (fd: number, level: number, option: number, value: number) => number;

export interface UnsentBoundOptions {
  /** Below this the system asks for more. */
  readonly bytes: number;
  /** Why nothing is bounded; once. Connections work without it. */
  readonly onFailure: (why: string) => void;
  /** As libc has it unless told. */
  readonly load?: () => Promise<SetOption>;
}

/**
 * How much the system takes from us of a connection before it has sent it. Without a bound that is
 * megabytes, and on a slow line they hide for a minute that it is slow, and cannot be taken back. What is
 * sent and not acknowledged does not count, so a fast line stays as fast. Node has no call for it, so it goes
 * to libc; where that is not Linux's, nothing is bounded. Never rejects.
 */
export async function unsentBound(options: UnsentBoundOptions): Promise<(socket: Socket) => void> {
  const { bytes, onFailure, load = setOptionOfLibc } = options;
  if (process.platform !== 'linux') return () => undefined;
  try {
    const setOption = await load();
    let failed = false;
    return (socket) => {
      const fd = fdOf(socket);
      if (fd === undefined) return;
      const error = setOption(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
      if (error !== 0 && !failed) onFailure(`setsockopt refuses it with error ${error}`);
      failed ||= error !== 0;
    };
  } catch (error) {
    onFailure(describe(error));
    return () => undefined;
  }
}

async function setOptionOfLibc(): Promise<SetOption> {
  const { default: koffi } = await import('koffi');
  const libc = koffi.load('libc.so.6');
  const setsockopt = libc.func(
    'int setsockopt(int fd, int level, int option, const int *value, uint32_t size)',
  );
  return (fd, level, option, value) =>
    setsockopt(fd, level, option, [value], 4) === 0 ? 0 : koffi.errno();
}

/** Undefined when it is closed already. */
function fdOf(socket: Socket): number | undefined {
  const { _handle } = socket as { _handle?: { readonly fd?: number } | null };
  return _handle?.fd !== undefined && _handle.fd >= 0 ? _handle.fd : undefined;
}
