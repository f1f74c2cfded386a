import type { Agent } from 'node:http';
import { codeOf, describe, isError } from '../../core/errors.ts';
import { HttpSigner } from '../../core/http-signer.ts';
import { rememberSecret, Secret } from '../../core/secret.ts';
import { find, parseXml, type XmlElement } from '../xml.ts';
import { CameraError } from './camera-error.ts';
import { CappedHttpAgent, CappedHttpsAgent, MAX_REPLY_BYTES } from './capped-agent.ts';
import { Cam } from './onvif-package.ts';
import {
  addressingXml,
  envelope,
  faultOf,
  NAMESPACES,
  type Operation,
  operationXml,
  type PlainCredentials,
} from './soap.ts';

/** Where a camera is. Every request goes to this host and port, whatever addresses it gives out. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly https: boolean;
  readonly credentials?: PlainCredentials;
}

/**
 * Connections that do not wait for each other: what is urgent passes whatever waits for an answer, and
 * events are waited for on purpose.
 */
export type Lane = 'usual' | 'urgent' | 'events';

export interface Post {
  readonly path: string;
  readonly operation: Operation;
  /** The camera's clock now; absent for an operation without authentication. */
  readonly deviceUnixMs?: number;
  readonly lane?: Lane;
  readonly signal: AbortSignal;
}

/** What `Cam` really has besides what its types tell. Version 0.8.3, pinned. */
interface RawCam {
  _request(options: { action: string; body: string; url: object }, callback: RawCallback): void;
  /** The `Authorization` for a request that was answered with these challenges. */
  digestAuth: (challenges: string[], request: { method: string; path: string }) => string;
}

type RawCallback = (error: unknown, data?: unknown, xml?: string, status?: number) => void;

/** Network errors of Node that mean that the connection was lost rather than refused. */
const LOST: readonly string[] = ['ECONNRESET', 'EPIPE'];

/**
 * SOAP over HTTP through the onvif package, of which the transport is used; what a camera answers is
 * not read by it (`onvif-package.ts`), and its HTTP Digest, which gives up on several challenges,
 * qop lists and MD5-sess, is ours.
 *
 * Its typed calls are not: they throw inside callbacks on unexpected shapes, which would end the
 * worker for all cameras; they coerce tokens and versions to numbers; they send axes nobody asked
 * for. Through `_request` what is asked is what goes on the wire, and the raw answer is what is read.
 */
export class SoapClient {
  readonly #endpoint: Endpoint;
  readonly #cam: RawCam;
  readonly #agents: Readonly<Record<Lane, Agent>>;
  readonly #onAnswer: () => void;

  /** @param onAnswer called before an answer is read, which may be what stalls the thread */
  constructor(endpoint: Endpoint, onAnswer: () => void) {
    this.#endpoint = endpoint;
    this.#onAnswer = onAnswer;
    const { username, password = '' } = endpoint.credentials ?? {};
    // In the worker, which is a thread with a memory of its own.
    rememberSecret(password, username);
    const agent = () => (endpoint.https ? new CappedHttpsAgent() : new CappedHttpAgent());
    this.#agents = { usual: agent(), urgent: agent(), events: agent() };
    this.#cam = new Cam({
      hostname: endpoint.host,
      port: endpoint.port,
      useSecure: endpoint.https,
      autoconnect: false,
      preserveAddress: true,
      ...endpoint.credentials,
    }) as unknown as RawCam;
    this.#cam.digestAuth = digestOf(endpoint);
  }

  /** The `…Response` element. @throws CameraError */
  async post(post: Post): Promise<XmlElement> {
    try {
      return await this.#once(post);
    } catch (error) {
      const again = error instanceof CameraError && error.context['lost'] === true;
      if (!again || post.signal.aborted) throw error;
      // a kept connection that the camera closed just then
      return this.#once(post);
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #once({ path, operation, deviceUnixMs, lane = 'usual', signal }: Post): Promise<XmlElement> {
    const { host, port, credentials } = this.#endpoint;
    const signed = deviceUnixMs === undefined ? undefined : credentials;
    const agent = this.#agents[lane];
    const { addressing } = operation;
    const header = addressing && addressingXml(addressing);
    return new Promise((resolve, reject) => {
      const request = {
        action: addressing?.action ?? `${NAMESPACES[operation.service]}/${operation.name}`,
        body: envelope(operationXml(operation), signed, deviceUnixMs, header),
        url: { hostname: host, port, path, agent, signal },
      };
      this.#cam._request(request, (error, _data, xml, status) => {
        this.#onAnswer();
        try {
          resolve(read(operation, error, xml, status));
        } catch (failure) {
          reject(credentials ? failure : wanting(failure));
        }
      });
    });
  }
}

