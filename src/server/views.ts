import type { Caller, Side } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { actionsOf, may } from '../access/permissions.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Alarm } from '../liveview/alarm-model.ts';
import type { Astray, OutputOn } from '../liveview/camera-desk.ts';
import { isSame } from '../liveview/hold-rules.ts';
import type { HeldCamera } from '../liveview/holds.ts';
import type { LiveView } from '../liveview/liveview.ts';
import type {
  CameraInfo,
  Grant,
  Incident,
  LiveRequest,
  OutputInfo,
  OutputKind,
  Site,
} from '../liveview/model.ts';
import { policyFor } from '../liveview/policy.ts';
import { sharedRequest } from '../liveview/sharing.ts';
import { type StepNow, stepsOf } from '../liveview/steps.ts';
import type { CameraPtz, ListenerDeps } from './deps.ts';
import { type IncidentPlan, incidentPlans } from './plan-views.ts';
import { Sight } from './sight.ts';

/** The nouns of Live View with what is needed to show them: names beside identifiers. */

export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly site: string;
  readonly ptz?: CameraPtz | null;
  /** What can be switched at it, for a control room what it may ask. */
  readonly outputs?: readonly OutputView[];
}

/** What hangs on a relay output of a camera. */
export interface OutputView {
  readonly id: string;
  readonly kind: OutputKind;
  readonly name: { readonly nl: string; readonly en: string };
  /** It is on for this long at a time; absent for what stays on. */
  readonly pulseMs?: number;
  /** For a control room: what of it may be asked, where that is not both. */
  readonly only?: 'on' | 'off';
}

export interface SiteView extends Site {
  readonly cameras: readonly string[];
}

/** What else was told of the site about the same time: identifiers of alarms. */
export interface AlarmView extends Alarm {
  readonly alongside: readonly string[];
}

export interface IncidentView extends Incident {
  readonly siteDetails?: Site;
  readonly cameraDetails: readonly CameraView[];
  /**
   * For a control room that may ask for another camera: those of the site that are not shared yet
   * and may be asked for. Their names are disclosed with the right to ask for them.
   */
  readonly neighbours?: readonly Neighbour[];
  /** At the centre: what it wants done before closing. */
  readonly closingSteps?: readonly StepNow[];
  /** Plans of the site; for a control room those that it sees or may ask for. */
  readonly plans: readonly IncidentPlan[];
}

/** What a session may do is named by the gateway's own permissions. */
export type SessionAction = Action;

export type Neighbour = Pick<CameraView, 'id' | 'name'>;

/**
 * Who has a camera, as the caller may know it: a control room learns no name, and no more than whether
 * it is the caller, the centre, or somebody else.
 */
export interface HolderView {
  readonly who: 'you' | 'centre' | 'room' | 'other';
  /** At the centre. */
  readonly user?: string;
  readonly role?: string;
  readonly controlRoom?: string;
  readonly since?: string;
  readonly lastUsed?: string;
  /** When it ends, unless the camera is used again. */
  readonly until?: string;
}

/** Something is on; who has it so is for the centre. */
export interface OutputOnView {
  readonly output: string;
  readonly since: string;
  /** The camera did not confirm what it was told last: it may be on or off. */
  readonly unsure?: true;
  /** At the centre: why. */
  readonly error?: string;
  readonly user?: string;
  readonly controlRoom?: string;
}

/** How a camera is at the desk. */
export interface ControlView {
  readonly holder: HolderView | null;
  /** What is switched on; absent when nothing is. */
  readonly on?: readonly OutputOnView[];
  /** At the centre: why it did not return after the incidents in which it was moved. */
  readonly astray?: Astray;
}

export function controlView(deps: ListenerDeps, camera: string, caller: Caller): ControlView {
  const { hands, outputs } = deps.liveview;
  const on = outputs
    .on(camera)
    .filter(({ output }) => knowsOutput(deps, camera, output, caller))
    .map((each) => outputOnView(each, caller));
  const astray = caller.side === 'centre' ? hands.astray(camera) : undefined;
  return {
    holder: holderView(hands.held(camera), caller),
    ...(astray ? { astray } : {}),
    ...(on.length === 0 ? {} : { on }),
  };
}

