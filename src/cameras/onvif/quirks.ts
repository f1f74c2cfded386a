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
}
