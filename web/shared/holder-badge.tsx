import type { HolderView } from '../../src/client/index.ts';
import { holderName } from './hands.ts';
import { useTexts } from './i18n.tsx';
import type { LiveDesk } from './live-desk.ts';
import { useStore } from './store.ts';

/** Who has the camera: null when nobody does, undefined while the gateway says nothing. */
export function useHolder(desk: LiveDesk, camera: string): HolderView | null | undefined {
  const { controls } = useStore(desk.atDesk);
  const { state } = useStore(desk.connection);
  return state === 'open' ? (controls.get(camera)?.holder ?? null) : undefined;
}

/** On the tile of a camera: who has it; nothing while it is free, or not known. */
export function HolderBadge({ desk, camera }: { desk: LiveDesk; camera: string }) {
  const texts = useTexts();
  const holder = useHolder(desk, camera);
  if (!holder) return null;
  const name = holderName(holder, desk.session, texts);
  const words = texts.hands.heldBy(name);
  const kind = holder.who === 'you' ? 'holder own' : 'holder';
  return (
    <span class={kind} title={words} data-testid="holder" data-who={holder.who}>
      <span class="visually-hidden">{words}</span>
      <span aria-hidden="true">{name}</span>
    </span>
  );
}
