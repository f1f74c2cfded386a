import type { Incident, ReadMark } from '../../src/client/index.ts';
import { clockTime } from './format.ts';
import { useTexts } from './i18n.tsx';

/** Who reads the log on this page, and what they can say about it. */
export interface Reading {
  readonly reads: readonly ReadMark[];
  /** Whose a mark is, in words. */
  readonly reader: (mark: ReadMark) => string;
  /** Notes of others that this person has not said to have read. */
  readonly unread: number;
  /** Absent where nothing can be said. */
  readonly onRead?: () => Promise<unknown>;
}

interface Self {
  readonly user: string;
  readonly controlRoom?: string;
}

/** How many notes of others come after what this person has read by their own word. */
export function unreadBy({ notes, reads = [] }: Incident, self: Self): number {
  const isOwn = (of: { by?: string; controlRoom?: string }) =>
    of.by === self.user && of.controlRoom === self.controlRoom;
  const mark = reads.find(({ user, controlRoom }) => isOwn({ by: user, ...room(controlRoom) }));
  return notes.slice(mark?.upTo ?? 0).filter((note) => !isOwn(note)).length;
}

function room(controlRoom: string | undefined): { controlRoom?: string } {
  return controlRoom === undefined ? {} : { controlRoom };
}

/** What is new, and the act by which somebody says that they have read it. */
export function Unread({ unread, onRead }: Reading) {
  const { casework: texts } = useTexts();
  if (unread === 0 || !onRead) return null;
  return (
    <p class="unread" data-testid="unread">
      <strong>{texts.unread(unread)}</strong>
      <button type="button" data-testid="mark-read" onClick={() => void onRead()}>
        {texts.markRead}
      </button>
    </p>
  );
}

/** Who has read up to this note. @param number of the note, from 1. */
export function ReadHere({ reading, number }: { reading: Reading; number: number }) {
  const { casework: texts } = useTexts();
  const here = reading.reads.filter(({ upTo }) => upTo === number);
  return here.map((mark) => (
    <span key={`${mark.user} ${mark.controlRoom}`} class="muted read-mark" data-testid="read-mark">
      {' ✓ '}
      {texts.readUpToHere(reading.reader(mark), clockTime(mark.at))}
    </span>
  ));
}
