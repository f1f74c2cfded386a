/**
 * The worker thread in which the onvif package runs: what it does to the event loop and to the
 * process when a camera answers oddly is done here, not beside the video.
 */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { codeOf, describe, LiveViewError } from '../../core/errors.ts';
import { CALLS } from './calls.ts';
import type { Failure, FromWorker, ToWorker } from './messages.ts';
import { type CallOptions, OnvifSession } from './session.ts';

type AnyCall = (session: OnvifSession, args: object, options: CallOptions) => Promise<unknown>;

const port = parentPort;
const sessions = new Map<number, OnvifSession>();

port?.on('message', (message: ToWorker) => {
  if (message.kind === 'ping') return send({ kind: 'pong' });
  if (message.kind === 'open') {
    const { camera, endpoint } = message;
    const reading = () => send({ kind: 'reading', camera });
    sessions.set(camera, new OnvifSession(endpoint, systemClock, reading));
  } else if (message.kind === 'close') {
    sessions.get(message.camera)?.close();
    sessions.delete(message.camera);
  } else {
    call(message).then(
      (result) => send({ kind: 'result', id: message.id, result }),
      (error) => send({ kind: 'failure', id: message.id, failure: toFailure(error) }),
    );
  }
});
send({ kind: 'ready' });

async function call(message: Extract<ToWorker, { kind: 'call' }>): Promise<unknown> {
  const session = sessions.get(message.camera);
  if (!session) throw new LiveViewError('camera-unreachable', 'the camera was closed');
  const run: AnyCall = CALLS[message.name] as AnyCall;
  return withDeadline(systemClock, `the camera (${message.name})`, message.timeoutMs, (signal) =>
    run(session, message.args, { signal }),
  );
}

function toFailure(error: unknown): Failure {
  const context = error instanceof LiveViewError ? error.context : {};
  return { code: codeOf(error), message: describe(error), context: { ...context } };
}

function send(message: FromWorker): void {
  port?.postMessage(message);
}
