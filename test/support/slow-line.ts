import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import koffi from 'koffi';

/** How often it carries something. */
const STEP_MS = 20;
/** What is in a router's queue, and not the megabytes that a receiver on the same machine would offer. */
const QUEUE_BYTES = 64 * 1024;

const setsockopt = koffi
  .load('libc.so.6')
  .func('int setsockopt(int fd, int level, int option, const int *value, uint32_t size)');
const [SOL_SOCKET, SO_RCVBUF] = [1, 8];

/** A TCP relay that carries no more to its clients than `kbps`; from them it carries everything. */
export class SlowLine {
  kbps = Number.POSITIVE_INFINITY;
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<ReturnType<typeof setInterval>>();

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((client) => this.#carry(client));
  }

  static async to(base: string): Promise<SlowLine> {
    const line = new SlowLine(new URL(base));
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #carry(client: Socket): void {
    const { hostname, port } = this.#target;
    const gateway = connect({ host: hostname, port: Number(port) });
    gateway.once('connect', () => {
      const { fd } = (gateway as unknown as { _handle: { fd: number } })._handle;
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, [QUEUE_BYTES], 4);
    });
    client.pipe(gateway);
    let carriedMs = performance.now();
    const carry = () => {
      const nowMs = performance.now();
      const allowed = ((nowMs - carriedMs) * this.kbps) / 8;
      let left = this.kbps === Number.POSITIVE_INFINITY ? this.kbps : Math.floor(allowed);
      if (left < 1) return;
      carriedMs = nowMs;
      while (left > 0 && gateway.readableLength > 0) {
        const chunk: Buffer | null = gateway.read(Math.min(left, gateway.readableLength));
        if (!chunk) break;
        left -= chunk.length;
        client.write(chunk);
      }
    };
    // Paused: no more is read than a stream holds, so that the gateway feels what is not carried.
    gateway.on('readable', carry);
    const timer = setInterval(carry, STEP_MS);
    this.#timers.add(timer);
    for (const socket of [client, gateway]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        client.destroy();
        gateway.destroy();
      });
    }
  }
}
