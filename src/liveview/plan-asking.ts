import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import { type AnyAsk, type Ask, notShared, placeOf, type World } from './asking.ts';
import { checkArgs } from './events.ts';
import type { Directory, Grant, Incident, LiveRequest, Policy } from './model.ts';
import { planWithin } from './plan-state.ts';
import type { Decision } from './policy.ts';
import { because, type Reason } from './reasons.ts';
import { isPolice } from './sharing.ts';
import type { State } from './state.ts';

/** A plan that somebody who may ask for it wants on the screen. */
export interface CheckedPlanAsk extends AnyAsk {
  readonly incident: Incident;
}

/**
 * A control room with the right `plan` may ask for the plans of the incident's site. Where the centre
 * never shows one on request, there is none to ask for.
 *
 * @throws LiveViewError `invalid-request`, `not-shared`, `not-allowed`, `unknown-incident`,
 *   `incident-closed`, `unknown-plan`
 */
export function checkPlanAsk(world: World, actor: Actor, ask: Ask): CheckedPlanAsk {
  const args = checkArgs('plan.show', ask.args);
  const { incident, grant } = placeOf(world, actor, ask);
  if (!incident) throw notShared();
  try {
    planWithin(world.state, incident, 'plan' in args ? args.plan : '');
  } catch (error) {
    throw grant && error instanceof LiveViewError ? notShared() : error;
  }
  if (grant && planPolicy(world.directory, grant) === 'never') throw notShared();
  return { incident, action: ask.action, args, grant };
}

/** The centre puts on the screen what it likes; a control room's wish goes by the policy. */
export function decidePlan(
  directory: Directory,
  { grant }: Pick<CheckedPlanAsk, 'grant'>,
  actor: Actor,
): Decision {
  if (!isPolice(actor)) return { decided: 'accepted' };
  return { decided: planPolicy(directory, grant) === 'auto' ? 'accepted' : 'pending' };
}

/** Why a question that waits need not be decided any more. */
export function planRefusal(
  state: Pick<State, 'plans'>,
  directory: Directory,
  { args }: Pick<LiveRequest, 'args'>,
  grant: Grant | undefined,
): Reason | undefined {
  if (!state.plans.has(String(args['plan']))) return because('unknown-plan');
  if (grant && planPolicy(directory, grant) === 'never') return because('not-allowed-by-policy');
  return undefined;
}

/** The word of the grant goes before that of the centre, but for its `never`. */
export function planPolicy({ planRequests }: Directory, grant: Grant | undefined): Policy {
  return planRequests === 'never' ? planRequests : (grant?.requests?.plan ?? planRequests);
}