function outputOnView({ output, since, actor, failed }: OutputOn, { side }: Caller): OutputOnView {
  const { user, controlRoom } = actor;
  const unsure = failed === undefined ? {} : { unsure: true as const };
  if (side === 'police') return { output, since, ...unsure };
  return {
    ...{ output, since, user, ...unsure },
    ...(controlRoom === undefined ? {} : { controlRoom }),
    ...(failed === undefined ? {} : { error: failed }),
  };
}

/** A control room is told of what it may ask for, and of nothing else that hangs on a camera. */
function knowsOutput(deps: ListenerDeps, camera: string, output: string, caller: Caller): boolean {
  if (caller.side === 'centre') return true;
  const incidents = new Sight(deps, caller).incidents();
  const grants = incidents.flatMap((incident) => incident.grants);
  return grants.some(
    (grant) =>
      grant.cameras.includes(camera) &&
      cameraView(deps, camera, grant)?.outputs?.some(({ id }) => id === output),
  );
}

function holderView(held: HeldCamera | undefined, caller: Caller): HolderView | null {
  if (!held) return null;
  const { actor, since, lastUsed, until } = held;
  const { user, role, controlRoom } = actor;
  const own = isSame(actor, caller);
  if (caller.side === 'police') {
    return { who: own ? 'you' : controlRoom === undefined ? 'centre' : 'other' };
  }
  return {
    who: own ? 'you' : controlRoom === undefined ? 'centre' : 'room',
    ...{ user, role, since, lastUsed, until },
    ...(controlRoom === undefined ? {} : { controlRoom }),
  };
}

/**
 * @param grant of the control room for which it is meant.
 * @returns undefined when no camera has this id.
 */
export function cameraView(deps: ListenerDeps, id: string, grant?: Grant): CameraView | undefined {
  const camera = deps.directory.cameras.get(id);
  if (!camera) return undefined;
  const ptz = deps.ptz?.(id);
  const { name, site } = camera;
  const outputs = (camera.outputs ?? []).flatMap((output) => outputView(camera, output, grant));
  return {
    ...{ id, name, site },
    ...(ptz === undefined ? {} : { ptz }),
    ...(outputs.length === 0 ? {} : { outputs }),
  };
}

/** Nothing of what a control room with this grant may not ask for at all. */
function outputView(camera: CameraInfo, output: OutputInfo, grant?: Grant): OutputView[] {
  const { id, kind, name, pulseMs } = output;
  const asks = (['on', 'off'] as const).filter((way) => mayAsk(camera, id, way, grant));
  if (asks.length === 0) return [];
  const [only] = asks.length === 1 ? asks : [];
  const told = { id, kind, name, ...(pulseMs === undefined ? {} : { pulseMs }) };
  return [{ ...told, ...(only === undefined ? {} : { only }) }];
}

function mayAsk(camera: CameraInfo, output: string, way: 'on' | 'off', grant?: Grant): boolean {
  if (!grant) return true;
  const wish = { action: 'relay.set', args: { output, on: way === 'on' } } as const;
  return grant.rights.includes('ptz') && policyFor(camera, wish, grant) !== 'never';
}

export function camerasView(deps: ListenerDeps, sight: Sight): CameraView[] {
  return viewsOf(
    deps,
    sight.cameras().map(({ id }) => id),
  );
}

export function sitesView(sight: Sight): SiteView[] {
  const cameras = sight.cameras();
  return sight.sites().map((site) => ({
    ...siteDetails(site, 'centre'),
    cameras: cameras.filter((camera) => camera.site === site.id).map(({ id }) => id),
  }));
}

