import { z } from 'zod';

/** Somebody says to have read the log of an incident: its first so many notes. */
export const readingEvents = {
  'log.read': z.strictObject({ upTo: z.int().min(1).max(100_000) }),
} as const;
