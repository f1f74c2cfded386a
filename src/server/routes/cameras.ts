import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { actorOf } from '../../access/caller.ts';
import { rfc3339 } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { asWritten } from '../../liveview/owner-rules.ts';
import type { Context } from '../context.ts';
import type { ListenerDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import {
  cameraAnswer,
  forceReleaseBody,
  idParams,
  nothing,
  ptzBody,
  requestAnswer,
  siteAnswer,
  switchBody,
} from '../schemas.ts';
import { type CameraView, camerasView, cameraView, controlView, sitesView } from '../views.ts';

const CAMERA = ({ params: { id } }: { params: { id: string } }) => ({ cameras: [id] });

export function cameraRoutes(context: Context): Route[] {
  return [
    ...readingRoutes(context),
    steeringRoute(context),
    switchingRoute(context),
    ...freeingRoutes(context),
  ];
}

function readingRoutes({ deps }: Context): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/sites',
      action: 'site.read',
      sides: CENTRE_ONLY,
      summary: 'The sites, each with its cameras.',
      answer: { status: 200, schema: z.array(siteAnswer) },
      handle: ({ sight }) => sitesView(sight),
    }),
    route({
      method: 'GET',
      path: '/v1/cameras',
      action: 'camera.read',
      sides: CENTRE_ONLY,
      summary: 'The cameras.',
      answer: { status: 200, schema: z.array(cameraAnswer) },
      handle: ({ caller, sight }) =>
        camerasView(deps, sight).map((camera) => asNow(deps, camera, caller)),
    }),
    route({
      method: 'GET',
      path: '/v1/cameras/{id}',
      action: 'camera.read',
      sides: CENTRE_ONLY,
      summary: 'One camera.',
      params: idParams,
      names: CAMERA,
      answer: { status: 200, schema: cameraAnswer },
      handle: ({ params: { id }, caller }) => oneAsNow(deps, id, caller),
    }),
  ];
}

/** @throws LiveViewError `unknown-camera` */
function oneAsNow(deps: ListenerDeps, id: string, caller: Caller) {
  const camera = cameraView(deps, id);
  if (camera) return asNow(deps, camera, caller);
  throw new LiveViewError('unknown-camera', `there is no camera ${id}`);
}

/**
 * How its pictures are, who has it, and its owner's word are for the centre: they may name addresses
 * and people.
 */
function asNow(deps: ListenerDeps, camera: CameraView, caller: Caller) {
  const pulled = deps.pictures?.(camera.id).map(({ sinceUnixUs, ...picture }) => ({
    ...picture,
    since: rfc3339(sinceUnixUs),
  }));
  const rule = deps.directory.cameras.get(camera.id)?.sharing;
  return {
    ...camera,
    ...controlView(deps, camera.id, caller),
    ...(pulled ? { pictures: pulled } : {}),
    ...(rule ? { sharing: asWritten(rule) } : {}),
  };
}

function steeringRoute({ deps: { liveview } }: Context): Route {
  return route({
    method: 'POST',
    path: '/v1/cameras/{id}/ptz',
    action: 'camera.steer',
    sides: CENTRE_ONLY,
    summary:
      "The operator's own control. A movement asked here cannot be held, so it stops by itself after about half a second.",
    params: idParams,
    names: CAMERA,
    body: ptzBody,
    answer: { status: 201, schema: requestAnswer },
    handle({ params: { id: camera }, body: { action, ...args }, caller }) {
      return liveview.request(actorOf(caller), { incident: null, action, camera, args });
    },
  });
}

function switchingRoute({ deps: { liveview } }: Context): Route {
  return route({
    method: 'POST',
    path: '/v1/cameras/{id}/outputs',
    action: 'camera.steer',
    sides: CENTRE_ONLY,
    summary: 'Switch a light, a siren or a gate that hangs on the camera, for the operator.',
    params: idParams,
    names: CAMERA,
    body: switchBody,
    answer: { status: 201, schema: requestAnswer },
    handle: ({ params: { id: camera }, body: args, caller }) =>
      liveview.request(actorOf(caller), { incident: null, action: 'relay.set', camera, args }),
  });
}

/** Taking is a request, `ptz.take`; giving up needs no leave. */
function freeingRoutes({ deps }: Context): Route[] {
  const { hands } = deps.liveview;
  return [
    route({
      method: 'POST',
      path: '/v1/cameras/{id}/release',
      action: 'camera.steer',
      sides: CENTRE_ONLY,
      summary: 'Give up a camera that the caller has; a movement stops.',
      params: idParams,
      names: CAMERA,
      body: nothing,
      answer: { status: 200, schema: cameraAnswer },
      handle({ params: { id }, caller }) {
        hands.free(actorOf(caller), id);
        return oneAsNow(deps, id, caller);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/cameras/{id}/force-release',
      action: 'control.force',
      sides: CENTRE_ONLY,
      summary: 'Take a camera out of whosever hands it is in; a movement stops.',
      params: idParams,
      names: CAMERA,
      body: forceReleaseBody,
      answer: { status: 200, schema: cameraAnswer },
      handle({ params: { id }, body: { note }, caller }) {
        hands.forceFree(actorOf(caller), id, note);
        return oneAsNow(deps, id, caller);
      },
    }),
  ];
}
