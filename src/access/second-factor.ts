import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fromBase32, matchingStep, toBase32 } from './totp.ts';

/** RFC 4226 §4, R6: 160 bits. */
const SECRET_BYTES = 20;
/** Recovery codes: each opens the door once, when the telephone is lost. */
export const RECOVERY_CODES = 10;
/** 80 bits: SHA-256 alone keeps that from being guessed out of the file. */
const RECOVERY_BYTES = 10;

/** As it is kept with the user. The secret is needed to compute codes, so it cannot be a hash. */
export const secondFactor = z.strictObject({
  secret: z.string().regex(/^[A-Z2-7]{32}$/),
  /** The time step of the last code that was used. */
  lastStep: z.int().min(0),
  /** SHA-256 of the recovery codes that are left. */
  recovery: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(RECOVERY_CODES),
});
export type SecondFactor = z.output<typeof secondFactor>;

export function newTotpSecret(): string {
  return toBase32(randomBytes(SECRET_BYTES));
}

/** Enrolment, once whoever enrols shows with `code` that the app has the secret; undefined when it is wrong. */
export function enrol(
  secret: string,
  code: string,
  unixMs: number,
): { readonly factor: SecondFactor; readonly recoveryCodes: readonly string[] } | undefined {
  const lastStep = matchingStep(fromBase32(secret), code, { unixMs, lastStep: 0 });
  if (lastStep === undefined) return undefined;
  const recoveryCodes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  const recovery = recoveryCodes.map(digestOf);
  return { factor: { secret, lastStep, recovery }, recoveryCodes };
}

/** What is left after `code` is used, which it can be once; undefined when it is wrong. */
export function spend(
  factor: SecondFactor,
  code: string,
  unixMs: number,
): { readonly factor: SecondFactor; readonly by: 'app' | 'recovery-code' } | undefined {
  const typed = code.replace(/[\s-]/g, '');
  const { secret, lastStep } = factor;
  const step = matchingStep(fromBase32(secret), typed, { unixMs, lastStep });
  if (step !== undefined) return { factor: { ...factor, lastStep: step }, by: 'app' };
  const digest = digestOf(code);
  if (!factor.recovery.includes(digest)) return undefined;
  const recovery = factor.recovery.filter((each) => each !== digest);
  return { factor: { ...factor, recovery }, by: 'recovery-code' };
}

/** `XXXX-XXXX-XXXX-XXXX`. */
function newRecoveryCode(): string {
  return (toBase32(randomBytes(RECOVERY_BYTES)).match(/.{4}/g) ?? []).join('-');
}

/** However it is typed: with or without hyphens, in capitals or not. */
function digestOf(code: string): string {
  const plain = code.replace(/[\s-]/g, '').toUpperCase();
  return createHash('sha256').update(plain).digest('hex');
}
