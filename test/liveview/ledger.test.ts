import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../src/core/log.ts';
import { type Happening, Ledger } from '../../src/liveview/ledger.ts';
import { Shares } from '../../src/liveview/shares.ts';
import { HOLD_UP } from './alarm-reports.ts';
import { codeThrownBy, directory, Harness, OPERATOR } from './harness.ts';

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

  it('keeps what was taken away, also when as many endings wait for the disk as may', () => {
    const shares = new Shares({ clock: h.clock, directory: directory() });
    const { clock, journal } = h;
    const ledger = new Ledger({ clock, journal, shares, log: silentLogger });
    ledger.rebuild();
    journal.full = true;
    const { key, ...facts } = HOLD_UP;
    const raised = (index: number): Happening => ({
      ...{ kind: 'alarm.raised', actor: OPERATOR, incident: undefined },
      data: { alarm: `alarm_${index}`, ...facts, key: `${key}${index}`, cameras: [], details: {} },
    });
    ledger.concludeAll(Array.from({ length: 10_001 }, (_, index) => raised(index)));
    ledger.takeAway('grant.withdrawn', OPERATOR, h.incident, { controlRoom: 'rotterdam' });
    expect(ledger.state.incidents.get(h.incident)?.grants).toEqual([]);
    journal.full = false;
    ledger.recordOwed();
    expect(h.kinds().filter((kind) => kind === 'alarm.raised')).toHaveLength(10_000);
    expect(h.kinds().at(-1)).toBe('grant.withdrawn');
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
