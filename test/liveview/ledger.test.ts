import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeThrownBy, Harness, OPERATOR } from './harness.ts';

const SWITCH = { tile: 0, camera: 'shop-1' };

describe('the ledger', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
    h.shared();
  });
  afterEach(() => h.dispose());

  it('forgets the oldest of very many decided requests, and keeps what waits', () => {
    const waiting = h.ask(
      { user: 'daan', role: 'dispatcher', controlRoom: 'rotterdam' },
      'ptz.home',
      {},
    );
    const first = h.ask(OPERATOR, 'camera.switch', SWITCH);
    for (let index = 0; index < 2_000; index += 1) {
      // Nobody may ask so often alone.
      h.ask({ user: `op-${index >> 4}`, role: 'operator' }, 'camera.switch', SWITCH);
    }
    expect(h.live.requests()).toHaveLength(2_000);
    expect(h.stateOf(first)).toBeUndefined();
    expect(h.stateOf(waiting)?.state).toBe('pending');
    expect(codeThrownBy(() => h.live.hold(OPERATOR, first.id))).toBe('unknown-request');
  });

  it('asks whether something may happen before it writes that it happened', () => {
    h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' });
    const kinds = h.kinds();
    expect(
      codeThrownBy(() => h.live.setScreen(OPERATOR, h.incident, { tiles: [], focus: null })),
    ).toBe('incident-closed');
    expect(h.kinds()).toEqual(kinds);
  });
});
