import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { IncidentView, RequestState } from '../../src/client/index.ts';
import type { LiveRequest } from '../../src/liveview/model.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { incident, request } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

/** What may be asked of the screen: in words, by what, and as it is asked. */
const WISHES = [
  {
    action: 'camera.switch',
    asks: 'switch-front',
    camera: 'front',
    args: { tile: 0, camera: 'front' },
    words: 'Andere camera tonen: Gevel (vak 1)',
  },
  {
    action: 'plan.show',
    asks: 'ask-plan-p1',
    args: { tile: 0, plan: 'p1' },
    words: 'Plattegrond tonen: Begane grond (vak 1)',
  },
] as const;
type Wish = (typeof WISHES)[number];

/** What becomes of it: what the centre calls for that, and what is said of it there and in the control room. */
const ENDS: readonly End[] = [
  { state: 'accepted', more: { by: 'anna' }, calls: ['accept {}'], said: 'geaccepteerd' },
  { state: 'done', more: { by: 'anna' }, calls: ['accept {}'], said: 'uitgevoerd' },
  {
    state: 'declined',
    more: { by: 'anna', reason: 'Privacy' },
    calls: ['decline {"reason":"Privacy"}'],
    said: 'geweigerd',
    why: ': Privacy',
  },
  { state: 'expired', more: {}, calls: [], said: 'verlopen' },
];
interface End {
  readonly state: RequestState;
  readonly more: Partial<LiveRequest>;
  readonly calls: readonly string[];
  readonly said: string;
  readonly why?: string;
}
const CASES = WISHES.flatMap((wish) =>
  ENDS.map((end) => [wish.action, end.state, wish, end] as const),
);

function shared(): IncidentView {
  const [grant] = incident().grants;
  return incident({
    screen: { tiles: [{ camera: 'shop-1' }], focus: null },
    grants: grant ? [{ ...grant, rights: ['view', 'ptz', 'switch', 'plan'] }] : [],
    plans: [{ id: 'p1', name: 'Begane grond', width: 64, height: 36, cameras: [] }],
  });
}

const asked = ({ action, args, ...wish }: Wish, more: Partial<LiveRequest> = {}) =>
  'camera' in wish
    ? request({ action, args, camera: wish.camera, ...more })
    : withoutCamera(request({ action, args, ...more }));

function withoutCamera({ camera: _, ...rest }: LiveRequest): LiveRequest {
  return rest;
}

describe('in the control room', () => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench('police', (bench) => {
    ({ gateway, url, page } = bench);
  });

  it.each(CASES)('%s that is %s', async (_action, state, wish, { more, said, why = '' }) => {
    gateway.loggedIn = true;
    gateway.incidents = [shared()];
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    await page.getByTestId(wish.asks).click();
    const { id, ...told } = await until('a request', () => gateway.heard('request')[0]);
    const { action, args } = wish;
    const camera = 'camera' in wish ? { camera: wish.camera } : {};
    expect(told).toEqual({ type: 'request', incident: 'i1', action, args, ...camera });
    gateway.setRequest(asked(wish), String(id));
    const row = page.getByTestId('request');
    await row.getByText(wish.words).waitFor();
    await row.getByText('wacht op centralist').waitFor();
    gateway.setRequest(asked(wish, { state, ...more }), String(id));
    await row.getByText(said + why, { exact: true }).waitFor();
    expect(await row.count()).toBe(1);
  });
});

describe('at the centre', () => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench('centre', (bench) => {
    ({ gateway, url, page } = bench);
  });

  it.each(CASES)('%s that is %s', async (_action, state, wish, { more, said, calls }) => {
    gateway.loggedIn = true;
    gateway.incidents = [shared()];
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    gateway.setRequest(asked(wish));
    const pending = page.getByTestId('pending');
    await pending.getByText(wish.words).waitFor();
    await pending.getByTestId('decline').waitFor();
    gateway.onCall = () => asked(wish, { state, ...more });
    if (state === 'declined') {
      await pending.getByTestId('decline').click();
      await page.getByRole('button', { name: 'Privacy' }).click();
      await page.getByTestId('decline-dialog-confirm').click();
    } else if (state === 'expired') gateway.setRequest(asked(wish, { state, ...more }));
    else await pending.getByTestId('accept').click();
    await until('decided', async () => (await pending.count()) === 0);
    expect(gateway.calls).toEqual(calls.map((call) => `POST /v1/requests/g1/${call}`));
    const row = page.getByTestId('request-log').getByText(wish.words);
    await row.waitFor();
    await page
      .getByTestId('request-log')
      .getByText(said.split(':')[0] ?? said)
      .waitFor();
  });
});
