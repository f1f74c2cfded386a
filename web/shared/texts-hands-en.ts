import type { handsNl } from './texts-hands-nl.ts';

export const handsEn: typeof handsNl = {
  you: 'you',
  centre: 'the centre',
  somebody: 'somebody else',
  person: (name, room) => `${name} (${room})`,
  heldBy: (who) => `Held by ${who}`,
  yours: 'You have this camera.',
  nobody: 'Nobody has this camera.',
  unknown: 'Who has this camera is not known now.',
  take: 'Take this camera',
  takeOver: 'Take over this camera',
  ask: 'Ask for this camera',
  letGo: 'Let go of this camera',
  running: 'has the camera',
  refused: (who) => `Not possible now: the camera is held by ${who}.`,
  takenOver: (camera, who) => `${camera} was taken over by ${who}.`,
  lost: (camera, why) => `You no longer have ${camera}. ${why}`,
  force: 'Release this camera',
  forceWarning: (who) =>
    `The camera is taken from ${who} at once; a movement stops. Anybody can take it afterwards.`,
  forceNote: 'Reason (may be left empty)',
};
