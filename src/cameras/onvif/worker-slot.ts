import { withDeadline } from '../../core/deadline.ts';
import { AbortedError } from '../../core/errors.ts';
import type { CallArgs, CallName, CallResult } from './calls.ts';
import { CameraError, type CameraErrorCode } from './camera-error.ts';
import type { Failure, FromWorker } from './messages.ts';
import type { Endpoint } from './soap-client.ts';
import { WorkerThread, type WorkerThreadOptions } from './worker-thread.ts';

export interface SlotCall<N extends CallName> {
  readonly camera: number;
  /** The camera's id, for errors. */
  readonly label: string;
  readonly name: N;
  readonly args: CallArgs<N>;
  readonly timeoutMs: number;
}

/** Called when the answer of a camera was too much for a thread. */
export type OnTooMuch = (camera: number) => void;

interface Pending {
  readonly label: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One place for a worker thread, which holds a thread when there is work, and the next after it. */
export class WorkerSlot {
  readonly #options: WorkerThreadOptions;
  readonly #onTooMuch: OnTooMuch;
  readonly #endpoints = new Map<number, Endpoint>();
  readonly #pending = new Map<number, Pending>();
  #thread: WorkerThread | undefined;
  #lastCall = 0;

  constructor(options: WorkerThreadOptions, onTooMuch: OnTooMuch) {
    this.#options = options;
    this.#onTooMuch = onTooMuch;
  }

  add(camera: number, endpoint: Endpoint): void {
    this.#endpoints.set(camera, endpoint);
  }

  remove(camera: number): void {
    this.#endpoints.delete(camera);
    this.#thread?.forget(camera);
  }

  /** @throws CameraError, or AbortedError when the pool is closed meanwhile. */
  call<N extends CallName>(call: SlotCall<N>): Promise<CallResult<N>> {
    const { clock } = this.#options;
    this.#lastCall += 1;
    const id = this.#lastCall;
    const what = `camera ${call.label} (${call.name})`;
    return withDeadline(clock, what, call.timeoutMs, () => this.#send(id, call)).finally(() =>
      this.#pending.delete(id),
    );
  }

  async close(): Promise<void> {
    this.#endpoints.clear();
    const thread = this.#thread;
    this.#thread = undefined;
    this.#rejectAll(() => new AbortedError('the ONVIF worker'));
    await thread?.end();
  }

  #send<N extends CallName>(id: number, call: SlotCall<N>): Promise<CallResult<N>> {
    const endpoint = this.#endpoints.get(call.camera);
    if (!endpoint) return Promise.reject(new AbortedError(`camera ${call.label}`));
    this.#thread ??= this.#start();
    const thread = this.#thread;
    return new Promise((resolve, reject) => {
      const done = (result: unknown) => resolve(result as CallResult<N>);
      this.#pending.set(id, { label: call.label, resolve: done, reject });
      const { camera, name, args, timeoutMs } = call;
      thread.open(camera, endpoint);
      thread.post({ kind: 'call', id, camera, name, args, timeoutMs });
    });
  }

  #start(): WorkerThread {
    const thread: WorkerThread = new WorkerThread(this.#options, {
      onMessage: (message) => this.#receive(message),
      onGone: (reason, reading) => this.#replace(thread, reason, reading),
    });
    return thread;
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'result') this.#pending.get(message.id)?.resolve(message.result);
    if (message.kind !== 'failure') return;
    const pending = this.#pending.get(message.id);
    pending?.reject(toError(message.failure, pending.label));
  }

  /** What was under way may be what stalled it: callers decide whether to ask again. */
  #replace(thread: WorkerThread, reason: string, reading: number | undefined): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#options.log.warn(`the ONVIF worker ${reason}; it is replaced`, {
      calls: this.#pending.size,
    });
    this.#rejectAll(
      ({ label }) =>
        new CameraError('camera-unreachable', `the ONVIF worker ${reason}; try again`, {
          context: { camera: label, worker: true },
        }),
    );
    if (reading !== undefined) this.#onTooMuch(reading);
  }

  #rejectAll(error: (pending: Pending) => Error): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) pending.reject(error(pending));
  }
}

const CODES: readonly string[] = [
  'camera-unreachable',
  'camera-refused-credentials',
  'camera-fault',
  'not-supported',
  'timeout',
] satisfies CameraErrorCode[];

function toError({ code, message, context }: Failure, camera: string): CameraError {
  const known = CODES.includes(code) ? (code as CameraErrorCode) : 'camera-fault';
  return new CameraError(known, message, { context: { ...context, camera } });
}
