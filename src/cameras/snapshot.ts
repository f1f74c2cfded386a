/**
 * The picture that a camera gives out itself, by HTTP. The address is what the camera said, so
 * whatever answers there is not trusted: it has a bound, a deadline (the caller's signal), and must
 * really be a picture. Redirects are not followed; they would lead away from the camera's host.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { HttpSigner } from '../core/http-signer.ts';
import type { Credentials } from '../core/secret.ts';
import { jpegSize } from './jpeg.ts';
import { CameraError } from './onvif/camera-error.ts';

/** A 4K picture in the best quality is about half. */
export const MAX_SNAPSHOT_BYTES = 8 * 1024 * 1024;

interface Reply {
  readonly status: number;
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

/** Asks one camera for pictures; signs at once with the challenge that it gave last. */
export class SnapshotFetcher {
  readonly #signer: HttpSigner | undefined;

  constructor(credentials: Credentials | undefined) {
    this.#signer = credentials && new HttpSigner({ credentials, allowBasic: true });
  }

  /**
   * @param address `http://` or `https://`, without user information.
   * @throws CameraError; the signal's reason when it aborts.
   */
  async fetch(address: string, signal: AbortSignal): Promise<Buffer> {
    const url = new URL(address);
    let reply = await this.#get(url, signal);
    if (reply.status === 401 && this.#signer?.challenged(reply.challenges)) {
      reply = await this.#get(url, signal);
    }
    if (reply.status !== 200) throw refusal(reply.status);
    try {
      jpegSize(reply.body);
    } catch (cause) {
      throw fault('what the camera gave as a snapshot is not a JPEG', cause);
    }
    return reply.body;
  }

  async #get(url: URL, signal: AbortSignal): Promise<Reply> {
    const path = `${url.pathname}${url.search}`;
    const signature = this.#signer?.sign('GET', path);
    try {
      return await get(url, signature === undefined ? {} : { Authorization: signature }, signal);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (cause instanceof CameraError) throw cause;
      throw new CameraError('camera-unreachable', 'the snapshot of the camera cannot be fetched', {
        cause,
      });
    }
  }
}

/** Certificates of cameras are self-signed; see onvif/capped-agent.ts. */
function get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Reply> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { headers, signal, agent: false, rejectUnauthorized: false },
      (response) => void read(response).then(resolve, reject),
    );
    sent.on('error', reject);
    sent.end();
  });
}

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let size = 0;
  // leaving the loop cuts the connection
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_SNAPSHOT_BYTES) throw fault('the snapshot of the camera is too large');
    chunks.push(chunk);
  }
  const challenges = response.headersDistinct['www-authenticate'] ?? [];
  return { status: response.statusCode ?? 0, challenges, body: Buffer.concat(chunks) };
}

function refusal(status: number): CameraError {
  if (status === 401 || status === 403) {
    return new CameraError(
      'camera-refused-credentials',
      'the camera refused the user name or password for its snapshot; check the rights of this user',
      { context: { status } },
    );
  }
  return new CameraError('camera-fault', `the camera answered HTTP ${status} for its snapshot`, {
    context: { status },
  });
}

function fault(message: string, cause?: unknown): CameraError {
  return new CameraError('camera-fault', message, { cause });
}
