import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeThrownBy, DISPATCHER, Harness, OPERATOR } from './harness.ts';

const TOTALS = { bytes: 4_000_000, pictures: 250, dropped: 3, reason: 'incident-closed' };

describe('viewings', () => {
  let h: Harness;
  let incident: string;
  beforeEach(() => {
    h = new Harness();
    incident = h.shared();
  });
  afterEach(() => h.dispose());

  const permit = () => h.live.gate.permit('rotterdam', incident, 'shop-1');
  const begin = () =>
    h.live.viewings.begin(DISPATCHER, { camera: 'shop-1', incident, permit: permit() });
  const last = () => [...h.journal.read()].at(-1);

  it('are in the journal before the first byte, and with what was received after the last', () => {
    const viewing = begin();
    expect(last()).toMatchObject({
      kind: 'viewing.started',
      actor: DISPATCHER,
      incident,
      data: { viewing: viewing.id, camera: 'shop-1' },
    });
    viewing.end(TOTALS);
    expect(last()).toMatchObject({
      kind: 'viewing.ended',
      data: { viewing: viewing.id, ...TOTALS },
    });
    viewing.end(TOTALS);
    expect(h.kinds().filter((kind) => kind === 'viewing.ended')).toHaveLength(1);
  });

  it('end their permit, so that nothing can be sent afterwards', () => {
    const issued = permit();
    const viewing = h.live.viewings.begin(DISPATCHER, {
      camera: 'shop-1',
      incident,
      permit: issued,
    });
    viewing.end(TOTALS);
    expect(issued.ended?.code).toBe('session-ended');
  });

  it('do not begin on a permit that has ended or is for another camera', () => {
    const issued = permit();
    const start = (camera: string) => () =>
      h.live.viewings.begin(DISPATCHER, { camera, incident, permit: issued });
    expect(codeThrownBy(start('shop-2'))).toBe('not-shared');
    h.live.withdraw(OPERATOR, incident, 'rotterdam');
    expect(codeThrownBy(start('shop-1'))).toBe('grant-withdrawn');
    expect(h.kinds()).not.toContain('viewing.started');
  });

  it('of the centre need no incident', () => {
    const centre = h.live.gate.centrePermit(OPERATOR, 'square-1');
    h.live.viewings.begin(OPERATOR, { camera: 'square-1', incident: null, permit: centre });
    expect(last()?.incident).toBeUndefined();
  });

  it('that a crash left open are ended at the next start, once', () => {
    const viewing = begin();
    begin().end(TOTALS);
    h.restart();
    h.restart();
    const ended = [...h.journal.read()].filter(({ kind }) => kind === 'viewing.ended');
    expect(ended).toHaveLength(2);
    expect(ended[1]?.data).toEqual({
      viewing: viewing.id,
      camera: 'shop-1',
      reason: 'gateway-restarted',
    });
  });
});
