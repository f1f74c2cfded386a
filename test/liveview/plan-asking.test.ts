import { afterEach, describe, expect, it } from '@jest/globals';
import type { Policy, Right } from '../../src/liveview/model.ts';
import { madeOf } from '../support/made-pictures.ts';
import { codeThrownBy, DISPATCHER, directory, Harness, OPERATOR } from './harness.ts';

let harness: Harness;
let plan: string;
afterEach(() => harness.dispose());

async function begin(planRequests: Policy, rights: Right[] = ['view', 'plan']): Promise<void> {
  harness = new Harness({ ...directory(), planRequests });
  const picture = madeOf('plan');
  const site = 'jeweller';
  plan = (await harness.live.pictures.plans.add(OPERATOR, { site, name: 'Kelder', picture })).id;
  harness.shared(rights);
}

const ask = (actor = DISPATCHER, args: object = { tile: 1, plan }) =>
  harness.ask(actor, 'plan.show', { ...args });
const tiles = () => harness.live.incident(harness.incident)?.screen.tiles;

describe('a plan that a control room asks for', () => {
  it('is shown at once where the policy says so', async () => {
    await begin('auto');
    expect(ask()).toMatchObject({ action: 'plan.show', state: 'done', args: { tile: 1, plan } });
    expect(tiles()).toEqual([{ camera: 'shop-1' }, { plan }]);
    expect([...harness.journal.read()].at(-1)).toMatchObject({
      kind: 'request.made',
      actor: DISPATCHER,
      data: { action: 'plan.show', decided: 'accepted' },
    });
    harness.restart();
    expect(tiles()).toEqual([{ camera: 'shop-1' }, { plan }]);
  });

  it('waits for the operator where it says so, and is then shown', async () => {
    await begin('confirm');
    const request = ask();
    expect(request.state).toBe('pending');
    expect(await harness.live.accept(OPERATOR, request.id)).toMatchObject({
      state: 'done',
      by: 'olga',
    });
    expect(tiles()?.[1]).toEqual({ plan });
  });

  it('is declined by the operator with a reason', async () => {
    await begin('confirm');
    const { id } = ask();
    expect(harness.live.decline(OPERATOR, id, 'not now')).toMatchObject({ state: 'declined' });
    expect(tiles()).toEqual([{ camera: 'shop-1' }, { camera: 'shop-2' }]);
  });

  it('is one question a tile: the newest', async () => {
    await begin('confirm');
    const first = ask();
    const second = ask();
    expect(harness.stateOf(first)).toMatchObject({ state: 'expired', reasonCode: 'replaced' });
    expect(harness.stateOf(second)?.state).toBe('pending');
  });

  it('does not exist where it is never shown on request', async () => {
    await begin('never');
    expect(codeThrownBy(() => ask())).toBe('not-shared');
  });

  it('goes by what the share says, but for the centre’s never', async () => {
    await begin('auto');
    const terms = { cameras: ['shop-1'], rights: ['view', 'plan'] as Right[] };
    const share = (policy: Policy) =>
      harness.live.grant(OPERATOR, harness.incident, 'rotterdam', {
        ...terms,
        requests: { plan: policy },
      });
    share('confirm');
    expect(ask().state).toBe('pending');
    share('never');
    expect(codeThrownBy(() => ask())).toBe('not-shared');
  });

  it.each<[string, Right[], object, string]>([
    ['without the right', ['view', 'switch'], {}, 'not-allowed'],
    ['that there is not', ['view', 'plan'], { plan: 'nothing' }, 'not-shared'],
    ['on a tile that cannot be', ['view', 'plan'], { tile: 9 }, 'invalid-request'],
    ['without naming it', ['view', 'plan'], { plan: undefined }, 'invalid-request'],
  ])('is refused %s', async (_what, rights, change, code) => {
    await begin('auto', rights);
    expect(codeThrownBy(() => ask(DISPATCHER, { tile: 0, plan, ...change }))).toBe(code);
  });

  it('is not asked for any more when the plan is removed, the right withdrawn or the share over', async () => {
    await begin('confirm');
    const first = ask();
    await harness.live.pictures.plans.remove(OPERATOR, plan);
    expect(harness.stateOf(first)).toMatchObject({ state: 'declined', reasonCode: 'unknown-plan' });
    await begin('confirm');
    const second = ask();
    harness.live.grant(OPERATOR, harness.incident, 'rotterdam', {
      ...{ cameras: ['shop-1'], rights: ['view'] },
    });
    expect(harness.stateOf(second)).toMatchObject({ state: 'expired', reasonCode: 'share-ended' });
  });

  it('cannot be accepted when the share has just run out', async () => {
    await begin('confirm');
    const { id } = ask();
    await harness.clock.advanceAsync(59_999);
    harness.clock.advance(0);
    harness.live.withdraw(OPERATOR, harness.incident, 'rotterdam');
    await expect(harness.live.accept(OPERATOR, id)).rejects.toMatchObject({
      code: 'request-decided',
    });
  });
});

describe('a plan that the operator asks for', () => {
  it('is shown at once, whatever the policy', async () => {
    await begin('never');
    expect(ask(OPERATOR)).toMatchObject({ state: 'done', by: 'olga' });
    expect(tiles()?.[1]).toEqual({ plan });
  });

  it('is one of the incident’s site', async () => {
    await begin('auto');
    expect(codeThrownBy(() => ask(OPERATOR, { tile: 0, plan: 'nothing' }))).toBe('unknown-plan');
  });

  it('needs an incident whose screen is to change', async () => {
    await begin('auto');
    harness.incident = 'nothing';
    expect(codeThrownBy(() => ask(OPERATOR))).toBe('unknown-incident');
  });
});
