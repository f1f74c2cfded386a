import { describe, expect, it } from '@jest/globals';
import type {
  CameraInfo,
  Grant,
  Policy,
  RequestAction,
  RequestPolicies,
} from '../../src/liveview/model.ts';
import { decide } from '../../src/liveview/policy.ts';
import { DISPATCHER, OPERATOR } from './harness.ts';

const camera = (requests: CameraInfo['requests']): CameraInfo => ({
  id: 'shop-1',
  name: 'Winkel',
  site: 'jeweller',
  requests,
});
const alike = (policy: Policy) => camera({ ptz: policy, switch: policy });
const grant = (cameras: string[], requests?: RequestPolicies): Grant => ({
  controlRoom: 'rotterdam',
  cameras,
  rights: ['view', 'ptz', 'switch'],
  ...(requests ? { requests } : {}),
  grantedAt: '2026-01-01T00:00:00.000Z',
  grantedBy: 'olga',
  expiresAt: '2026-01-01T01:00:00.000Z',
});
const ARGS: Partial<Record<RequestAction, Record<string, unknown>>> = {
  'ptz.move': { pan: 1 },
  'ptz.zoom': { zoom: 1 },
};

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
    const args = ARGS[action] ?? {};
    const asked = { action, args, camera: alike(policy), grant: grant(cameras) };
    expect(decide(asked, DISPATCHER)).toMatchObject({ decided });
  });

  const SELDOM: CameraInfo['requests'] = {
    ptz: 'confirm',
    zoom: 'auto',
    preset: 'auto',
    home: 'never',
    switch: 'confirm',
  };
  it.each<[string, RequestAction, Record<string, unknown>, string]>([
    ['turning', 'ptz.move', { pan: 1 }, 'pending'],
    ['zooming', 'ptz.zoom', { zoom: 1 }, 'accepted'],
    ['zooming by a movement', 'ptz.move', { zoom: 1 }, 'accepted'],
    ['turning and zooming goes by the strictest', 'ptz.move', { tilt: 1, zoom: 1 }, 'pending'],
    ['a position that only zooms', 'ptz.goto', { zoom: 0.5 }, 'accepted'],
    ['a position', 'ptz.goto', { pan: 0, tilt: 0, zoom: 0.5 }, 'pending'],
    ['a preset', 'ptz.preset', { preset: '1' }, 'accepted'],
    ['home', 'ptz.home', {}, 'declined'],
  ])('of each action is its own: %s', (_, action, args, decided) => {
    const asked = { action, args, camera: camera(SELDOM), grant: grant(['shop-1']) };
    expect(decide(asked, DISPATCHER)).toMatchObject({ decided });
  });

  it.each<[string, Policy, RequestPolicies, RequestAction, string]>([
    ['widens', 'confirm', { ptz: 'auto' }, 'ptz.move', 'accepted'],
    ['narrows', 'auto', { ptz: 'confirm' }, 'ptz.move', 'pending'],
    ['refuses', 'auto', { ptz: 'never' }, 'ptz.move', 'declined'],
    ['speaks for zoom, presets and home too', 'confirm', { ptz: 'auto' }, 'ptz.home', 'accepted'],
    ['unless it names them', 'confirm', { ptz: 'auto', home: 'never' }, 'ptz.home', 'declined'],
    ['says nothing of other actions', 'confirm', { ptz: 'auto' }, 'camera.switch', 'pending'],
    ['does not move what the camera never does', 'never', { ptz: 'auto' }, 'ptz.move', 'declined'],
  ])('of a grant %s: camera %s, grant %j, %s is %s', (_, own, requests, action, decided) => {
    const args = ARGS[action] ?? {};
    const asked = { action, args, camera: alike(own), grant: grant(['shop-1'], requests) };
    expect(decide(asked, DISPATCHER)).toMatchObject({ decided });
  });

  it.each<[RequestAction, string]>([
    ['ptz.move', 'the centre does not let others move this camera'],
    ['ptz.zoom', 'the centre does not let others zoom this camera'],
    ['ptz.preset', 'the centre does not let others send this camera to a preset'],
    ['ptz.home', 'the centre does not let others send this camera home'],
    ['camera.switch', 'the centre does not show this camera on request'],
  ])('says why when it declines %s', (action, reason) => {
    const args = ARGS[action] ?? {};
    const asked = { action, args, camera: alike('never'), grant: grant(['shop-1']) };
    expect(decide(asked, DISPATCHER)).toEqual({
      decided: 'declined',
      reason,
      reasonCode: 'not-allowed-by-policy',
    });
  });

  it('does not bind the centre', () => {
    const asked = {
      action: 'ptz.home',
      args: {},
      camera: alike('never'),
      grant: undefined,
    } as const;
    expect(decide(asked, OPERATOR)).toEqual({ decided: 'accepted' });
  });
});
