import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Credentials } from '../../core/secret.ts';
import type { CallArgs, CallName, CallResult } from './calls.ts';
import type { Endpoint } from './soap-client.ts';
import { WorkerSlot } from './worker-slot.ts';

export interface OnvifWorkerPoolOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Number of worker threads; cameras are divided among them. One unless told. */
  readonly size?: number;
  /** The compiled worker; beside this file unless told. */
  readonly workerUrl?: URL;
  /** A worker that is silent for this long is replaced; two seconds unless told. */
  readonly stallMs?: number;
}

export interface CameraAddress {
  /** Its id, for errors and the log. */
  readonly camera: string;
  readonly host: string;
  readonly port: number;
  readonly https?: boolean;
  readonly credentials?: Credentials;
}

/** Calls to one camera, wherever its worker is at the moment. */
export interface OnvifConnection {
  /**
   * Rejects after `timeoutMs` at the latest, whatever the camera and the worker do.
   *
   * @throws CameraError
   */
  call<N extends CallName>(name: N, args: CallArgs<N>, timeoutMs: number): Promise<CallResult<N>>;
  /** Forgets the camera in the worker; calls under way end as they may. */
  close(): void;
}

const STALL_MS = 2_000;

interface Placed {
  readonly address: CameraAddress;
  readonly slot: WorkerSlot;
}

/**
 * The worker threads in which the ONVIF library runs. They are started when first needed. One that
 * stalls or dies is replaced, and its cameras connect again at their next call. A camera whose
 * answer did that goes to a thread for such cameras, and does not keep the others waiting again.
 */
export class OnvifWorkerPool {
  readonly #log: Logger;
  readonly #slots: readonly WorkerSlot[];
  readonly #apart: WorkerSlot;
  readonly #placed = new Map<number, Placed>();
  #lastCamera = 0;
  #closed = false;

  constructor(options: OnvifWorkerPoolOptions) {
    const { clock, log, size = 1, stallMs = STALL_MS } = options;
    const workerUrl = options.workerUrl ?? new URL('./worker.js', import.meta.url);
    const open = (onvifWorker: number | string) =>
      new WorkerSlot({ clock, log: log.child({ onvifWorker }), workerUrl, stallMs }, (camera) =>
        this.#setApart(camera),
      );
    this.#log = log;
    this.#slots = Array.from({ length: Math.max(1, size) }, (_, index) => open(index));
    this.#apart = open('apart');
  }

  /** Nothing is sent before the first call. */
  connect(address: CameraAddress): OnvifConnection {
    this.#lastCamera += 1;
    const number = this.#lastCamera;
    const slot = this.#slots[number % this.#slots.length];
    if (!slot || this.#closed) throw new LiveViewError('aborted', 'the ONVIF workers are closed');
    this.#place(number, address, slot);
    return {
      call: (name, args, timeoutMs) => {
        const now = this.#placed.get(number)?.slot ?? slot;
        return now.call({ camera: number, label: address.camera, name, args, timeoutMs });
      },
      close: () => {
        this.#placed.get(number)?.slot.remove(number);
        this.#placed.delete(number);
      },
    };
  }

  /** Ends the threads; calls under way reject with `aborted`. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#slots, this.#apart].map((slot) => slot.close()));
  }

  #place(number: number, address: CameraAddress, slot: WorkerSlot): void {
    slot.add(number, toEndpoint(address));
    this.#placed.set(number, { address, slot });
  }

  #setApart(number: number): void {
    const placed = this.#placed.get(number);
    if (!placed || placed.slot === this.#apart) return;
    const { address, slot } = placed;
    this.#log.warn('an answer of this camera was too much for a worker; it is spoken to apart', {
      camera: address.camera,
    });
    slot.remove(number);
    this.#place(number, address, this.#apart);
  }
}

/** The worker needs name and password in the clear to sign with. */
function toEndpoint({ host, port, https = false, credentials }: CameraAddress): Endpoint {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (!credentials) return { host: bare, port, https };
  const { username, password } = credentials;
  return { host: bare, port, https, credentials: { username, password: password.reveal() } };
}
