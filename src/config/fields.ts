import { z } from 'zod';

/** A description is written once, next to the field that it describes; the documents repeat it. */
export const describe = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description }) as T;

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use 1–63 lower-case letters, digits and hyphens');
