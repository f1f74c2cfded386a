import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { settle } from '../support/manual-clock.ts';
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

  it('are in the journal before the first byte, and with what was received after the last', async () => {
    const viewing = begin();
    expect(last()).toMatchObject({
      kind: 'viewing.started',
      actor: DISPATCHER,
      incident,
      data: { viewing: viewing.id, camera: 'shop-1' },
    });
    viewing.end(TOTALS);
    await settle();
    expect(last()).toMatchObject({
      kind: 'viewing.ended',
      data: { viewing: viewing.id, ...TOTALS },
    });
    viewing.end(TOTALS);
    await settle();
    expect(h.kinds().filter((kind) => kind === 'viewing.ended')).toHaveLength(1);
  });

  it('that end in one tick are written together', async () => {
    const viewings = Array.from({ length: 50 }, () => {
      const issued = permit();
      const viewing = h.live.viewings.begin(DISPATCHER, {
        camera: 'shop-1',
        incident,
        permit: issued,
      });
      issued.onEnd(({ code }) => viewing.end({ ...TOTALS, reason: code }));
      return viewing.id;
    });
    h.journal.writes.length = 0;
    h.live.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
    await settle();
    expect(h.journal.writes).toEqual([1, 50]);
    const ended = [...h.journal.read()].slice(-50);
    expect(ended.map(({ data }) => data['viewing'])).toEqual(viewings);
  });

  it('that end with the gateway are written before it has stopped', async () => {
    const viewing = begin();
    const stopped = h.live.stop();
    viewing.end(TOTALS);
    await stopped;
    expect(last()).toMatchObject({ kind: 'viewing.ended', data: { viewing: viewing.id } });
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
    const centre = h.live.gate.centrePermit('square-1');
    h.live.viewings.begin(OPERATOR, { camera: 'square-1', incident: null, permit: centre });
    expect(last()?.incident).toBeUndefined();
  });

  it('that a crash left open are ended at the next start, once', async () => {
    const viewing = begin();
    begin().end(TOTALS);
    await settle();
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
