import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestPolicies } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
import { DISPATCHER, Harness, OPERATOR } from './harness.ts';

/** What a grant says of requests, in place of what the cameras say. */
describe('a grant with policies of its own', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
    h.shared();
  });
  afterEach(() => h.dispose());

  const share = (requests: RequestPolicies) =>
    h.live.grant(OPERATOR, h.incident, 'rotterdam', {
      cameras: ['shop-1'],
      rights: ['view', 'ptz', 'switch'],
      requests,
    });

  it('lets a control room steer without a question where the camera would ask', async () => {
    share({ ptz: 'auto' });
    expect(h.ask(DISPATCHER).state).toBe('accepted');
    await settle();
    expect(h.control('shop-1').calls).toEqual(['move {"pan":1} 2000']);
  });

  it('is shown with the grant, and holds after a restart', () => {
    share({ ptz: 'auto', switch: 'never' });
    h.restart();
    expect(h.live.visibleIncident(DISPATCHER, h.incident)?.grants).toMatchObject([
      { requests: { ptz: 'auto', switch: 'never' } },
    ]);
    expect(h.ask(DISPATCHER).state).toBe('accepted');
    const change = h.ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'shop-1' });
    expect(change).toMatchObject({ state: 'declined', reasonCode: 'not-allowed-by-policy' });
  });

  it('stops a movement and answers a question that it no longer allows', async () => {
    share({ ptz: 'auto', zoom: 'confirm' });
    const moving = h.ask(DISPATCHER);
    const waiting = h.ask(DISPATCHER, 'ptz.zoom', { zoom: 1 });
    await settle();
    expect([moving, waiting].map((each) => h.stateOf(each)?.state)).toEqual(['running', 'pending']);
    share({ ptz: 'never' });
    expect(h.control('shop-1').calls.at(-1)).toBe('stop');
    await settle();
    expect(h.stateOf(moving)?.state).toBe('done');
    expect(h.stateOf(waiting)).toMatchObject({
      state: 'declined',
      reason: 'the centre does not let others zoom this camera',
    });
  });
});
