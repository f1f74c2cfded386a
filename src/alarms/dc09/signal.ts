import { type Meaning, overText, type Subject, type Text } from './meaning.ts';

/** One event of a message, whatever format told it. */
export interface Signal {
  /** As the panel wrote it: `1130`, `BA`. */
  readonly code: string;
  /** What begins and what ends have this in common: `130`, `BA`. */
  readonly condition: string;
  readonly kind: Meaning['kind'];
  readonly priority: Meaning['priority'];
  readonly text: Text;
  /** The end of what the condition says. */
  readonly isRestored: boolean;
  /** Partition or area; undefined when the panel names none. */
  readonly area: string | undefined;
  /** Which detector, or which person. */
  readonly number: string | undefined;
  readonly subject: Subject;
  /** The person besides, where the number is a detector. */
  readonly user: string | undefined;
  /** What the panel calls it, as people typed it there. */
  readonly label: string | undefined;
}

/** What a table says of a code. */
export interface Told {
  readonly condition: string;
  readonly kind: Meaning['kind'];
  readonly priority: Meaning['priority'];
  readonly text: Text;
  readonly subject: Subject;
  readonly isRestored: boolean;
}

/** A code that no table has is shown to people: better an odd alarm than none. */
export function told(
  code: string,
  meaning: Meaning | undefined,
  isEnd: boolean,
  format: string,
): Told {
  if (!meaning) return unknown(code, isEnd, format);
  const { kind, priority, text, subject, restores } = meaning;
  const isRestored = isEnd || restores !== undefined;
  return {
    condition: restores ?? code,
    ...{ kind, priority, subject, isRestored },
    text: isRestored ? overText(text) : text,
  };
}

function unknown(code: string, isRestored: boolean, format: string): Told {
  const text = {
    nl: `Melding met onbekende code ${code} (${format})`,
    en: `Report with unknown code ${code} (${format})`,
  };
  return {
    condition: code,
    kind: 'other',
    priority: 3,
    subject: 'zone',
    isRestored,
    text: isRestored ? overText(text) : text,
  };
}

/** Numbers as people say them: `012` is 12, and 0 is none. */
export function plainNumber(digits: string | undefined): string | undefined {
  const plain = (digits ?? '').toUpperCase().replace(/^0+/, '');
  return plain === '' ? undefined : plain.slice(0, MAX_NUMBER);
}

/** More digits than any zone, area or user has. */
const MAX_NUMBER = 10;

/** The words of a panel, or undefined when there are none. */
export function labelOf(words: string | undefined): string | undefined {
  const label = (words ?? '').replace(/\s+/g, ' ').trim();
  return label === '' ? undefined : label.slice(0, MAX_LABEL);
}

const MAX_LABEL = 80;
