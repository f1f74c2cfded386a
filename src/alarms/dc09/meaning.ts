/** What codes stand for. The tables are data (`contact-id-codes.ts`, `sia-codes.ts`); this is their form. */

export type PanelKind =
  | 'hold-up'
  | 'burglary'
  | 'fire'
  | 'medical'
  | 'tamper'
  | 'technical'
  | 'other';
/** Nobody is called for an activity: openings and closings, bypasses, tests, programming. */
export type CodeKind = PanelKind | 'activity';
/** 1 (most urgent) … 5. */
export type Priority = 1 | 2 | 3 | 4 | 5;

export interface Text {
  readonly nl: string;
  readonly en: string;
}

/** What the number beside a code counts. */
export type Subject = 'zone' | 'user';

export interface Meaning {
  readonly kind: CodeKind;
  readonly priority: Priority;
  readonly text: Text;
  readonly subject: Subject;
  /** The code whose end this one tells. */
  readonly restores?: string;
}

/** A row of a table: code, kind, priority, Dutch, English. */
export type CodeRow = readonly [
  code: string,
  kind: CodeKind,
  priority: Priority,
  nl: string,
  en: string,
];

export function meaningsOf(
  rows: readonly CodeRow[],
  subject: (code: string) => Subject,
): Map<string, Meaning> {
  return new Map(
    rows.map(([code, kind, priority, nl, en]) => [
      code,
      { kind, priority, text: { nl, en }, subject: subject(code) },
    ]),
  );
}

/** That what a text says is over. */
export function overText({ nl, en }: Text): Text {
  return { nl: `Hersteld: ${lowerFirst(nl)}`, en: `Restored: ${lowerFirst(en)}` };
}

/** Abbreviations stay as they are. */
function lowerFirst(text: string): string {
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}
