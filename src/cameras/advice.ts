/** What a person can change about a camera or about how it is reached, and why. */
export interface Advice {
  /** Stable; each is explained in docs/guide/cameras.md. */
  readonly code: string;
  readonly text: string;
}

/** Each sentence once, in the order of the first. */
export function distinct(advice: readonly Advice[]): Advice[] {
  return [...new Map(advice.map((each) => [each.text, each])).values()];
}
