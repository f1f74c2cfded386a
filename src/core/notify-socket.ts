import { type Clock, systemClock, type Timer } from './clock.ts';
import { LiveViewError } from './errors.ts';

/**
 * Tells the service manager how the service is doing: sd_notify(3). Node has no Unix datagram
 * sockets, so the three calls that it takes go to libc. Without `NOTIFY_SOCKET` nothing is loaded and
 * nothing is sent.
 */
export interface Notifier {
  ready(): void;
  /** Before a reload; `ready` follows when it is done. */
  reloading(): void;
  stopping(): void;
  /** One line for `systemctl status`. */
  status(text: string): void;
}

type Send = (state: string) => void;

export async function createNotifier(env: NodeJS.ProcessEnv = process.env): Promise<Notifier> {
  const send = await openSocket(env['NOTIFY_SOCKET']);
  return {
    ready: () => send('READY=1'),
    reloading: () => send(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => send('STOPPING=1'),
    status: (text) => send(`STATUS=${text.replaceAll('\n', ' ')}`),
  };
}

/**
 * Sends `WATCHDOG=1` twice an interval while `healthy` says so: a gateway that no longer serves is
 * restarted by the service manager. Returns how to stop; does nothing when no watchdog is asked for.
 */
export async function startWatchdog(
  healthy: () => boolean,
  env: NodeJS.ProcessEnv = process.env,
  clock: Clock = systemClock,
): Promise<() => void> {
  const intervalUs = Number(env['WATCHDOG_USEC'] ?? 0);
  const forUs = env['WATCHDOG_PID'] === undefined || Number(env['WATCHDOG_PID']) === process.pid;
  if (!(intervalUs > 0) || !forUs) return () => undefined;
  const send = await openSocket(env['NOTIFY_SOCKET']);
  let timer: Timer;
  const beat = () => {
    if (healthy()) send('WATCHDOG=1');
    timer = clock.setTimer(intervalUs / 2000, beat);
  };
  beat();
  return () => timer.cancel();
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
/** `sun_path` of sockaddr_un (unix(7)). */
const MAX_PATH = 108;

async function openSocket(path: string | undefined): Promise<Send> {
  if (!path) return () => undefined;
  const address = unixAddress(path);
  const { default: koffi } = await import('koffi');
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int domain, int type, int protocol)');
  const sendto = libc.func(
    'long sendto(int fd, const uint8_t *data, size_t length, int flags, const uint8_t *address, uint32_t size)',
  );
  const fd: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return (state) => {
    const data = Buffer.from(state);
    sendto(fd, data, data.length, MSG_NOSIGNAL, address, address.length);
  };
}

/**
 *   0                 2
 *   +-----------------+---------------------------+
 *   | AF_UNIX (host)  | path; `@` stands for NUL: |
 *   |                 | an abstract address       |
 *   +-----------------+---------------------------+
 */
function unixAddress(path: string): Buffer {
  const name = Buffer.from(path);
  if (!/^[/@]/.test(path) || name.length >= MAX_PATH) {
    throw new LiveViewError(
      'notify-socket',
      `NOTIFY_SOCKET=${path} is not the address of a socket`,
    );
  }
  if (path.startsWith('@')) name[0] = 0;
  const family = Buffer.from(new Uint16Array([AF_UNIX]).buffer);
  return Buffer.concat([family, name, Buffer.alloc(path.startsWith('@') ? 0 : 1)]);
}
