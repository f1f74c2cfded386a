import type { Actor } from '../journal/record.ts';
import type {
  AskKind,
  CameraInfo,
  Grant,
  LiveRequest,
  Policy,
  RequestAction,
  Right,
} from './model.ts';
import { because, type Reason } from './reasons.ts';
import { isPolice } from './sharing.ts';

/** What is to become of something that was asked for. */
export type Decision =
  | { readonly decided: 'accepted' | 'pending' }
  | ({ readonly decided: 'declined' } & Reason);

/** What was asked for, as far as a policy looks at it. */
export type Wish = Pick<LiveRequest, 'action' | 'args'>;

/** The right of a grant that an action needs. */
export function rightFor(action: RequestAction): Right {
  if (action === 'plan.show') return 'plan';
  return action === 'camera.switch' ? 'switch' : 'ptz';
}

/**
 * The word of the grant in which it is asked goes before that of the camera, in either direction; but
 * what a camera never does is done for nobody. A wish of several kinds goes by the strictest.
 */
export function policyFor(camera: CameraInfo, wish: Wish, grant?: Grant): Policy {
  const policies = kindsOf(wish).map((kind) => policyOf(kind, wish, camera, grant));
  return STRICTEST.find((policy) => policies.includes(policy)) ?? 'never';
}

/**
 * The centre's own hand needs no leave. A control room's request goes by the policy; but a switch to a
 * camera that is not shared yet is a disclosure, and only a person decides on that.
 */
export function decide(
  { camera, grant, ...wish }: Wish & { camera: CameraInfo; grant: Grant | undefined },
  actor: Actor,
): Decision {
  if (!isPolice(actor)) return { decided: 'accepted' };
  const reason = refusal(camera, wish, grant);
  if (reason) return { decided: 'declined', ...reason };
  const shared = grant?.cameras.includes(camera.id) ?? false;
  const policy = policyFor(camera, wish, grant);
  return { decided: policy === 'auto' && shared ? 'accepted' : 'pending' };
}

/** Why no control room may ask this of the camera; undefined when it may. */
export function refusal(camera: CameraInfo, wish: Wish, grant?: Grant): Reason | undefined {
  const refused = kindsOf(wish).find((kind) => policyOf(kind, wish, camera, grant) === 'never');
  return refused && because('not-allowed-by-policy', REFUSED[refused]);
}

const STRICTEST: readonly Policy[] = ['never', 'confirm', 'auto'];

function kindsOf({ action, args }: Wish): AskKind[] {
  switch (action) {
    case 'ptz.move':
    case 'ptz.goto': {
      const turns = args['pan'] !== undefined || args['tilt'] !== undefined;
      return [
        ...(turns ? ['ptz' as const] : []),
        ...(args['zoom'] === undefined ? [] : ['zoom' as const]),
      ];
    }
    case 'ptz.zoom':
      return ['zoom'];
    case 'ptz.preset':
      return ['preset'];
    case 'ptz.home':
      return ['home'];
    case 'ptz.take':
      return ['ptz'];
    case 'relay.set':
      return ['relay'];
    case 'camera.switch':
      return ['switch'];
    case 'plan.show':
      return ['plan'];
    case 'view':
    case 'note':
      return [];
  }
}

/** Kinds that go by the policy for `ptz` where nothing is said of them. */
const MOVES: readonly AskKind[] = ['zoom', 'preset', 'home'];

function policyOf(kind: AskKind, wish: Wish, camera: CameraInfo, grant: Grant | undefined): Policy {
  const { requests } = camera;
  const general = MOVES.includes(kind) ? ('ptz' as const) : kind;
  const told = kind === 'relay' ? outputPolicy(camera, wish) : requests[kind];
  const own = told ?? requests[general] ?? 'never';
  if (own === 'never') return own;
  return grant?.requests?.[kind] ?? grant?.requests?.[general] ?? own;
}

/** Each output has its own word, for switching it on and for switching it off. */
function outputPolicy({ outputs }: CameraInfo, { args }: Wish): Policy | undefined {
  const output = outputs?.find(({ id }) => id === args['output']);
  return output?.requests[args['on'] === true ? 'on' : 'off'];
}

const REFUSED: Record<AskKind, string> = {
  ptz: 'the centre does not let others move this camera',
  zoom: 'the centre does not let others zoom this camera',
  preset: 'the centre does not let others send this camera to a preset',
  home: 'the centre does not let others send this camera home',
  relay: 'the centre does not let others switch this',
  switch: 'the centre does not show this camera on request',
  plan: 'the centre does not show plans on request',
};
