import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Alarm } from '../../src/liveview/alarm-model.ts';
import { HOLD_UP, motion, raise } from './alarm-reports.ts';
import { codeThrownBy, Harness, OPERATOR, SECOND_OPERATOR } from './harness.ts';

const AT = '2026-01-01T00:00:00.000Z';

describe('what people make of an alarm', () => {
  let h: Harness;
  let id: string;
  beforeEach(() => {
    h = new Harness();
    id = raise(h).id;
  });
  afterEach(() => h.dispose());

  const now = (): Alarm | undefined => h.live.alarm(id);
  const verify = (actor = OPERATOR) =>
    h.live.judging.judge(actor, id, { status: 'verified', method: 'camera' });
  const refute = (actor = OPERATOR) =>
    h.live.judging.judge(actor, id, { status: 'false', cause: 'mistake' });

  it('says who looks, and since when', () => {
    h.clock.advance(1_000);
    const { verification } = h.live.judging.look(OPERATOR, id);
    expect(verification).toEqual({
      status: 'looking',
      by: 'olga',
      at: '2026-01-01T00:00:01.000Z',
    });
    const kinds = h.kinds();
    h.live.judging.look(OPERATOR, id);
    expect(h.kinds()).toEqual(kinds);
  });

  it('may be taken over, and then the other no longer decides', () => {
    h.live.judging.look(OPERATOR, id);
    h.live.judging.look(SECOND_OPERATOR, id);
    expect(now()?.verification).toMatchObject({ status: 'looking', by: 'otto' });
    expect(codeThrownBy(() => verify())).toBe('alarm-taken');
    expect(codeThrownBy(() => refute())).toBe('alarm-taken');
    expect(codeThrownBy(() => h.live.judging.letGo(OPERATOR, id))).toBe('alarm-taken');
    expect(verify(SECOND_OPERATOR).verification).toMatchObject({ status: 'verified', by: 'otto' });
  });

  it('may be let go by whoever looks, and not when nobody does', () => {
    expect(codeThrownBy(() => h.live.judging.letGo(OPERATOR, id))).toBe('not-looking');
    h.live.judging.look(OPERATOR, id);
    expect(h.live.judging.letGo(OPERATOR, id).verification).toEqual({ status: 'unverified' });
  });

  it('is that it is true, by whom, when and how it is known', () => {
    h.live.judging.judge(OPERATOR, id, { status: 'verified', method: 'listen-in', note: 'shouts' });
    expect(now()).toMatchObject({
      state: 'open',
      verification: { status: 'verified', method: 'listen-in', note: 'shouts', by: 'olga', at: AT },
    });
    expect(codeThrownBy(() => verify(SECOND_OPERATOR))).toBe('alarm-verified');
    expect(codeThrownBy(() => h.live.judging.look(OPERATOR, id))).toBe('alarm-verified');
  });

  it('is that it is false, with the cause; it is over then, and what follows is another alarm', () => {
    expect(refute()).toMatchObject({
      state: 'ended',
      endedBy: 'olga',
      verification: { status: 'false', cause: 'mistake', by: 'olga', at: AT },
    });
    const again = raise(h);
    expect(again.id).not.toBe(id);
    expect(again.verification).toEqual({ status: 'unverified' });
  });

  it('may be corrected: what was held to be true is false', () => {
    verify();
    expect(refute(SECOND_OPERATOR).verification).toMatchObject({ status: 'false', by: 'otto' });
  });

  it.each<[string, () => unknown]>([
    ['looked at', () => h.live.judging.look(OPERATOR, id)],
    ['let go', () => h.live.judging.letGo(OPERATOR, id)],
    ['verified', () => verify()],
    ['refuted', () => refute()],
    ['ended', () => h.live.judging.end(OPERATOR, id, '')],
    ['added to an incident', () => h.live.judging.link(OPERATOR, id, h.opened().id)],
    ['the ground of an incident', () => h.live.openIncident(OPERATOR, { alarm: id })],
  ])('is nothing more after its end: it cannot be %s', (_, act) => {
    h.live.judging.end(OPERATOR, id, 'spoken with the shop');
    expect(now()).toMatchObject({ state: 'ended', endedBy: 'olga', endedAt: AT });
    expect(now()?.endNote).toBe('spoken with the shop');
    expect(codeThrownBy(act)).toBe('alarm-ended');
  });

  it('is kept over a restart', () => {
    h.live.judging.look(OPERATOR, id);
    const other = raise(h, { key: 'zone-2' });
    h.live.judging.judge(OPERATOR, other.id, { status: 'verified', method: 'witness' });
    const before = h.live.alarms();
    h.restart();
    expect(h.live.alarms()).toEqual(before);
  });

  it.each<[string, (live: Harness['live']) => unknown]>([
    ['looking', (live) => live.judging.look(OPERATOR, id)],
    ['verifying', () => verify()],
    ['refuting', () => refute()],
    ['ending', (live) => live.judging.end(OPERATOR, id, '')],
  ])('does not happen when it cannot be journalled: %s', (_, act) => {
    const before = h.live.alarms();
    h.journal.full = true;
    expect(codeThrownBy(() => act(h.live))).toBe('journal-unwritable');
    expect(h.live.alarms()).toEqual(before);
  });

  it('knows no alarm that is not there', () => {
    expect(codeThrownBy(() => h.live.judging.look(OPERATOR, 'alarm_none'))).toBe('unknown-alarm');
  });
});

describe('several alarms of a site about the same time', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(() => h.dispose());

  it('are known together, and what is verified says so', () => {
    const counter = raise(h);
    h.clock.advance(20_000);
    const office = raise(h, { key: 'zone-2' });
    const mover = raise(h, motion('m'));
    raise(h, { site: 'square', key: 'zone-3' });
    expect(h.live.alongside(counter)).toEqual([office, mover]);
    const verified = h.live.judging.judge(OPERATOR, office.id, {
      status: 'verified',
      method: 'several-buttons',
    });
    expect(verified.verification).toMatchObject({ alongside: [counter.id, mover.id] });
  });

  it.each<[string, (first: Alarm) => unknown]>([
    ['came much later', () => h.clock.advance(3 * 60_000 + 1)],
    [
      'was false',
      ({ id }) => h.live.judging.judge(OPERATOR, id, { status: 'false', cause: 'test' }),
    ],
  ])('are not together when one of them %s', (_, happens) => {
    const first = raise(h);
    happens(first);
    const second = raise(h, { key: 'zone-2' });
    expect(h.live.alongside(second)).toEqual([]);
  });

  it('are not together when it is the same button, or tells of the equipment alone', () => {
    const first = raise(h);
    h.live.judging.end(OPERATOR, first.id, '');
    const again = raise(h);
    raise(h, { kind: 'technical', key: 'battery' });
    raise(h, { key: 'zone-2', restored: true });
    expect(again.source).toEqual(HOLD_UP.source);
    expect(h.live.alongside(again)).toEqual([]);
  });
});
