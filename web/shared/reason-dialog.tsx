import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';

export interface ReasonDialogProps {
  readonly title: string;
  readonly label: string;
  readonly testid: string;
  /** What is often the reason; one of them may be changed before it is sent. */
  readonly suggestions: readonly string[];
  readonly onConfirm: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Something is declined, which is not done without saying why. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, label, testid, suggestions, onConfirm, onClose } = props;
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={title}
      confirm={title}
      danger
      testid={testid}
      disabled={reason.trim() === ''}
      onConfirm={() => onConfirm(reason.trim())}
      onClose={onClose}
    >
      <label>
        {label}
        <input
          name="reason"
          required
          maxLength={500}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <div class="suggestions">
        {suggestions.map((suggestion) => (
          <button
            key={suggestion}
            type="button"
            class="quiet"
            onClick={() => setReason(suggestion)}
          >
            {suggestion}
          </button>
        ))}
      </div>
    </Dialog>
  );
}
