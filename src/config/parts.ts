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

/** The ids of the items of a list. */
export function idsOf(items: unknown): string[] {
  return list(items).flatMap((item) => text(part(item)?.['id']) ?? []);
}

/** Tells each name in a list by which nothing of `known` goes. */
export function checkKnown(
  what: string,
  known: readonly string[],
  named: unknown,
  report: Report,
): void {
  list(named).forEach((item, index) => {
    const name = text(item);
    if (name === undefined || known.includes(name)) return;
    report([index], `there is no ${what} ${name}`);
  });
}

/** The places of names that stand further up in the list already. */
export function repeated(names: readonly (string | undefined)[]): number[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (name === undefined) return [];
    if (seen.has(name)) return [index];
    seen.add(name);
    return [];
  });
}

/** Whose problems lie below `path`. */
export function below(report: Report, ...path: readonly (string | number)[]): Report {
  return (rest, message) => report([...path, ...rest], message);
}
