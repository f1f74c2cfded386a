import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import { canonicalJson } from './canonical.ts';
import type { AnyEntry, Json, JsonObject, Role } from './record.ts';

/**
 * What is read back, from the database or from an export, is believed no more than what comes from
 * a network: shape first, then that the text is the canonical one. A text that differs from the
 * canonical text and still parses to the same value would otherwise be a change that no hash sees.
 */
const hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));
const object = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null);

const actor = z.strictObject({
  user: z.string(),
  /** Of a later version too: whoever reads the journal is not to judge what roles there are. */
  role: z.custom<Role>((value) => typeof value === 'string'),
  controlRoom: z.exactOptional(z.string()),
  address: z.exactOptional(z.string()),
});

export const contentSchema = z.strictObject({ actor, data: object, salt: hex(32) });

const seal = {
  seq: z.int().min(1),
  timeUnixUs: z.int(),
  kind: z.string().min(1),
  incident: z.exactOptional(z.string()),
  previousHash: hex(64),
  hash: hex(64),
};
const entrySchema = z.strictObject({ ...seal, ...contentSchema.shape });
const bareSchema = z.strictObject({ ...seal, content: hex(64) });

/** An entry of which every field has its shape. @throws LiveViewError `journal-damaged` */
export function parseEntry(value: unknown, seq: number): AnyEntry {
  const schema = isObject(value) && 'content' in value ? bareSchema : entrySchema;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw damaged(seq, 'a field is missing or malformed', parsed.error);
  return parsed.data;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The value of a canonical text. @throws LiveViewError `journal-damaged` for any other text. */
export function parseCanonical(text: string, seq: number): unknown {
  try {
    const value: Json = JSON.parse(text);
    if (canonicalJson(value) === text) return value;
  } catch (cause) {
    throw damaged(seq, 'its text is not canonical JSON', cause);
  }
  throw damaged(seq, 'its text is not in canonical form');
}

/** @param seq the entry at which the damage was found; 0 when it cannot be said. */
export function damaged(seq: number, reason: string, cause?: unknown): LiveViewError {
  return new LiveViewError('journal-damaged', `journal entry ${seq}: ${reason}`, {
    context: { seq, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