/** What it throws is given to the callback of the request. */
function digestOf({ credentials }: Endpoint): RawCam['digestAuth'] {
  return (challenges, { method, path }) => {
    if (!credentials) throw new Error('the camera asks for a user name');
    const { username, password } = credentials;
    const known = { username, password: new Secret(password) };
    const signer = new HttpSigner({ credentials: known, allowBasic: false });
    const signature = signer.challenged(challenges) ? signer.sign(method, path) : undefined;
    if (signature === undefined) throw new Error('the camera offers no HTTP Digest that is known');
    return signature;
  };
}

function read({ name }: Operation, error: unknown, xml?: string, status?: number): XmlElement {
  if (xml === undefined || status === undefined) throw withoutAnswer(name, error);
  const body = bodyOf(xml);
  const fault = find(body, 'Fault');
  if (fault) throw faultError(name, fault, status);
  const response = find(body, `${name}Response`);
  if (response) return response;
  throw withoutSoap(name, status);
}

function bodyOf(xml: string): XmlElement | undefined {
  try {
    const root = parseXml(xml, MAX_REPLY_BYTES);
    return root.name === 'Envelope' ? find(root, 'Body') : undefined;
  } catch {
    return undefined;
  }
}

const REFUSED =
  /^(NotAuthorized|SenderNotAuthorized|FailedAuthentication|FailedCheck|InvalidSecurity|InvalidSecurityToken)$/;
const UNSUPPORTED =
  /^(ActionNotSupported|NotSupported|OptionalActionNotImplemented|UnknownAction)$/;

function faultError(name: string, element: XmlElement, status: number): CameraError {
  const fault = faultOf(element);
  const context = { operation: name, status, subcodes: fault.subcodes };
  const text = fault.reason || fault.subcodes.join(', ') || `HTTP ${status}`;
  const refused =
    fault.subcodes.some((code) => REFUSED.test(code)) ||
    /not authori[sz]ed|unauthori[sz]ed/i.test(fault.reason) ||
    status === 401;
  if (refused) return refusal(name, context);
  if (fault.subcodes.some((code) => UNSUPPORTED.test(code))) {
    return new CameraError('not-supported', `the camera does not support ${name}: ${text}`, {
      context,
    });
  }
  return new CameraError('camera-fault', `the camera refused ${name}: ${text}`, { context });
}

function refusal(name: string, context: Record<string, unknown>): CameraError {
  return new CameraError(
    'camera-refused-credentials',
    `the camera refused the user name or password (${name}); check them, and the rights of this user`,
    { context },
  );
}

/** Who gave no user name is not told that it was refused. */
function wanting(error: unknown): unknown {
  if (!(error instanceof CameraError) || error.code !== 'camera-refused-credentials') return error;
  const { context } = error;
  return new CameraError(
    error.code,
    `the camera wants a user name and password (${String(context['operation'])}), and none are given: name them in the configuration, or with --username and --password-env or --password-file`,
    { context },
  );
}

function withoutSoap(name: string, status: number): CameraError {
  const context = { operation: name, status };
  if (status === 401 || status === 403) return refusal(name, context);
  if (status === 404 || status === 405 || status === 501) {
    return new CameraError('not-supported', `the camera does not know ${name} (HTTP ${status})`, {
      context,
    });
  }
  return new CameraError(
    'camera-fault',
    `what the camera answered to ${name} is not ONVIF (HTTP ${status}); is this its ONVIF port?`,
    { context },
  );
}

/** The package gives no answer with these: the network failed, or it gave up on authentication. */
function withoutAnswer(name: string, error: unknown): CameraError {
  if (error instanceof CameraError) return error;
  const context = { operation: name, lost: LOST.includes(codeOf(error)) };
  if (codeOf(error).startsWith('HPE_')) {
    return new CameraError('camera-fault', `the camera's answer to ${name} is not HTTP`, {
      cause: error,
      context,
    });
  }
  if (isNetworkError(error)) {
    return new CameraError(
      'camera-unreachable',
      `the camera cannot be reached: ${describe(error)}`,
      {
        cause: error,
        context,
      },
    );
  }
  return refusal(name, { ...context, reason: describe(error) });
}

/** Also ABORT_ERR: a request that was called off, whose deadline tells the rest. */
function isNetworkError(error: unknown): boolean {
  if (isError(error) && ('syscall' in error || error.name === 'AbortError')) return true;
  return /^(E[A-Z]+|ERR_(TLS|SSL|SOCKET|STREAM|HTTP).*|DEPTH_.*|CERT_.*|UNABLE_.*)$/.test(
    codeOf(error),
  );
}
