import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Clock } from '../src/core/clock.ts';

export interface OnvifTap {
  readonly port: number;
  /** When the next request of this kind passes; Unix µs of the shared clock. */
  next(operation: 'ContinuousMove' | 'Stop'): Promise<number>;
  stop(): Promise<void>;
}

/** Stands between a gateway and a camera and looks at the clock when a request passes. */
export async function tapOnvif(cameraUrl: string, clock: Clock): Promise<OnvifTap> {
  const { hostname, port } = new URL(cameraUrl);
  const sockets = new Set<Socket>();
  const waiting: { readonly sign: string; seen(atUs: number): void }[] = [];
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('data', (chunk) => {
      const atUs = clock.unixUs();
      const text = chunk.toString('latin1');
      for (const wait of waiting.filter(({ sign }) => text.includes(sign))) {
        waiting.splice(waiting.indexOf(wait), 1);
        wait.seen(atUs);
      }
    });
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    next: (operation) => new Promise((seen) => waiting.push({ sign: `<${operation} xmlns`, seen })),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
