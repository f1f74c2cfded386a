import { AbortedError } from '../../core/errors.ts';
import { CameraError } from './camera-error.ts';
import { isWorthAnotherTry } from './media-calls.ts';
import type { IsWanted } from './movement-queue.ts';
import type { PtzDescription, PtzVector } from './ptz-calls.ts';
import type { QuirkBook } from './quirks.ts';
import type { OnvifConnection } from './worker-pool.ts';

/** A movement is a small request; a camera that needs longer is not following a joystick. */
export const MOVE_MS = 4_000;

export interface VelocitySend {
  readonly call: OnvifConnection['call'];
  readonly ptz: PtzDescription;
  readonly quirks: QuirkBook;
  readonly velocity: PtzVector;
  readonly expiresMs: number;
  readonly isWanted: IsWanted;
}

/** How a velocity is put: with a time-out or without, in one request or in two. */
interface Manner {
  readonly timeout: boolean;
  readonly split: boolean;
}

/**
 * ContinuousMove in the manner that the camera takes. One that refuses is asked again without the
 * time-out, with pan and tilt apart from zoom, or both; what worked is remembered.
 *
 * @throws CameraError with the first refusal when no manner is taken; AbortedError after Stop.
 */
export async function sendVelocity(send: VelocitySend): Promise<void> {
  const { quirks, isWanted } = send;
  const [first, ...others] = manners(send);
  try {
    return await sendIn(first, send);
  } catch (refusal) {
    if (!isWorthAnotherTry(refusal)) throw refusal;
    for (const manner of likeliestFirst(others, refusal)) {
      if (!isWanted()) throw new AbortedError('the movement');
      if (!(await works(manner, send))) continue;
      if (first.timeout && !manner.timeout) quirks.suspect('refusesTimeout');
      if (!first.split && manner.split) quirks.suspect('refusesCombined');
      return;
    }
    throw refusal;
  }
}

function manners({ quirks, velocity }: VelocitySend): [Manner, ...Manner[]] {
  const { refusesTimeout = false, refusesCombined = false } = quirks.known;
  const combined = velocity.panTilt !== undefined && velocity.zoom !== undefined;
  const first: Manner = { timeout: !refusesTimeout, split: combined && refusesCombined };
  const others: Manner[] = [];
  if (combined && !first.split) others.push({ ...first, split: true });
  if (first.timeout) others.push({ ...first, timeout: false });
  if (others.length === 2) others.push({ timeout: false, split: true });
  return [first, ...others];
}

/** Some cameras say what they do not like. */
function likeliestFirst(others: readonly Manner[], refusal: unknown): readonly Manner[] {
  const subcodes = refusal instanceof CameraError ? refusal.context['subcodes'] : undefined;
  if (!/timeout/i.test(String(subcodes))) return others;
  return [...others].sort((a, b) => Number(a.timeout) - Number(b.timeout));
}

async function works(manner: Manner, send: VelocitySend): Promise<boolean> {
  try {
    await sendIn(manner, send);
    return true;
  } catch (error) {
    if (isWorthAnotherTry(error)) return false;
    throw error;
  }
}

async function sendIn({ timeout, split }: Manner, send: VelocitySend): Promise<void> {
  const { call, ptz, velocity, isWanted } = send;
  const parts = split ? apart(velocity) : [velocity];
  const timeoutMs = timeout ? { timeoutMs: clampTimeout(send) } : {};
  for (const [index, part] of parts.entries()) {
    if (index > 0 && !isWanted()) throw new AbortedError('the movement');
    await call('continuousMove', { profile: ptz.profile, velocity: part, ...timeoutMs }, MOVE_MS);
  }
}

/** Pan and tilt, and zoom, as vectors of their own. */
export function apart({ panTilt, zoom }: PtzVector): PtzVector[] {
  return [...(panTilt ? [{ panTilt }] : []), ...(zoom ? [{ zoom }] : [])];
}

function clampTimeout({ ptz: { timeoutMs }, expiresMs }: VelocitySend): number {
  if (!timeoutMs) return expiresMs;
  return Math.min(timeoutMs.max, Math.max(timeoutMs.min, expiresMs));
}
