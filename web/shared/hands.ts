import type { HolderView, RequestHandle, SessionView } from '../../src/client/index.ts';
import { inWords, type Reason } from './reasons.ts';
import { Store } from './store.ts';
import type { Texts } from './texts-nl.ts';

/** A camera that this person had, and how they lost it: to somebody, or for a reason. */
export type Loss = { readonly camera: string } & (
  | { readonly to: HolderView }
  | { readonly why: Reason }
);

interface HolderChange {
  readonly camera: string;
  readonly before: HolderView | null | undefined;
  readonly now: HolderView | null;
  /** Nobody has it any more. */
  readonly why: string | undefined;
}

/** Nobody has it any more, and they did not let go of it themselves. */
const TOLD: ReadonlySet<string> = new Set(['control-forced', 'handed-over', 'asker-gone']);

/** What somebody at a console is told of cameras that were in their hands. */
export class Hands {
  readonly store = new Store<{ readonly lost: Loss | null }>({ lost: null });

  /** Who has a camera changed. */
  changed({ camera, before, now, why }: HolderChange): void {
    if (now?.who === 'you') this.#found(camera);
    else if (before?.who !== 'you') return;
    else if (now) this.store.set({ lost: { camera, to: now } });
    else if (why !== undefined && TOLD.has(why)) this.#lost(camera, { code: why, message: why });
  }

  /** Something became of a camera that was asked for in so many words: it is missed when it was idle, too. */
  asked({ options: { camera }, reason = '', reasonCode: code }: RequestHandle): void {
    if (camera !== undefined && code === 'control-idle')
      this.#lost(camera, { code, message: reason });
  }

  seen(): void {
    this.store.set({ lost: null });
  }

  #lost(camera: string, why: Reason): void {
    this.store.set({ lost: { camera, why } });
  }

  #found(camera: string): void {
    if (this.store.state.lost?.camera === camera) this.seen();
  }
}

/** Whose hands a camera is in, as far as this side may know. */
export function holderName(holder: HolderView, session: SessionView, { hands }: Texts): string {
  const { who, user, controlRoom } = holder;
  if (who === 'you') return hands.you;
  if (session.side === 'police') return who === 'centre' ? hands.centre : hands.somebody;
  const name = user ?? hands.somebody;
  if (controlRoom === undefined) return name;
  const room = session.controlRooms?.find(({ id }) => id === controlRoom);
  return hands.person(name, room?.name ?? controlRoom);
}

/** The same person, or nobody, as before. */
export function isSameHolder(a: HolderView | null, b: HolderView | null): boolean {
  return a?.who === b?.who && a?.user === b?.user && a?.controlRoom === b?.controlRoom;
}

export function lossText(loss: Loss, camera: string, session: SessionView, texts: Texts): string {
  if ('to' in loss) return texts.hands.takenOver(camera, holderName(loss.to, session, texts));
  return texts.hands.lost(camera, inWords(loss.why, texts));
}

/** What became of asking for a camera, as far as that needs words; it holds while the same person has it. */
export interface Asked {
  readonly state: RequestHandle['state'];
  readonly reason: Reason;
  readonly holder: HolderView | null;
}

const REFUSED: ReadonlySet<string> = new Set(['declined', 'failed', 'expired']);

/** Why the camera was not given; undefined when it was, and when that is of the past. */
export function refusalOf(
  { state, reason, holder }: Asked,
  now: HolderView | null,
  session: SessionView,
  texts: Texts,
): string | undefined {
  if (!REFUSED.has(state) || now?.who === 'you' || !isSameHolder(holder, now)) return undefined;
  if (LOST.has(reason.code ?? '')) return undefined;
  if (now && reason.code === 'control-taken') {
    return texts.hands.refused(holderName(now, session, texts));
  }
  return texts.failed(inWords(reason, texts));
}

/** It was given, and taken away later: told elsewhere. */
const LOST: ReadonlySet<string> = new Set(['taken-over', 'handed-over', 'control-forced']);
