import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/journal/record.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  Harness,
  OPERATOR,
  OTHER_ROOM,
  SECOND_OPERATOR,
} from './harness.ts';

let h: Harness;
let id: string;
beforeEach(() => {
  h = new Harness();
  id = h.shared();
});
afterEach(() => h.dispose());

const write = (actor: Actor, note: string) => h.live.updateIncident(actor, id, { note });
const read = (actor: Actor, upTo: number) => h.live.casework.readings.mark(actor, id, upTo);
const marks = (actor: Actor) =>
  (h.live.visibleIncident(actor, id)?.reads ?? []).map(({ user, upTo }) => `${user} ${upTo}`);

describe('the running log of an incident', () => {
  it('tells both sides how far whom of the other says to have read', () => {
    write(OPERATOR, 'two men, one knife');
    write(DISPATCHER, 'a car is on its way');
    expect(h.live.incident(id)).not.toHaveProperty('reads');
    read(DISPATCHER, 1);
    h.clock.advance(1_000);
    read(OPERATOR, 2);
    read(COLLEAGUE, 2);
    expect(h.live.incident(id)?.reads).toEqual([
      { user: 'daan', controlRoom: 'rotterdam', upTo: 1, at: '2026-01-01T00:00:00.000Z' },
      { user: 'olga', upTo: 2, at: '2026-01-01T00:00:01.000Z' },
      { user: 'dora', controlRoom: 'rotterdam', upTo: 2, at: '2026-01-01T00:00:01.000Z' },
    ]);
    expect(marks(DISPATCHER)).toEqual(['daan 1', 'olga 2', 'dora 2']);
  });

  it('tells a control room nothing of what another one has read', () => {
    h.live.grant(OPERATOR, id, 'den-haag', { cameras: ['shop-1'], rights: ['view'] });
    write(OPERATOR, 'two men');
    read(DISPATCHER, 1);
    read(SECOND_OPERATOR, 1);
    expect(marks(OTHER_ROOM)).toEqual(['otto 1']);
    read(OTHER_ROOM, 1);
    expect(marks(OTHER_ROOM)).toEqual(['otto 1', 'dirk 1']);
    expect(marks(OPERATOR)).toEqual(['daan 1', 'otto 1', 'dirk 1']);
  });

  it('has a mark that goes forward only, each step of it journalled once', () => {
    write(OPERATOR, 'one');
    write(OPERATOR, 'two');
    read(DISPATCHER, 2);
    read(DISPATCHER, 1);
    read(DISPATCHER, 2);
    expect(marks(OPERATOR)).toEqual(['daan 2']);
    expect(h.kinds().filter((kind) => kind === 'log.read')).toHaveLength(1);
  });

  it('is not filled by control rooms, by their notes or by their length', () => {
    const long = 'x'.repeat(4_000);
    const fill = (actor: Actor) => {
      for (let n = 1; n <= 100; n += 1) {
        if (codeThrownBy(() => write(actor, long)) === 'not-allowed') return n;
      }
      return Number.POSITIVE_INFINITY;
    };
    expect(fill(DISPATCHER)).toBe(50);
    expect(fill(OPERATOR)).toBe(17);
    write(OPERATOR, 'the last words');
    const { notes } = h.live.incident(id) ?? { notes: [] };
    expect(notes.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(256 * 1024);
  });

  it('keeps apart two people of one name, at the centre and in a control room', () => {
    write(OPERATOR, 'one');
    read({ user: 'kim', role: 'operator' }, 1);
    read({ user: 'kim', role: 'dispatcher', controlRoom: 'rotterdam' }, 1);
    expect(marks(OPERATOR)).toEqual(['kim 1', 'kim 1']);
  });

  it('is not read further than it goes, nor by whom it is not shared with, nor when it is closed', () => {
    write(OPERATOR, 'one');
    expect(codeThrownBy(() => read(DISPATCHER, 2))).toBe('invalid-request');
    expect(codeThrownBy(() => read(OTHER_ROOM, 1))).toBe('not-shared');
    h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' });
    expect(codeThrownBy(() => read(DISPATCHER, 1))).toBe('not-shared');
    expect(codeThrownBy(() => read(OPERATOR, 1))).toBe('incident-closed');
  });

  it('has room left for the centre when control rooms have filled theirs', () => {
    for (let count = 0; count < 1_500; count += 1) write(DISPATCHER, `note ${count}`);
    expect(codeThrownBy(() => write(DISPATCHER, 'one more'))).toBe('not-allowed');
    expect(codeThrownBy(() => write(OPERATOR, 'one more'))).toBe('nothing was thrown');
  });

  it('has the same marks after a restart', () => {
    write(OPERATOR, 'one');
    read(DISPATCHER, 1);
    h.restart();
    expect(marks(OPERATOR)).toEqual(['daan 1']);
  });
});
