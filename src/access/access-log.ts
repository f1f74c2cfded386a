import type { Actor, Journal, JsonObject } from '../journal/record.ts';

/** Records a change of who may come in. When it throws, the change is not made. */
export type AccessLog = (kind: string, data: JsonObject) => void;

export const NO_ACCESS_LOG: AccessLog = () => undefined;

/** Records in the journal, in the name of `actor`. */
export function journalAccess(journal: Journal, actor: Actor): AccessLog {
  return (kind, data) => {
    journal.append({ kind, actor, data });
  };
}
