import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { AbortedError, describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { CallArgs, CallName, CallResult } from './calls.ts';
import { CameraError, type CameraErrorCode } from './camera-error.ts';
import type { Failure, FromWorker, ToWorker } from './messages.ts';
import type { Endpoint } from './soap-client.ts';

export interface WorkerSlotOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly workerUrl: URL;
  readonly stallMs: number;
}

export interface SlotCall<N extends CallName> {
  readonly camera: number;
  /** The camera's id, for errors. */
  readonly label: string;
  readonly name: N;
  readonly args: CallArgs<N>;
  readonly timeoutMs: number;
}

interface Pending {
  readonly label: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Silence is counted in pings, not in time: our own thread may have been busy, too. */
const PINGS_TO_STALL = 4;
/** A worker that needs longer to load its code on a loaded machine is not coming. */
const START_MS = 15_000;
const MAX_HEAP_MB = 192;

/** One place for a worker thread, which holds a thread when there is work, and the next after it. */
export class WorkerSlot {
  readonly #options: WorkerSlotOptions;
  readonly #endpoints = new Map<number, Endpoint>();
  readonly #pending = new Map<number, Pending>();
  #thread: Thread | undefined;
  #lastCall = 0;

  constructor(options: WorkerSlotOptions) {
    this.#options = options;
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

  #start(): Thread {
    const thread: Thread = new Thread(this.#options, {
      onMessage: (message) => this.#receive(message),
      onGone: (reason) => this.#replace(thread, reason),
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
  #replace(thread: Thread, reason: string): void {
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
  }

  #rejectAll(error: (pending: Pending) => Error): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) pending.reject(error(pending));
  }
}

interface ThreadEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** Once, when it can no longer be used; it has been told to end. */
  readonly onGone: (reason: string) => void;
}

/** A running worker: watched with pings from the moment it is ready. */
class Thread {
  readonly #worker: Worker;
  readonly #options: WorkerSlotOptions;
  readonly #events: ThreadEvents;
  readonly #opened = new Set<number>();
  #timer: Timer;
  #unanswered = 0;
  #gone = false;

  constructor(options: WorkerSlotOptions, events: ThreadEvents) {
    this.#options = options;
    this.#events = events;
    const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB };
    this.#worker = new Worker(options.workerUrl, { resourceLimits, execArgv: [] });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => this.#lost(`failed: ${describe(error)}`));
    this.#worker.on('exit', () => this.#lost('ended'));
    this.#timer = options.clock.setTimer(START_MS, () => this.#lost('did not start'));
  }

  /** The camera is made known once. */
  open(camera: number, endpoint: Endpoint): void {
    if (this.#opened.has(camera)) return;
    this.#opened.add(camera);
    this.post({ kind: 'open', camera, endpoint });
  }

  forget(camera: number): void {
    if (this.#opened.delete(camera)) this.post({ kind: 'close', camera });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  async end(): Promise<void> {
    this.#gone = true;
    this.#timer.cancel();
    await this.#worker.terminate();
  }

  #receive(message: FromWorker): void {
    if (this.#gone) return;
    if (message.kind === 'ready') this.#watch();
    else if (message.kind === 'pong') this.#unanswered = 0;
    else this.#events.onMessage(message);
  }

  #watch(): void {
    this.#timer.cancel();
    const { clock, stallMs } = this.#options;
    this.#timer = clock.setTimer(stallMs / PINGS_TO_STALL, () => {
      if (this.#unanswered >= PINGS_TO_STALL) return this.#lost('stalled');
      this.#unanswered += 1;
      this.post({ kind: 'ping' });
      this.#watch();
    });
  }

  #lost(reason: string): void {
    if (this.#gone) return;
    this.end().catch((error) => this.#options.log.warn('ending an ONVIF worker', { error }));
    this.#events.onGone(reason);
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
