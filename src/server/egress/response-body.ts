import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Flow } from '../../egress/egress.ts';

/** What can be a picture. Drawings of the consoles are not: no plan is ever served as SVG. */
const MEDIA = /^(image\/(?!svg)|video\/|audio\/|multipart\/|application\/octet-stream)/i;

type Send = (...all: unknown[]) => unknown;

/**
 * Counts the body of an answer as it is handed over, when the answer says that it is a picture or a film,
 * or does not say what it is. @param open called with the first byte.
 */
export function countBody(response: ServerResponse, open: () => Flow): void {
  let type: string | undefined;
  let flow: Flow | undefined;
  const count = (chunk: unknown) => {
    const bytes = lengthOf(chunk);
    if (bytes === 0 || (type !== undefined && !MEDIA.test(type))) return;
    flow ??= open();
    flow.add(bytes);
  };
  const [writeHead, write, end] = [response.writeHead, response.write, response.end].map(
    (each): Send => each.bind(response) as Send,
  ) as [Send, Send, Send];
  response.writeHead = ((...all: unknown[]) => {
    type = typeIn(all.at(-1)) ?? stated(response.getHeader('content-type'));
    return writeHead(...all);
  }) as typeof response.writeHead;
  response.write = ((...all: unknown[]) => {
    if (!response.headersSent) response.writeHead(response.statusCode);
    count(all[0]);
    return write(...all);
  }) as typeof response.write;
  response.end = ((...all: unknown[]) => {
    if (!response.headersSent && lengthOf(all[0]) > 0)
      type = stated(response.getHeader('content-type'));
    count(all[0]);
    return end(...all);
  }) as typeof response.end;
  response.once('close', () => flow?.end());
}

/** In what `writeHead` is given as headers, which `getHeader` does not know. */
function typeIn(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return undefined;
  const all = Object.entries(headers as OutgoingHttpHeaders);
  return stated(all.find(([name]) => name.toLowerCase() === 'content-type')?.[1]);
}

function stated(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function lengthOf(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk);
  return chunk instanceof Uint8Array ? chunk.length : 0;
}
