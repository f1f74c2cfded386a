/** What crosses the boundary of the worker. A camera is known there by a number. */
import type { CallName } from './calls.ts';
import type { Endpoint } from './soap-client.ts';

export type ToWorker =
  | { readonly kind: 'open'; readonly camera: number; readonly endpoint: Endpoint }
  | { readonly kind: 'close'; readonly camera: number }
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly camera: number;
      readonly name: CallName;
      readonly args: object;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'ping' };

export type FromWorker =
  | { readonly kind: 'ready' }
  /** Whose answer is read next: when nothing follows, it was too much for the thread. */
  | { readonly kind: 'reading'; readonly camera: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'pong' };

/** An error as plain data; a class does not survive the crossing. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}
