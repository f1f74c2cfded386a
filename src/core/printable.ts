/**
 * What a terminal, a log or a page obeys instead of showing: controls, line and paragraph separators, and what
 * turns the direction of reading round, by which a name looks like another (Unicode UAX #9).
 */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Shown, not obeyed: for names, which come from cameras and panels. */
export function printable(text: string): string {
  return text.replace(OBEYED, '�');
}

/** The same of a text, in which tabs and line breaks are meant. */
export function printableText(text: string): string {
  return text.replace(OBEYED, (obeyed) => (obeyed === '\t' || obeyed === '\n' ? obeyed : '�'));
}

/** JSON in lines, with escapes for what it leaves as it is and a terminal obeys; it says the same. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replace(OBEYED, (obeyed) => (obeyed === '\n' ? obeyed : jsonEscape(obeyed)));
}

/** As JSON may write any character of one code unit (RFC 8259 §7). */
export function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What somebody else wrote, in a sentence of ours. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
