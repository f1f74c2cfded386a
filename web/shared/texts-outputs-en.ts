import type { outputsNl } from './texts-outputs-nl.ts';

export const outputsEn: typeof outputsNl = {
  title: 'Switch',
  name: (words) => words.en,
  on: (name) => `${name} on`,
  off: (name) => `${name} off`,
  open: (name) => `Open ${name}`,
  close: (name) => `Close ${name}`,
  press: (name) => `Operate ${name}`,
  pulse: (name) => `${name} on briefly`,
  at: (what, camera) => `${what} (${camera})`,
  states: {
    on: 'on',
    off: 'off',
    open: 'open',
    closed: 'closed',
    unsure: 'not confirmed',
    unknown: 'unknown',
  },
  unsureHint: (error) =>
    `The camera did not confirm what was asked; see how it is.${error && ` (${error})`}`,
  left: (output) =>
    `‘${output}’ may still be on and is configured no longer. Put it back into the configuration, then switch it off.`,
  running: 'is on',
  runs: (what, who) => `${what} — ${who}`,
  end: 'Switch off',
  taken: 'Somebody else has switched this on.',
};
