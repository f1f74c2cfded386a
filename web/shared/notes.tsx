import { useState } from 'preact/hooks';
import type { Incident } from '../../src/client/index.ts';
import { clockTime } from './format.ts';
import { useTexts } from './i18n.tsx';
import { ReadHere, type Reading, Unread } from './read-marks.tsx';
import { useSubmit } from './submit.ts';

export interface NotesProps {
  readonly notes: Incident['notes'];
  /** Whose it is, in words. */
  readonly writer: (note: Incident['notes'][number]) => string;
  readonly reading: Reading;
  /** Absent where notes can only be read. Whether it was taken: what was not stays in the field. */
  readonly onAdd?: (text: string) => Promise<boolean>;
}

/** The running log of an incident, newest first. */
export function Notes({ notes, writer, reading, onAdd }: NotesProps) {
  const texts = useTexts();
  return (
    <section class="panel" data-testid="notes">
      <h3>{texts.notes}</h3>
      {onAdd && <NoteForm onAdd={onAdd} />}
      <Unread {...reading} />
      {notes.length === 0 && <p class="hint">{texts.noNotes}</p>}
      <ol class="log" aria-live="polite">
        {[...notes].reverse().map((note, back) => (
          <li key={`${note.at}${note.by}${note.text}`}>
            <time>{clockTime(note.at)}</time>
            <span>
              <bdi>{note.text}</bdi> <span class="muted">· {writer(note)}</span>
              <ReadHere reading={reading} number={notes.length - back} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function NoteForm({ onAdd }: Required<Pick<NotesProps, 'onAdd'>>) {
  const texts = useTexts();
  const [text, setText] = useState('');
  const { busy, submit } = useSubmit(async () => {
    const said = text.trim();
    if (said === '' || !(await onAdd(said))) return;
    // What was typed meanwhile is the next one.
    setText((now) => (now.trim() === said ? '' : now));
  });
  const add = (event: Event) => {
    event.preventDefault();
    submit();
  };
  return (
    <form class="inline" onSubmit={add}>
      <input
        name="note"
        aria-label={texts.addNote}
        placeholder={texts.addNote}
        maxLength={4000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" data-testid="add-note" disabled={busy}>
        {texts.save}
      </button>
    </form>
  );
}
