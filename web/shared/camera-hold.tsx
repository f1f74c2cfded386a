import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { CameraView, HolderView, RequestHandle } from '../../src/client/index.ts';
import { type Asked, holderName, refusalOf } from './hands.ts';
import { useHolder } from './holder-badge.tsx';
import { useTexts } from './i18n.tsx';
import type { LiveDesk } from './live-desk.ts';
import type { Texts } from './texts-nl.ts';

export interface CameraHoldProps {
  readonly desk: LiveDesk;
  readonly camera: CameraView;
  /** What it is asked for; required for a control room. */
  readonly incident?: string;
  readonly onState?: (handle: RequestHandle) => void;
  /** More that can be done about who has it. */
  readonly children?: ComponentChildren;
}

/**
 * Who has the camera, and a button to take it or to let go of it. Give it the camera as its `key`: what became of
 * asking is of one camera.
 */
export function CameraHold(props: CameraHoldProps) {
  const { desk, camera, children } = props;
  const texts = useTexts();
  const holder = useHolder(desk, camera.id);
  const { asked, take } = useTaking(props);
  if (camera.ptz === null) return null;
  const isYours = holder?.who === 'you';
  const refusal = asked && refusalOf(asked, holder ?? null, desk.session, texts);
  const isWaiting = asked?.state === 'pending' && !isYours;
  return (
    <div class="camera-hold" data-testid="camera-hold">
      <p role="status" data-testid="hold-state">
        {stateWords(desk, holder, texts)}
        {isWaiting && ` ${texts.hands.ask}: ${texts.states.pending}.`}
      </p>
      <div class="buttons">
        {/* One button for both, so that it keeps the focus; a key that is held presses it once. */}
        <button
          type="button"
          data-testid={isYours ? 'hold-free' : 'hold-take'}
          disabled={holder === undefined}
          onKeyDown={(event) => {
            if (event.repeat) event.preventDefault();
          }}
          onClick={() => (isYours ? desk.client.free(camera.id) : take())}
        >
          {buttonWords(desk, holder, texts)}
        </button>
        {children}
      </div>
      <p class="problem" role="alert" data-testid="hold-refusal">
        {refusal}
      </p>
    </div>
  );
}

/** Asks for the camera; and what became of that. */
function useTaking({ desk, camera: { id }, incident, onState }: CameraHoldProps) {
  const [asked, setAsked] = useState<Asked>();
  const take = () =>
    desk.client.request({
      ...{ action: 'ptz.take', camera: id },
      ...(incident === undefined ? {} : { incident }),
      onState: (handle) => {
        const { state, reasonCode: code, reason = state } = handle;
        const holder = desk.atDesk.state.controls.get(id)?.holder ?? null;
        setAsked({ state, reason: { code, message: reason }, holder });
        desk.hands.asked(handle);
        onState?.(handle);
      },
    });
  return { asked, take };
}

type Holder = HolderView | null | undefined;

function stateWords({ session }: LiveDesk, holder: Holder, texts: Texts): string {
  if (holder === undefined) return texts.hands.unknown;
  if (holder === null) return texts.hands.nobody;
  if (holder.who === 'you') return texts.hands.yours;
  return `${texts.hands.heldBy(holderName(holder, session, texts))}.`;
}

function buttonWords({ session }: LiveDesk, holder: Holder, { hands }: Texts): string {
  if (holder?.who === 'you') return hands.letGo;
  if (session.side === 'police') return hands.ask;
  return holder?.who === 'room' ? hands.takeOver : hands.take;
}
