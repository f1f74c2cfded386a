import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveRequest } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
} from './harness.ts';

const RIGHTS: ['view', 'ptz', 'switch'] = ['view', 'ptz', 'switch'];

describe('what is asked again before it is decided', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
    h.shared(RIGHTS, ['shop-1', 'shop-2']);
  });
  afterEach(() => h.dispose());

  const ask = (...asked: Parameters<Harness['ask']>) => h.ask(...asked);
  const pending = () => h.live.requests({ state: 'pending' });
  const REPLACED = { state: 'expired', reasonCode: 'replaced' };

  it('is one question, with the newest direction', async () => {
    const presses = [0.25, 0.5, -1].map((pan) => ask(DISPATCHER, 'ptz.move', { pan }));
    const [first, second, third] = presses as [LiveRequest, LiveRequest, LiveRequest];
    expect(pending()).toEqual([third]);
    expect([first, second].map((each) => h.stateOf(each))).toMatchObject([REPLACED, REPLACED]);
    await h.live.accept(OPERATOR, third.id);
    expect(h.control('shop-1').calls).toEqual(['move {"pan":-1} 2000']);
  });

  it('is told in one go: first the new one, so that the question is there all the time', () => {
    const former = ask(DISPATCHER);
    h.changes.length = 0;
    const { seq } = h.journal.head();
    const newer = ask(DISPATCHER, 'ptz.move', { tilt: 1 });
    const told = h.changes.flatMap((change) => (change.kind === 'request' ? change.request : []));
    expect(told.map(({ id, state }) => [id, state])).toEqual([
      [newer.id, 'pending'],
      [former.id, 'expired'],
    ]);
    expect(h.journal.head().seq).toBe(seq + 1);
  });

  it('is another camera for the same tile', async () => {
    const former = ask(DISPATCHER, 'camera.switch', { tile: 1, camera: 'shop-1' });
    const newer = ask(DISPATCHER, 'camera.switch', { tile: 1, camera: 'shop-3' });
    expect(pending()).toEqual([newer]);
    expect(h.stateOf(former)).toMatchObject(REPLACED);
    await h.live.accept(OPERATOR, newer.id);
    expect(h.live.incident(h.incident)?.screen.tiles[1]).toEqual({ camera: 'shop-3' });
  });

  it.each<[string, () => LiveRequest]>([
    ['a colleague', () => ask(COLLEAGUE)],
    ['another kind of movement', () => ask(DISPATCHER, 'ptz.zoom', { zoom: 1 })],
    ['another camera', () => ask(DISPATCHER, 'ptz.move', { pan: 1 }, 'shop-2')],
    [
      'another control room',
      () => {
        h.live.grant(OPERATOR, h.incident, 'den-haag', { cameras: ['shop-1'], rights: RIGHTS });
        return ask(OTHER_ROOM);
      },
    ],
    [
      'another incident',
      () => {
        h.shared(RIGHTS);
        return ask(DISPATCHER);
      },
    ],
    ['a tile', () => ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'shop-1' })],
  ])('is not what comes from or is about %s', (_, other) => {
    const one = ask(DISPATCHER);
    const two = other();
    expect(pending()).toEqual([one, two]);
  });

  it('is not a switch of another tile', () => {
    const tiles = [0, 1].map((tile) =>
      ask(DISPATCHER, 'camera.switch', { tile, camera: 'shop-1' }),
    );
    expect(pending()).toEqual(tiles);
  });

  it('cannot be decided in its former form, nor held by it', async () => {
    const former = ask(DISPATCHER);
    const newer = ask(DISPATCHER, 'ptz.move', { tilt: 1 });
    await expect(h.live.accept(OPERATOR, former.id)).rejects.toMatchObject({
      code: 'request-decided',
    });
    expect(codeThrownBy(() => h.live.decline(OPERATOR, former.id, 'no'))).toBe('request-decided');
    await h.holdFor(DISPATCHER, former, 600);
    await h.live.release(DISPATCHER, former.id);
    expect(await h.live.accept(OPERATOR, newer.id)).toMatchObject({ reasonCode: 'released' });
    expect(h.control('shop-1').calls).toEqual([]);
  });

  it('waits as long as any question, from when it was asked last', () => {
    ask(DISPATCHER);
    h.clock.advance(50_000);
    const newer = ask(DISPATCHER);
    h.clock.advance(59_999);
    expect(pending()).toEqual([newer]);
    h.clock.advance(1);
    expect(h.stateOf(newer)).toMatchObject({ state: 'expired', reasonCode: 'expired' });
  });

  it('is asked no more when the answer needs nobody by now', async () => {
    const former = ask(DISPATCHER);
    const other = ask(DISPATCHER, 'ptz.zoom', { zoom: 1 });
    await h.live.accept(OPERATOR, other.id);
    const newer = ask(DISPATCHER);
    await settle();
    expect(h.stateOf(newer)?.state).toBe('running');
    expect(h.stateOf(former)).toMatchObject(REPLACED);
    expect(pending()).toEqual([]);
  });

  it('is the same question after a restart', () => {
    ask(DISPATCHER);
    ask(DISPATCHER, 'ptz.move', { tilt: 1 });
    const before = h.live.requests();
    h.restart();
    expect(h.live.requests()).toEqual(before);
    const newest = ask(DISPATCHER);
    expect(pending()).toEqual([newest]);
  });

  it('changes nothing when it cannot be recorded', () => {
    const former = ask(DISPATCHER);
    h.journal.full = true;
    expect(codeThrownBy(() => ask(DISPATCHER))).toBe('journal-unwritable');
    expect(pending()).toEqual([former]);
  });

  it('leaves what policy answers by itself alone', async () => {
    h.dispose();
    h = new Harness(directory('auto'));
    h.shared();
    const first = ask(DISPATCHER, 'ptz.home', {});
    const second = ask(DISPATCHER, 'ptz.home', {});
    await settle();
    expect([first, second].map((each) => h.stateOf(each)?.state)).toEqual(['done', 'done']);
  });
});