/** What somebody did at the centre, as they see it afterwards. */
export function doneView(deps: ListenerDeps, caller: Caller, incident: Incident): IncidentView {
  const seen = new Sight(deps, caller).of(incident);
  if (seen) return incidentView(deps, seen, caller.side);
  throw new LiveViewError('unknown-incident', 'there is no such incident (any more)');
}

/**
 * @param incident as this caller may see it: its cameras are the only ones that are described.
 * @param side the instructions of a site are for the centre's own operators.
 */
export function incidentView(deps: ListenerDeps, incident: Incident, side: Side): IncidentView {
  const site = deps.directory.sites.get(incident.site);
  const { steps: _, ...shown } = incident;
  return {
    ...shown,
    ...(site ? { siteDetails: siteDetails(site, side) } : {}),
    cameraDetails: viewsOf(
      deps,
      incident.cameras,
      side === 'police' ? incident.grants[0] : undefined,
    ),
    plans: incidentPlans(deps, incident, side),
    ...(side === 'police'
      ? { neighbours: neighboursOf(deps, incident) }
      : { closingSteps: stepsOf(deps.directory, incident) }),
  };
}

/** @param alarm as this caller may see it. */
export function alarmView(liveview: Pick<LiveView, 'alongside'>, alarm: Alarm): AlarmView {
  return { ...alarm, alongside: liveview.alongside(alarm).map(({ id }) => id) };
}

export function requestView(request: LiveRequest, side: Side): LiveRequest {
  return side === 'police' ? sharedRequest(request) : request;
}

const SWITCH = { action: 'camera.switch', args: {} } as const;

function neighboursOf({ directory, liveview }: ListenerDeps, incident: Incident): Neighbour[] {
  const grant = incident.grants.find(({ rights }) => rights.includes('switch'));
  if (!grant) return [];
  return [...directory.cameras.values()]
    .filter(({ id, site }) => site === incident.site && !incident.cameras.includes(id))
    .filter((camera) => policyFor(camera, SWITCH, grant) !== 'never')
    .filter((camera) => liveview.casework.grants.mayBeShared(camera, incident))
    .map(({ id, name }) => ({ id, name }));
}

export function sessionView(deps: ListenerDeps, caller: Caller) {
  const { user, name, role, side, controlRoom, sites } = caller;
  const { controlRooms, grantMinutes } = deps.directory;
  const room = controlRoom === undefined ? undefined : controlRooms.get(controlRoom);
  return {
    ...{ user, role, side, may: actionsOf(caller) },
    ...(name === undefined ? {} : { name }),
    ...(controlRoom === undefined ? {} : { controlRoom }),
    ...(sites === undefined ? {} : { sites }),
    ...(room === undefined ? {} : { controlRoomName: room.name }),
    ...(deps.gatewayName === undefined ? {} : { gateway: deps.gatewayName }),
    ...(side === 'centre' ? { controlRooms: [...controlRooms.values()], grantMinutes } : {}),
    ...(side === 'police' ? { requestableSites: requestableSites(deps, controlRoom) } : {}),
    ...(deps.demonstration && may(caller, 'demonstration.play') ? { demonstration: true } : {}),
  };
}

/** Of which sites the control room may ask for images, by the names that it may know. */
function requestableSites({ directory }: ListenerDeps, controlRoom = '') {
  return [...directory.sites.values()].flatMap(({ id, requestable }) =>
    requestable?.by.includes(controlRoom) ? [{ id, name: requestable.name }] : [],
  );
}

function viewsOf(deps: ListenerDeps, ids: readonly string[], grant?: Grant): CameraView[] {
  return ids.flatMap((id) => cameraView(deps, id, grant) ?? []);
}

/** What the file of a site says, and nothing that the configuration may hold besides. */
function siteDetails({ id, name, address, instructions, contacts }: Site, side: Side): Site {
  return {
    ...{ id, name, contacts },
    ...(address === undefined ? {} : { address }),
    ...(instructions === undefined || side === 'police' ? {} : { instructions }),
  };
}
