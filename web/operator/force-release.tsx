import { useEffect, useState } from 'preact/hooks';
import type { CameraView, HolderView } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { holderName, isSameHolder } from '../shared/hands.ts';
import { useHolder } from '../shared/holder-badge.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';

export interface ForceReleaseProps {
  readonly centre: Centre;
  readonly camera: CameraView;
}

/** For a supervisor: takes the camera out of the hands of others, once they have confirmed that. */
export function ForceRelease({ centre, camera }: ForceReleaseProps) {
  const texts = useTexts();
  const holder = useHolder(centre, camera.id);
  const [from, setFrom] = useState<HolderView>();
  const close = () => setFrom(undefined);
  const isOthers = holder && holder.who !== 'you';
  // What was confirmed is to take it from this person, and from nobody who has it by then.
  const isOver = from !== undefined && !isSameHolder(from, holder ?? null);
  useEffect(() => {
    if (isOver) setFrom(undefined);
  }, [isOver]);
  if (!centre.may('control.force')) return null;
  return (
    <>
      {isOthers && (
        <button
          type="button"
          class="danger"
          data-testid="hold-force"
          onClick={() => setFrom(holder)}
        >
          {texts.hands.force}
        </button>
      )}
      {from && !isOver && (
        <ForceDialog centre={centre} camera={camera} from={from} onClose={close} />
      )}
    </>
  );
}

interface ForceDialogProps extends ForceReleaseProps {
  readonly from: HolderView;
  readonly onClose: () => void;
}

function ForceDialog({ centre, camera, from, onClose }: ForceDialogProps) {
  const texts = useTexts();
  const [note, setNote] = useState('');
  return (
    <Dialog
      title={`${texts.hands.force}: ${camera.name}`}
      confirm={texts.hands.force}
      danger
      testid="force-dialog"
      onConfirm={async () => {
        await centre.api.forceRelease(camera.id, note.trim() || undefined);
      }}
      onClose={onClose}
    >
      <p class="hint">{texts.hands.forceWarning(holderName(from, centre.session, texts))}</p>
      <label>
        {texts.hands.forceNote}
        <textarea
          name="note"
          rows={2}
          maxLength={500}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
    </Dialog>
  );
}
