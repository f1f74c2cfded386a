/** A document as it was read, whose parts may have any type. */
export type Part = Readonly<Record<string, unknown>>;

export function part(value: unknown): Part | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Part)
    : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Tells a problem, and where it is. */
export type Report = (path: readonly (string | number)[], message: string) => void;
