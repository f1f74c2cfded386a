/**
 * The port through which what hangs on a camera's relay outputs (a light, a siren, a gate) is switched.
 * The desk is its only holder; the ONVIF adapter is its only implementation besides those of tests.
 */

/** `monostable`: falls back by itself after a delay. `bistable`: stays as it is put. */
export type RelayMode = 'monostable' | 'bistable';

/** What a camera says of one of its outputs; what it does not say is absent. */
export interface RelayOutput {
  readonly token: string;
  readonly mode?: RelayMode;
  readonly delayMs?: number;
  /** How its contact is while the output is off. */
  readonly idle?: 'open' | 'closed';
}

/** An output, and how it is to behave when it is switched on. */
export interface OutputUse {
  /** As the camera calls it; absent for the only one that it has. */
  readonly token?: string;
  /** After this long the camera is to switch it off by itself, if it can. */
  readonly endsAfterMs?: number;
  /** The camera must not switch it off by itself: rather it is not switched on. */
  readonly held?: true;
  /** Left as the camera has it unless given. */
  readonly idle?: 'open' | 'closed';
}

export interface SwitchedOn {
  /** After this long the camera switches it off by itself; absent when it does not. */
  readonly endsAfterMs?: number;
}

/**
 * Every call has its own deadline inside and rejects with a LiveViewError whose `code` is one of those
 * of `CameraControl`; an output that is not there is `not-supported`.
 */
export interface CameraOutputs {
  /** Remembered after the first success; `refresh` asks the camera again. */
  list(refresh?: boolean): Promise<readonly RelayOutput[]>;
  /** Why there is no such output, in words; undefined when there is. A no is never remembered. */
  lacks(use: OutputUse): Promise<string | undefined>;
  /** What the camera calls it: a camera may have another name for it at each of its services. */
  names(use: OutputUse): Promise<readonly string[]>;
  /** Rejects with `aborted`, and nothing comes on, when `off` is called before it is sent. */
  on(use: OutputUse): Promise<SwitchedOn>;
  /** Waits for nothing. */
  off(use: OutputUse): Promise<void>;
}

/** The output that is meant: to the letter, else whatever its case; undefined when it is not there. */
export function outputFor(
  outputs: readonly RelayOutput[],
  token: string | undefined,
): RelayOutput | undefined {
  if (token === undefined) return outputs.length === 1 ? outputs[0] : undefined;
  const like = token.trim().toLowerCase();
  return (
    outputs.find((each) => each.token === token) ??
    outputs.find((each) => each.token.trim().toLowerCase() === like)
  );
}
