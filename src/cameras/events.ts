/** What a camera tells by itself, of whatever make. */

export interface CameraEvent {
  /** Its path without prefixes, such as `VideoSource/SignalLoss`. */
  readonly topic: string;
  /** What it is about, such as the token of a video source or an input. */
  readonly source: ReadonlyMap<string, string>;
  readonly data: ReadonlyMap<string, string>;
  /**
   * Of a state: as it is (`Initialized`), as it has become, or that there is none any more. Undefined
   * for what happens and is over. `Initialized` is no news, whatever it says.
   */
  readonly operation: 'Initialized' | 'Changed' | 'Deleted' | undefined;
  /** When it happened, by our clock: when it came, where the camera does not say so credibly. */
  readonly unixUs: number;
}

export interface CameraEventListener {
  event(event: CameraEvent): void;
  /** Something may be missed from here on; afterwards states are told anew by cameras that do so. */
  interrupted(): void;
}

/** One subscription at the camera, however many listen; it lasts as long as anybody does. */
export interface CameraEvents {
  /** A state that is known already is told at once, as `Initialized`. @returns leaves */
  listen(listener: CameraEventListener): () => void;
}

/** Whether it says that something is so, a relay that it is active; undefined when it says neither. */
export function stateOf({ data }: CameraEvent): boolean | undefined {
  for (const value of data.values()) {
    const text = value.trim().toLowerCase();
    if (text === 'true' || text === '1' || text === 'active') return true;
    if (text === 'false' || text === '0' || text === 'inactive') return false;
  }
  return undefined;
}
