interface Page {
  readonly before?: string | undefined;
  readonly limit: number;
}

/**
 * Of a list that goes on growing: all that is going on and the newest that is over; or, before one of
 * these, what is over alone.
 *
 * @param all oldest first, as the answer is.
 */
export function paged<T extends { readonly id: string }>(
  all: readonly T[],
  isOver: (each: T) => boolean,
  { before, limit }: Page,
): T[] {
  const end = before === undefined ? all.length : all.findIndex(({ id }) => id === before);
  const over = all.slice(0, Math.max(end, 0)).filter(isOver);
  const page = new Set(over.slice(Math.max(over.length - limit, 0)));
  return all.filter((each) => page.has(each) || (before === undefined && !isOver(each)));
}
