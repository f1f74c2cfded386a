import { useState } from 'preact/hooks';
import { ApiError } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';

export interface UploadDialogProps {
  readonly title: string;
  readonly testid: string;
  readonly onUpload: (upload: { name: string; file: Blob; page?: number }) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Sends a picture with its name; which page of a PDF is asked for when the gateway wants to know. */
export function UploadDialog({ title, testid, onUpload, onClose }: UploadDialogProps) {
  const texts = useTexts();
  const [file, setFile] = useState<File>();
  const [name, setName] = useState('');
  const [page, setPage] = useState('');
  const [hasPages, setHasPages] = useState(false);
  const send = async () => {
    if (!file) return;
    try {
      const chosen = page === '' ? {} : { page: Number(page) };
      await onUpload({ name: name.trim(), file, ...chosen });
    } catch (error) {
      if (error instanceof ApiError && /^(choose|no-such)-page$/.test(error.code)) {
        setHasPages(true);
      }
      throw error;
    }
  };
  return (
    <Dialog
      title={title}
      confirm={texts.save}
      testid={testid}
      disabled={!file || name.trim() === ''}
      onConfirm={send}
      onClose={onClose}
    >
      <p class="hint">{texts.plans.addHint}</p>
      <label class="field">
        {texts.plans.file}
        <input
          type="file"
          accept="image/png,image/jpeg,image/webp,application/pdf"
          required
          onChange={({ currentTarget: { files } }) => {
            const chosen = files?.[0];
            setFile(chosen);
            if (chosen && name === '') setName(chosen.name.replace(/\.[^.]*$/, '').slice(0, 120));
          }}
        />
      </label>
      <label class="field">
        {texts.plans.name}
        <input
          type="text"
          value={name}
          maxLength={120}
          required
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      {hasPages && (
        <label class="field">
          {texts.plans.page}
          <input
            type="number"
            min="1"
            value={page}
            required
            onInput={({ currentTarget }) => setPage(currentTarget.value)}
          />
        </label>
      )}
    </Dialog>
  );
}
