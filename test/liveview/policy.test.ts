import { describe, expect, it } from '@jest/globals';
import type { Grant, Policy, RequestAction } from '../../src/liveview/model.ts';
import { decide } from '../../src/liveview/policy.ts';
import { DISPATCHER, OPERATOR } from './harness.ts';

const camera = (policy: Policy) => ({
  id: 'shop-1',
  name: 'Winkel',
  site: 'jeweller',
  requests: { ptz: policy, switch: policy },
});
const grant = (cameras: string[]): Grant => ({
  controlRoom: 'rotterdam',
  cameras,
  rights: ['view', 'ptz', 'switch'],
  grantedAt: '2026-01-01T00:00:00.000Z',
  grantedBy: 'olga',
  expiresAt: '2026-01-01T01:00:00.000Z',
});

describe('the policy', () => {
  it.each<[RequestAction, Policy, string[], string]>([
    ['ptz.move', 'auto', ['shop-1'], 'accepted'],
    ['ptz.home', 'confirm', ['shop-1'], 'pending'],
    ['ptz.preset', 'never', ['shop-1'], 'declined'],
    ['camera.switch', 'auto', ['shop-1'], 'accepted'],
    ['camera.switch', 'auto', ['shop-2'], 'pending'],
    ['camera.switch', 'confirm', ['shop-1'], 'pending'],
    ['camera.switch', 'never', ['shop-1'], 'declined'],
  ])('%s under %s with %j shared: %s', (action, policy, cameras, decided) => {
    const asked = { action, camera: camera(policy), grant: grant(cameras) };
    expect(decide(asked, DISPATCHER)).toMatchObject({ decided });
  });

  it('says why when it declines', () => {
    const asked = {
      action: 'ptz.move',
      camera: camera('never'),
      grant: grant(['shop-1']),
    } as const;
    expect(decide(asked, DISPATCHER)).toEqual({
      decided: 'declined',
      reason: 'the centre does not let others move this camera',
      reasonCode: 'not-allowed-by-policy',
    });
  });

  it('does not bind the centre', () => {
    const asked = { action: 'ptz.move', camera: camera('never'), grant: undefined } as const;
    expect(decide(asked, OPERATOR)).toEqual({ decided: 'accepted' });
  });
});
