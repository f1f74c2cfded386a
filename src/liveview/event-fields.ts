import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import { shortened } from '../core/printable.ts';
import { id, MAX_CAMERAS, MAX_TILES, whole } from './actions.ts';
import { REASON_CODES } from './reasons.ts';

/** What the data of many kinds of events is made of, with its bounds. */
export const text = whole.trim().max(4_000);
export const time = z.iso.datetime();
export const cameras = z.array(id).max(MAX_CAMERAS);
export const optional = z.exactOptional;

const tile = z.union([
  z.strictObject({ camera: id }),
  z.strictObject({ plan: id }),
  z.strictObject({ image: id }),
  z.strictObject({ empty: z.literal(true) }),
]);
export const tiles = z.array(tile).max(MAX_TILES);

export const args = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export const reasonCode = optional(z.enum(REASON_CODES));

/** What is wrong may quote what was sent. */
const MAX_REFUSAL = 300;

/** @param what names it in the refusal. @throws LiveViewError `invalid-request` that says which field is wrong. */
export function parse<T extends z.ZodType>(what: string, schema: T, data: unknown): z.output<T> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const wrong = `${what}: ${field} ${issue?.message ?? ''}`.trim();
  throw new LiveViewError('invalid-request', shortened(wrong, MAX_REFUSAL));
}
