import { z } from 'zod';
import { describe } from './fields.ts';

/** What is removed sooner cannot be asked about by anybody who was affected. */
const FEWEST_DAYS = 30;
const MOST_DAYS = 3_650;

/** How long the journal keeps what it says. */
export const journal = z.strictObject({
  keepDays: describe(
    z.int().min(FEWEST_DAYS).max(MOST_DAYS).default(365),
    'How long the journal keeps who did what, from the close of the incident that it belongs to; days. What remains is that something happened.',
  ),
});
