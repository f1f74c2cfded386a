export interface Component {
  /** `name@version`. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** An expression of SPDX. */
  readonly licence: string | undefined;
  readonly dev: boolean;
}

export function readLock(): unknown;
export function componentsOf(lock: unknown): Component[];
export function isAllowed(licence: string | undefined): boolean;
export function licencesDocument(): string;
