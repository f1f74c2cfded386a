import type { LiveRequest } from '../../src/client/index.ts';

/** Something that waits to be decided, in its newest form. */
export interface Question {
  /** Stays the same when it is asked anew. */
  readonly key: string;
  readonly request: LiveRequest;
}

/**
 * What waits, in the order in which it came: what is asked anew keeps its place, and what comes is
 * added at the end, so that nothing moves under a pointer but by what goes.
 *
 * @param before the keys in the order in which they were shown.
 * @param pending newest first.
 */
export function questionsOf(
  before: readonly string[],
  pending: readonly LiveRequest[],
): Question[] {
  const newest = new Map<string, LiveRequest>();
  for (const request of [...pending].reverse()) newest.set(keyOf(request), request);
  const shown = before.filter((key) => newest.has(key));
  const keys = new Set([...shown, ...newest.keys()]);
  return [...keys].flatMap((key) => {
    const request = newest.get(key);
    return request ? [{ key, request }] : [];
  });
}

/**
 * Whether it is still what somebody read: the direction of a joystick may change meanwhile, for
 * whoever accepts a movement accepts every direction; what is to be shown may not.
 */
export function wordsOf({ action, args }: LiveRequest): string {
  return action === 'ptz.move' || action === 'ptz.zoom' ? action : JSON.stringify([action, args]);
}

/** As the gateway tells whether somebody asks the same question anew. */
function keyOf({ user, controlRoom, incident, action, camera, args }: LiveRequest): string {
  return JSON.stringify([user, controlRoom, incident, action, args['tile'] ?? camera]);
}
