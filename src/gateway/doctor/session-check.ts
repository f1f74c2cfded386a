import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import type { Source } from '../../video/source/source.ts';
import type { SourceTaps } from '../camera.ts';
import { type Failure, failureOf } from './stream-check.ts';

/** More would be a load on the camera, and no gateway asks for more. */
export const MAX_SESSIONS = 4;
const SESSION_MS = 30_000;

export interface SessionReport {
  /** How many were asked for, at most `MAX_SESSIONS`. */
  readonly asked: number;
  /** How many played at the same time. */
  readonly granted: number;
  /** Why there were not more. */
  readonly refusal?: Failure;
  /** Earlier ones that ended when the last was asked for. */
  readonly dropped: number;
}

export interface SessionCheckOptions {
  readonly open: (taps: SourceTaps) => Pick<Source, 'start' | 'stop' | 'state'>;
  readonly clock: Clock;
}

/** Opens one session after the other, until one is refused; all are closed at the end. Never rejects. */
export async function checkSessions(options: SessionCheckOptions): Promise<SessionReport> {
  const open: Pick<Source, 'stop' | 'state'>[] = [];
  const playing = () => open.filter(({ state }) => state.kind === 'playing').length;
  let refusal: Failure | undefined;
  let most = 0;
  try {
    while (open.length < MAX_SESSIONS && refusal === undefined) {
      refusal = await oneMore(options, open);
      most = Math.max(most, playing());
    }
    const refused = refusal === undefined ? 0 : 1;
    const dropped = open.length - refused - playing();
    return { asked: open.length, granted: most, ...(refusal ? { refusal } : {}), dropped };
  } finally {
    await Promise.all(open.map((source) => source.stop()));
  }
}

/** Undefined when it plays. */
async function oneMore(
  { open, clock }: SessionCheckOptions,
  opened: Pick<Source, 'stop' | 'state'>[],
): Promise<Failure | undefined> {
  let settle: (outcome: Failure | undefined) => void = () => undefined;
  const outcome = new Promise<Failure | undefined>((resolve) => {
    settle = resolve;
  });
  const source = open({
    sink: { parameterSets: nothing, accessUnit: nothing, discontinuity: nothing },
    onState: (state) => {
      if (state.kind === 'playing') settle(undefined);
      if (state.kind === 'waiting') settle(failureOf(state.error));
    },
  });
  opened.push(source);
  source.start();
  return withDeadline(clock, 'the camera', SESSION_MS, () => outcome).catch(failureOf);
}

function nothing(): void {}
