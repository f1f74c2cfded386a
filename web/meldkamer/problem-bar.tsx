import { useTexts } from '../shared/i18n.tsx';
import { inWords } from '../shared/reasons.ts';
import { useStore } from '../shared/store.ts';
import type { Room } from './room.ts';

/** What went wrong last, until somebody has seen it. */
export function ProblemBar({ room }: { room: Room }) {
  const texts = useTexts();
  const { problem } = useStore(room.store);
  if (!problem) return null;
  return (
    <p class="problem-bar" role="alert" data-testid="problem">
      {texts.failed(inWords(problem, texts))}
      <button type="button" onClick={() => room.store.set({ problem: null })}>
        {texts.dismiss}
      </button>
    </p>
  );
}
