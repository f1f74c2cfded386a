/**
 * A list that was asked for over HTTP, while the live socket went on telling: the answer is as old as
 * its question, so that whatever the socket told since then is newer.
 *
 * @param before the list when the question was asked; `now` the list when the answer came.
 */
export function mergeAnswer<T extends { readonly id: string }>(
  before: readonly T[],
  now: readonly T[],
  answer: readonly T[],
): T[] {
  const told = now.filter((each) => !before.includes(each));
  return [...told, ...answer.filter(({ id }) => !told.some((each) => each.id === id))];
}
