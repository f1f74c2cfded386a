import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { codeOf } from '../core/errors.ts';
import type { Context } from './context.ts';
import { clientError, refusalOf, refuseSocket } from './refusal.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Answers what never comes to a route, because Node refuses it before: bytes that are no HTTP,
 * headers beyond all bounds.
 */
export class ClientErrors {
  readonly #context: Context;
  /** The newest exchange of each connection. */
  readonly #exchanges = new WeakMap<object, Exchange>();

  constructor(context: Context) {
    this.#context = context;
  }

  attach(server: Server): void {
    server.on('request', (request, response) => {
      this.#exchanges.set(request.socket, { request, response });
    });
    // A request as every other, which the app refuses.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    // Before Node asks for an answer: where there is no TLS yet, none could ever leave.
    server.prependListener('tlsClientError', (_error, socket: Socket) => socket.destroy());
  }

  /** What `error` says of the bytes that came on this socket; it is closed. */
  answer(error: unknown, socket: Socket): void {
    const exchange = this.#exchanges.get(socket);
    const gone = codeOf(error) === 'ECONNRESET' || !socket.writable;
    if (gone || (exchange && !mayAnswer(exchange))) {
      socket.destroy();
      return;
    }
    this.#context.metrics.refusals.inc(1);
    refuseSocket(socket, refusalOf(clientError(error), this.#context));
  }
}

/** Whether an answer now is taken for that of the request that is wrong, and of no other. */
function mayAnswer({ request, response }: Exchange): boolean {
  return request.complete ? response.writableFinished : !response.headersSent;
}
