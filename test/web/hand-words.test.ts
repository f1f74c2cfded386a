import { describe, expect, it } from '@jest/globals';
import type { HolderView, SessionView } from '../../src/client/index.ts';
import { holderName, lossText, refusalOf } from '../../web/shared/hands.ts';
import { progressText } from '../../web/shared/outputs.ts';
import { en } from '../../web/shared/texts-en.ts';
import { nl } from '../../web/shared/texts-nl.ts';
import { CONTROL_ROOMS, request } from './scenery.ts';

const YOU: HolderView = { who: 'you', user: 'anna', role: 'operator' };
const COLLEAGUE: HolderView = { who: 'centre', user: 'bert', role: 'operator' };
const DISPATCHER: HolderView = {
  ...{ who: 'room', user: 'dora', role: 'dispatcher', controlRoom: 'rotterdam' },
};
const CENTRE_SIDE: SessionView = {
  ...{ user: 'anna', role: 'operator', side: 'centre', may: [] },
  controlRooms: CONTROL_ROOMS.map((room) => ({ ...room, service: 'police' })),
};
const POLICE_SIDE: SessionView = { user: 'dora', role: 'dispatcher', side: 'police', may: [] };

describe('whoever has a camera', () => {
  it.each([
    [YOU, 'u', 'you'],
    [COLLEAGUE, 'bert', 'bert'],
    [DISPATCHER, 'dora (Meldkamer Rotterdam)', 'dora (Meldkamer Rotterdam)'],
    [{ ...DISPATCHER, controlRoom: 'elsewhere' }, 'dora (elsewhere)', 'dora (elsewhere)'],
  ])('is at the centre, of %j, called %s', (holder, dutch, english) => {
    const called = [nl, en].map((texts) => holderName(holder, CENTRE_SIDE, texts));
    expect(called).toEqual([dutch, english]);
  });

  it.each([
    [{ who: 'you' }, 'u', 'you'],
    [{ who: 'centre' }, 'de centrale', 'the centre'],
    [{ who: 'other' }, 'iemand anders', 'somebody else'],
  ] as const)('is in a control room, of %j, called %s', (holder, dutch, english) => {
    const called = [nl, en].map((texts) => holderName(holder, POLICE_SIDE, texts));
    expect(called).toEqual([dutch, english]);
  });

  it('is named where a camera is refused, for as long as they have it', () => {
    const reason = { code: 'control-taken', message: 'x' };
    const asked = { state: 'failed', reason, holder: COLLEAGUE } as const;
    const told = (now: HolderView | null) => refusalOf(asked, now, CENTRE_SIDE, en);
    expect(told(COLLEAGUE)).toBe(en.hands.refused('bert'));
    expect([told(null), told(YOU), told(DISPATCHER)]).toEqual([undefined, undefined, undefined]);
  });

  it('is not what another refusal is about, and no refusal is what was given and taken away', () => {
    const asked = (state: 'failed' | 'declined' | 'pending', code?: string) =>
      refusalOf(
        { state, reason: { code, message: 'Niet nu.' }, holder: null },
        null,
        POLICE_SIDE,
        nl,
      );
    expect(asked('declined')).toBe('Niet gelukt: Niet nu.');
    expect(asked('failed', 'no-connection')).toBe(nl.failed(nl.reasons['no-connection'] ?? ''));
    expect(asked('pending')).toBeUndefined();
    for (const code of ['taken-over', 'handed-over', 'control-forced']) {
      expect(asked('failed', code)).toBeUndefined();
    }
  });

  it('is told of losing it, to whom or why', () => {
    const taken = { camera: 'dome', to: { who: 'centre' } } as const;
    expect(lossText(taken, 'Dome', POLICE_SIDE, nl)).toBe(
      'De bediening van Dome is overgenomen door de centrale.',
    );
    expect(lossText(taken, 'Dome', POLICE_SIDE, en)).toBe('Dome was taken over by the centre.');
    const idle = { camera: 'dome', why: { code: 'control-idle', message: 'x' } };
    expect(lossText(idle, 'Dome', POLICE_SIDE, nl)).toContain(nl.reasons['control-idle']);
  });

  it('does not move it by having it', () => {
    expect(progressText(request({ action: 'ptz.take', state: 'running' }), nl)).toBe(
      'heeft de bediening',
    );
  });
});
