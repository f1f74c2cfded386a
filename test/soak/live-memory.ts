import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { LiveviewProcess } from '../support/liveview-process.ts';

/** For Node, so that it can be asked; a port of its own on the loopback. */
export const ASKABLE = '--inspect=127.0.0.1:0';

/**
 * What a process still has after garbage was collected, MiB: how much garbage lies about when nobody is in
 * need of memory is V8's own choice, and rises for half an hour where little is made.
 */
export async function liveMiB(process: LiveviewProcess): Promise<number> {
  const [, url = ''] = await process.logged(/^Debugger listening on (ws:\S+)$/m);
  const socket = new WebSocket(url);
  await once(socket, 'open');
  try {
    await ask(socket, 'HeapProfiler.enable', {});
    await ask(socket, 'HeapProfiler.collectGarbage', {});
    const expression = 'const m = process.memoryUsage(); m.heapUsed + m.external';
    const answer = await ask(socket, 'Runtime.evaluate', { expression: `{ ${expression} }` });
    return Number(answer.result?.result?.value) / 1_048_576;
  } finally {
    socket.terminate();
  }
}

interface Answer {
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

async function ask(socket: WebSocket, method: string, params: object): Promise<Answer> {
  socket.send(JSON.stringify({ id: 1, method, params }));
  for (;;) {
    const [data] = await once(socket, 'message');
    const message = JSON.parse(String(data));
    if (message.id === 1) return message;
  }
}
