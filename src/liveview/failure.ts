import { codeOf, describe } from '../core/errors.ts';
import { isReasonCode, type Reason } from './reasons.ts';

/** Why something that was tried failed. */
export function becauseOf(error: unknown): Reason {
  const code = codeOf(error);
  return { reasonCode: isReasonCode(code) ? code : 'internal-error', reason: describe(error) };
}
