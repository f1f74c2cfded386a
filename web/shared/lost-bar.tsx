import { lossText } from './hands.ts';
import { useTexts } from './i18n.tsx';
import type { LiveDesk } from './live-desk.ts';
import { useStore } from './store.ts';

export interface LostBarProps {
  readonly desk: LiveDesk;
  readonly cameraName: (id: string) => string;
}

/** Over every page: a camera that was in these hands is no longer, until that was seen. */
export function LostBar({ desk, cameraName }: LostBarProps) {
  const texts = useTexts();
  const { lost } = useStore(desk.hands.store);
  return (
    <div role="alert">
      {lost && (
        <p class="lost-bar" data-testid="lost">
          {lossText(lost, cameraName(lost.camera), desk.session, texts)}
          <button type="button" data-testid="lost-seen" onClick={() => desk.hands.seen()}>
            {texts.dismiss}
          </button>
        </p>
      )}
    </div>
  );
}
