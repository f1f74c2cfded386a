import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';

/** What is done cannot be recorded: what that means, for as long as it lasts. */
export function RecordingBar({ since }: { since: string | null }) {
  const texts = useTexts();
  if (since === null) return null;
  return (
    <section class="recording-bar" role="alert" data-testid="not-recorded">
      <h2>{texts.notRecorded}</h2>
      <p>
        {since !== '' && texts.since(clockTime(since))} {texts.notRecordedMeans}
      </p>
    </section>
  );
}
