import { z } from 'zod';
import { actorOf } from '../../access/caller.ts';
import { rfc3339 } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { asWritten } from '../../liveview/owner-rules.ts';
import type { Context } from '../context.ts';
import type { ListenerDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { cameraAnswer, idParams, ptzBody, requestAnswer, siteAnswer } from '../schemas.ts';
import { type CameraView, camerasView, cameraView, sitesView } from '../views.ts';

export function cameraRoutes(context: Context): Route[] {
  return [...readingRoutes(context), steeringRoute(context)];
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
      handle: () => sitesView(deps),
    }),
    route({
      method: 'GET',
      path: '/v1/cameras',
      action: 'camera.read',
      sides: CENTRE_ONLY,
      summary: 'The cameras.',
      answer: { status: 200, schema: z.array(cameraAnswer) },
      handle: () => camerasView(deps).map((camera) => withPictures(deps, camera)),
    }),
    route({
      method: 'GET',
      path: '/v1/cameras/{id}',
      action: 'camera.read',
      sides: CENTRE_ONLY,
      summary: 'One camera.',
      params: idParams,
      answer: { status: 200, schema: cameraAnswer },
      handle({ params: { id } }) {
        const camera = cameraView(deps, id);
        if (camera) return withPictures(deps, camera);
        throw new LiveViewError('unknown-camera', `there is no camera ${id}`);
      },
    }),
  ];
}

/** How its pictures are is for the centre: the reasons may name addresses. So is its owner's word. */
function withPictures({ pictures, directory }: ListenerDeps, camera: CameraView) {
  const pulled = pictures?.(camera.id).map(({ sinceUnixUs, ...picture }) => ({
    ...picture,
    since: rfc3339(sinceUnixUs),
  }));
  const rule = directory.cameras.get(camera.id)?.sharing;
  return {
    ...camera,
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
    body: ptzBody,
    answer: { status: 201, schema: requestAnswer },
    handle({ params: { id: camera }, body: { action, ...args }, caller }) {
      return liveview.request(actorOf(caller), { incident: null, action, camera, args });
    },
  });
}
