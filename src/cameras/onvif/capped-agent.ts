import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CameraError } from './camera-error.ts';

/** The largest answer seen in the field, the profiles of a 64-channel recorder, is about half. */
export const MAX_REPLY_BYTES = 512 * 1024;
const MAX_SOCKETS = 4;
/** Cameras close idle connections after 5 to 60 s; closing first avoids writing into a closed one. */
const IDLE_MS = 4_000;

const OPTIONS: http.AgentOptions = {
  keepAlive: true,
  maxSockets: MAX_SOCKETS,
  maxFreeSockets: 1,
  timeout: IDLE_MS,
};

type Connected = (error: Error | null, stream: Duplex) => void;

/** Keeps connections, and cuts one on which an answer grows beyond `MAX_REPLY_BYTES`. */
export class CappedHttpAgent extends http.Agent {
  constructor() {
    super(OPTIONS);
  }

  override createConnection(options: http.ClientRequestArgs, callback?: Connected) {
    return cap(super.createConnection(options, callback));
  }
}

/**
 * The same over TLS. Certificates of cameras are self-signed and name no host that we know, so they
 * are not verified: TLS protects against listeners, and the digests against giving away passwords.
 */
export class CappedHttpsAgent extends https.Agent {
  constructor() {
    super({ ...OPTIONS, rejectUnauthorized: false });
  }

  override createConnection(options: https.RequestOptions, callback?: Connected) {
    return cap(super.createConnection(options, callback));
  }
}

/** Counts per answer: the agent emits `free` when a connection has finished one. */
function cap<T extends Duplex | null | undefined>(stream: T): T {
  const socket = stream as Socket | null | undefined;
  let received = 0;
  socket?.on('free', () => {
    received = 0;
  });
  socket?.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received <= MAX_REPLY_BYTES) return;
    const kilobytes = MAX_REPLY_BYTES / 1024;
    socket.destroy(
      new CameraError('camera-fault', `the camera's answer is longer than ${kilobytes} KiB`),
    );
  });
  return stream;
}
