import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Authenticator, Denial } from './authenticator.ts';
import { BodyTooLargeError, baseUrl, readBody } from './http.ts';
import { element } from './markup.ts';
import type { StreamProfile } from './profiles.ts';
import { type OnvifService, PATHS } from './service.ts';
import {
  envelope,
  faultEnvelope,
  NAMESPACES,
  OnvifFault,
  parseRequest,
  type SoapRequest,
} from './soap.ts';

export interface RequestHandlerOptions {
  services: readonly OnvifService[];
  authenticator: Authenticator | undefined;
  profiles: readonly StreamProfile[];
  snapshot: (() => Promise<Buffer>) | undefined;
  advertisedHost: string | undefined;
  /** Fires when the device is switched off. */
  signal: AbortSignal;
  logger: Logger;
}

interface Answer {
  status: number;
  body: string | Buffer;
  contentType: string;
  challenges?: readonly string[];
  /** The rest of the request is not worth reading. */
  close?: boolean;
}

const SOAP_TYPE = 'application/soap+xml; charset=utf-8';

/** From an HTTP request to its answer: route, read, authenticate, run, and turn errors into faults. */
export class RequestHandler {
  readonly #options: RequestHandlerOptions;

  constructor(options: RequestHandlerOptions) {
    this.#options = options;
  }

  /** Never throws; a client that hangs up is no error. */
  handle(http: IncomingMessage, response: ServerResponse): void {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#options.signal]);
    this.#answer(http, signal)
      .catch((error) => this.#failure(error))
      .then((answer) => write(response, answer))
      .catch((error) => this.#options.logger.debug('answer not sent', { error }));
  }

  async #answer(http: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const path = http.url ?? '';
    if (http.method === 'GET' && path.startsWith(`${PATHS.snapshot}/`)) return this.#snapshot(http);
    const known = this.#options.services.some(
      (service) => path === service.path || path.startsWith(`${PATHS.subscription}/`),
    );
    if (!known) return plain(404, 'there is nothing here');
    if (http.method !== 'POST') return plain(405, 'SOAP comes by POST');
    const soap = parseRequest(await readBody(http));
    return this.#call(http, soap, signal);
  }

  async #call(http: IncomingMessage, soap: SoapRequest, signal: AbortSignal): Promise<Answer> {
    const { name, namespace } = soap.body;
    const service = this.#serviceFor(http.url ?? '', name, namespace);
    const open = service?.open?.includes(name) ?? false;
    const denial = open ? undefined : this.#options.authenticator?.denial(http, soap.header);
    if (denial) return this.#denied(denial, name);
    const operation =
      service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    if (!service || !operation) {
      throw new OnvifFault('Receiver', ['ActionNotSupported'], `${name} is not implemented`);
    }
    const base = baseUrl(http.socket, this.#options.advertisedHost);
    const content = await operation({ body: soap.body, soap, http, base, signal });
    const prefix = service.answersAs?.[name] ?? service.prefix;
    const answered = element(`${prefix}:${name}Response`, {}, content);
    return { status: 200, body: envelope(answered, soap), contentType: SOAP_TYPE };
  }

  /** The one that goes by the namespace, unless the one at this address has it under another's name. */
  #serviceFor(path: string, name: string, namespace: string): OnvifService | undefined {
    const { services } = this.#options;
    const here = services.find((one) => one.path === path);
    const alias = here?.answersAs?.[name];
    if (alias !== undefined && NAMESPACES[alias] === namespace) return here;
    return services.find((one) => one.namespace === namespace);
  }

  async #snapshot(http: IncomingMessage): Promise<Answer> {
    const denial = this.#options.authenticator?.denial(http, undefined);
    if (denial) return this.#denied(denial, 'snapshot');
    const token = /\/([^/?]+)\.jpg$/.exec(http.url ?? '')?.[1] ?? '';
    const { snapshot, profiles } = this.#options;
    if (!snapshot || !profiles.some((one) => encodeURIComponent(one.token) === token)) {
      return plain(404, 'there is no such picture');
    }
    return { status: 200, body: await snapshot(), contentType: 'image/jpeg' };
  }

  #denied({ fault, status, challenges, reason }: Denial, what: string): Answer {
    this.#options.logger.debug('not authorised', { what, reason });
    return { status, body: faultEnvelope(fault), contentType: SOAP_TYPE, challenges };
  }

  #failure(error: unknown): Answer {
    if (error instanceof OnvifFault) {
      return { status: error.httpStatus, body: faultEnvelope(error), contentType: SOAP_TYPE };
    }
    if (error instanceof BodyTooLargeError) return { ...plain(413, error.message), close: true };
    this.#options.logger.debug('request failed', { error });
    const fault = new OnvifFault('Receiver', ['Action'], describe(error));
    return { status: 500, body: faultEnvelope(fault), contentType: SOAP_TYPE };
  }
}

function plain(status: number, text: string): Answer {
  return { status, body: `${text}\n`, contentType: 'text/plain; charset=utf-8' };
}

function write(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const body = Buffer.from(answer.body);
  const challenges = answer.challenges ?? [];
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType,
    'Content-Length': body.length,
    ...(challenges.length > 0 ? { 'WWW-Authenticate': [...challenges] } : {}),
    ...(answer.close ? { Connection: 'close' } : {}),
  });
  response.end(body);
}
