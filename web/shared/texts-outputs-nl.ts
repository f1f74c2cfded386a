import type { InWords } from '../../src/client/index.ts';

/** What hangs on cameras: lights, sirens, gates. */
export const outputsNl = {
  title: 'Schakelen',
  name: (words: InWords) => words.nl,
  /** What a button does, and what is asked. */
  on: (name: string) => `${name} aan`,
  off: (name: string) => `${name} uit`,
  open: (name: string) => `${name} openen`,
  close: (name: string) => `${name} sluiten`,
  /** The button of a gate's own drive. */
  press: (name: string) => `${name} bedienen`,
  pulse: (name: string) => `${name} even aan`,
  at: (what: string, camera: string) => `${what} (${camera})`,
  states: {
    on: 'aan',
    off: 'uit',
    open: 'open',
    closed: 'dicht',
    unsure: 'niet bevestigd',
    unknown: 'onbekend',
  },
  unsureHint: (error: string) =>
    `De camera bevestigde niet wat is gevraagd; ga na hoe het staat.${error && ` (${error})`}`,
  left: (output: string) =>
    `‘${output}’ kan nog aan staan en is niet meer ingesteld. Zet het terug in de configuratie en schakel het dan uit.`,
  running: 'staat aan',
  runs: (what: string, who: string) => `${what} — ${who}`,
  end: 'Uitschakelen',
  taken: 'Iemand anders heeft dit aangezet.',
};
