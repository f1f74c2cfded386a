import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/journal/record.ts';
import {
  HANDOVER_STATES,
  type HandoverEvent,
  nextHandoverState,
} from '../../src/liveview/handover-machine.ts';
import { codeThrownBy, DISPATCHER, Harness, OPERATOR, SECOND_OPERATOR } from './harness.ts';

const SUPERVISOR: Actor = { user: 'sanne', role: 'supervisor' };

let h: Harness;
let id: string;
beforeEach(() => {
  h = new Harness();
  id = h.opened().id;
});
afterEach(() => h.dispose());

const handovers = () => h.live.casework.handovers;
const offer = (actor = OPERATOR, to = SECOND_OPERATOR.user) => handovers().offer(actor, id, to);
const now = () => h.live.incident(id);
const kinds = () =>
  [...h.journal.read()].map(({ kind }) => kind).filter((kind) => kind.startsWith('handover.'));

describe('a hand-over as a machine', () => {
  const EVENTS: readonly HandoverEvent[] = ['accept', 'decline', 'withdraw', 'overtake'];

  it.each([
    ['accept', 'accepted'],
    ['decline', 'declined'],
    ['withdraw', 'withdrawn'],
    ['overtake', 'overtaken'],
  ] as const)('goes by %s from offered to %s', (event, state) => {
    expect(nextHandoverState('offered', event)).toBe(state);
  });

  it.each(HANDOVER_STATES.filter((state) => state !== 'offered'))('ends with %s', (state) => {
    for (const event of EVENTS) expect(nextHandoverState(state, event)).toBeUndefined();
  });
});

describe('an incident', () => {
  it('is with whoever opened it, until a colleague has accepted it', () => {
    expect(now()?.responsible).toBe(OPERATOR.user);
    handovers().offer(OPERATOR, id, SECOND_OPERATOR.user, 'end of my shift');
    expect(now()).toMatchObject({
      responsible: OPERATOR.user,
      handover: {
        ...{ from: OPERATOR.user, to: SECOND_OPERATOR.user, state: 'offered' },
        ...{ note: 'end of my shift', at: '2026-01-01T00:00:00.000Z' },
      },
    });
    h.clock.advance(1_000);
    handovers().accept(SECOND_OPERATOR, id);
    expect(now()).toMatchObject({
      responsible: SECOND_OPERATOR.user,
      handover: { state: 'accepted', decidedAt: '2026-01-01T00:00:01.000Z' },
    });
    expect(kinds()).toEqual(['handover.offered', 'handover.accepted']);
  });

  it('stays where it is when the colleague declines, who says why', () => {
    offer();
    handovers().decline(SECOND_OPERATOR, id, 'I have two already');
    expect(now()).toMatchObject({
      responsible: OPERATOR.user,
      handover: { state: 'declined', by: SECOND_OPERATOR.user, reason: 'I have two already' },
    });
    expect(codeThrownBy(() => handovers().accept(SECOND_OPERATOR, id))).toBe('handover-ended');
  });

  it('is offered and taken back by whoever has it, or by a supervisor', () => {
    expect(codeThrownBy(() => offer(SECOND_OPERATOR, 'sanne'))).toBe('not-responsible');
    offer();
    expect(codeThrownBy(() => handovers().withdraw(SECOND_OPERATOR, id))).toBe('not-responsible');
    handovers().withdraw(OPERATOR, id);
    expect(now()?.handover?.state).toBe('withdrawn');
    offer(SUPERVISOR);
    expect(now()?.handover).toMatchObject({ from: 'sanne', state: 'offered' });
    handovers().accept(SECOND_OPERATOR, id);
    expect(now()?.responsible).toBe(SECOND_OPERATOR.user);
  });

  it('is accepted and declined by nobody but the colleague', () => {
    offer();
    expect(codeThrownBy(() => handovers().accept(SUPERVISOR, id))).toBe('not-offered-to-you');
    expect(codeThrownBy(() => handovers().decline(OPERATOR, id, 'no'))).toBe('not-offered-to-you');
    expect(codeThrownBy(() => offer(OPERATOR, OPERATOR.user))).toBe('invalid-request');
  });

  it('is taken by a supervisor, over what was offered', () => {
    offer();
    handovers().take(SUPERVISOR, id, 'olga is not at her desk');
    expect(now()).toMatchObject({ responsible: 'sanne', handover: { state: 'overtaken' } });
    expect(codeThrownBy(() => handovers().accept(SECOND_OPERATOR, id))).toBe('handover-ended');
    handovers().take(SUPERVISOR, id);
    expect(kinds()).toEqual(['handover.offered', 'handover.taken']);
  });

  it('takes what was offered with it when it is closed', () => {
    offer();
    h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' });
    expect(now()?.handover?.state).toBe('withdrawn');
    expect(codeThrownBy(() => handovers().accept(SECOND_OPERATOR, id))).toBe('incident-closed');
    expect(codeThrownBy(() => handovers().take(SUPERVISOR, id))).toBe('incident-closed');
  });

  it('tells a control room who has it, and nothing of hand-overs', () => {
    id = h.shared();
    offer();
    const seen = h.live.visibleIncident(DISPATCHER, id);
    expect(seen).toMatchObject({ responsible: OPERATOR.user });
    expect(seen).not.toHaveProperty('handover');
  });

  it('is the same after a restart', () => {
    offer();
    const before = now();
    h.restart();
    expect(now()).toEqual(before);
  });
});
