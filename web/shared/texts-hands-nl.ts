/** Who has a camera: one person at a time. */
export const handsNl = {
  you: 'u',
  centre: 'de centrale',
  somebody: 'iemand anders',
  person: (name: string, room: string) => `${name} (${room})`,
  heldBy: (who: string) => `In handen van ${who}`,
  yours: 'U heeft de bediening.',
  nobody: 'Niemand heeft de bediening.',
  unknown: 'Wie de bediening heeft, is nu niet bekend.',
  take: 'Bediening nemen',
  takeOver: 'Bediening overnemen',
  /** At a control room, where it may need the operator's yes. */
  ask: 'Bediening vragen',
  letGo: 'Bediening loslaten',
  running: 'heeft de bediening',
  refused: (who: string) => `Dat gaat nu niet: de camera is in handen van ${who}.`,
  takenOver: (camera: string, who: string) =>
    `De bediening van ${camera} is overgenomen door ${who}.`,
  lost: (camera: string, why: string) => `U heeft de bediening van ${camera} niet meer. ${why}`,
  force: 'Bediening vrijgeven',
  forceWarning: (who: string) =>
    `De camera gaat meteen uit handen van ${who}; een beweging stopt. Daarna kan iedereen hem nemen.`,
  forceNote: 'Toelichting (mag leeg blijven)',
};
