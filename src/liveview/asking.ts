import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import { checkArgs } from './events.ts';
import { isSame } from './hold-rules.ts';
import { belongs, knownCamera } from './known-camera.ts';
import { incidentFor } from './known-incident.ts';
import type { CameraInfo, DeskAction, Directory, Grant, Incident, LiveRequest } from './model.ts';
import { policyFor, rightFor, type Wish } from './policy.ts';
import type { Shares } from './shares.ts';
import { isPolice } from './sharing.ts';
import type { State } from './state.ts';

/** What is asked for, before anything about it is believed. */
export interface Ask {
  readonly incident: string | null;
  readonly action: DeskAction;
  readonly camera?: string | undefined;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What was asked for, by somebody who may ask it. */
export interface CheckedAsk {
  readonly incident: Incident | undefined;
  readonly action: DeskAction;
  readonly camera: CameraInfo;
  readonly args: ReturnType<typeof checkArgs>;
  /** The control room's grant; undefined for the centre. */
  readonly grant: Grant | undefined;
}

/** The same of what needs no camera. */
export interface AnyAsk extends Omit<CheckedAsk, 'camera'> {
  readonly camera?: CameraInfo | undefined;
}

export interface World {
  readonly state: State;
  readonly directory: Directory;
  readonly shares: Shares;
}

/**
 * A control room may ask for what its grant covers; to switch, also for the other cameras of the
 * incident and its site. Whatever else it names is answered `not-shared`.
 *
 * @throws LiveViewError `invalid-request`, `not-shared`, `not-allowed`, `unknown-incident`,
 *   `incident-closed`, `unknown-camera`, `camera-not-at-site`
 */
export function checkAsk(world: World, actor: Actor, ask: Ask): CheckedAsk {
  const args = checkArgs(ask.action, ask.args);
  const id = cameraOf(ask, args);
  const { incident, grant } = placeOf(world, actor, ask);
  const camera = world.directory.cameras.get(id);
  const within = camera !== undefined && (!incident || belongs(incident, camera));
  const checked = { incident, action: ask.action, args, grant };
  if (camera && within && grant === undefined) return { ...checked, camera };
  if (camera && within && grant?.cameras.includes(id)) return { ...checked, camera };
  if (camera && within && maySwitchTo(world.shares, camera, checked)) return { ...checked, camera };
  if (grant) throw notShared();
  knownCamera(world.directory, id);
  throw new LiveViewError('camera-not-at-site', `camera ${id} is not part of this incident`);
}

/**
 * Whether what is asked now is what this request asked before: the same asker in the same incident,
 * about the same kind of movement of one camera, or about the same tile. A joystick that is pressed
 * again, or another camera for the tile, is a newer form of the same question.
 */
export function isSameQuestion(
  before: LiveRequest,
  actor: Actor,
  { incident, action, camera, args }: AnyAsk,
): boolean {
  if (!isSame(before, actor)) return false;
  if (before.incident !== (incident?.id ?? null) || before.action !== action) return false;
  if ('output' in args && before.args['output'] !== args.output) return false;
  return 'tile' in args ? before.args['tile'] === args.tile : before.camera === camera?.id;
}

/** A camera that is not shown on request, or not shared now, does not exist for those who may only ask. */
function maySwitchTo(
  shares: Shares,
  camera: CameraInfo,
  { grant, incident, ...wish }: Wish & Pick<CheckedAsk, 'grant' | 'incident'>,
): boolean {
  if (incident && shares.ownerObjection(camera, incident.type)) return false;
  return wish.action === 'camera.switch' && policyFor(camera, wish, grant) !== 'never';
}

function cameraOf(ask: Ask, args: CheckedAsk['args']): string {
  const named = 'camera' in args ? args.camera : undefined;
  const camera = ask.camera ?? named;
  if (camera === undefined) throw new LiveViewError('invalid-request', 'name the camera');
  if (named === undefined || named === camera) return camera;
  throw new LiveViewError('invalid-request', 'the request names two different cameras');
}

/** The incident in which it is asked, and for a control room its grant, which has the right. */
export function placeOf(world: World, actor: Actor, ask: Ask) {
  return isPolice(actor) ? shared(world, actor, ask) : known(world, ask);
}

function shared({ state, shares }: World, actor: Actor, ask: Ask) {
  const incident = state.incidents.get(ask.incident ?? '');
  const grant = shares.inForce(incident, actor.controlRoom);
  if (!grant) throw notShared();
  const right = rightFor(ask.action);
  if (grant.rights.includes(right)) return { incident, grant };
  throw new LiveViewError('not-allowed', `your control room was not given the right “${right}”`);
}

function known({ state }: World, ask: Ask) {
  if (ask.incident === null) {
    if (ask.action !== 'camera.switch' && ask.action !== 'plan.show') {
      return { incident: undefined, grant: undefined };
    }
    throw new LiveViewError('invalid-request', 'name the incident whose screen is to change');
  }
  return { incident: incidentFor(state, ask.incident, 'update'), grant: undefined };
}

export function notShared(): LiveViewError {
  return new LiveViewError('not-shared', 'this is not shared with your control room');
}
