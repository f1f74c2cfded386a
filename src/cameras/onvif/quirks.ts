/** What a camera does otherwise than the specification asks; learnt, saved and given again. */
export interface CameraQuirks {
  /** It refuses a ContinuousMove that names a time-out (some Bosch). */
  readonly refusesTimeout?: boolean;
  /** It refuses pan and tilt together with zoom (some Sony). */
  readonly refusesCombined?: boolean;
  /** It refuses Stop; a zero velocity stops it. */
  readonly lacksStop?: boolean;
  /** It accepts Stop and moves on; a zero velocity follows every Stop. */
  readonly ignoresStop?: boolean;
  /** It offers speeds in fields of view and refuses them. */
  readonly refusesViewSpeed?: boolean;
  /** Its relay outputs stay as they are set up in the camera. */
  readonly refusesRelaySettings?: boolean;
  /** It has a DeviceIO service that switches nothing; its Device service does. */
  readonly relaysByDevice?: boolean;
}

/** The quirks of one camera as far as they are known. */
export class QuirkBook {
  #known: CameraQuirks;
  readonly #suspected = new Set<string>();
  readonly #onLearnt: (quirks: CameraQuirks) => void;

  constructor(
    known: CameraQuirks = {},
    onLearnt: (quirks: CameraQuirks) => void = () => undefined,
  ) {
    this.#known = known;
    this.#onLearnt = onLearnt;
  }

  get known(): CameraQuirks {
    return this.#known;
  }

  /** The camera leaves no doubt. */
  learn(quirk: keyof CameraQuirks): void {
    if (this.#known[quirk]) return;
    this.#known = { ...this.#known, [quirk]: true };
    this.#onLearnt(this.#known);
  }

  /**
   * Something else worked after a refusal. The camera may just have been busy, so it counts at the
   * second time: a time-out that is left out for no reason is a safeguard lost.
   */
  suspect(quirk: keyof CameraQuirks): void {
    if (this.#suspected.has(quirk)) this.learn(quirk);
    this.#suspected.add(quirk);
  }
}
