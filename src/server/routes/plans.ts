import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { actorOf, whileIn } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Wanted } from '../../liveview/disclosures.ts';
import type { PictureFacts } from '../../liveview/plan-model.ts';
import type { ServedPicture } from '../../liveview/plans.ts';
import type { Context } from '../context.ts';
import type { ListenerDeps, PictureMaking } from '../deps.ts';
import { type Told, toCaller } from '../egress/outlets.ts';
import { openPermit, returnPermit } from '../live/watch.ts';
import { Uploads } from '../multipart.ts';
import {
  imageAnswer,
  imageFields,
  placementBody,
  planAnswer,
  planCameraParams,
  planFields,
  plansQuery,
  sharedImageParams,
  sharedPlanParams,
  stillBody,
} from '../plan-schemas.ts';
import { planView } from '../plan-views.ts';
import type { Route } from '../route.ts';
import { BOTH, CENTRE_ONLY, POLICE_ONLY, parse, route } from '../route.ts';
import { INCIDENT, idParams } from '../schemas.ts';
import { takeSnapshot } from './media.ts';

const READ = { action: 'plan.read', sides: CENTRE_ONLY } as const;
const MANAGE = { action: 'plan.manage', sides: CENTRE_ONLY } as const;
const ONE = { status: 200, schema: planAnswer } as const;
const GONE = { status: 204 } as const;
const PICTURE = { status: 200, contentType: 'image/*' } as const;

const PLAN = ({ params: { id: plan } }: { params: { id: string } }) => ({ plan });
const IMAGE = ({ params }: { params: { incident: string; image: string } }) => params;

/** Plans of sites, and stills and other images of incidents. */
export function planRoutes(context: Context): Route[] {
  const uploads = new Uploads();
  return [
    ...planRoutesOfCentre(context, uploads),
    ...placingRoutes(context),
    ...imageRoutes(context, uploads),
    ...pictureRoutes(context),
  ];
}

function planRoutesOfCentre({ deps }: Context, uploads: Uploads): Route[] {
  const { plans } = deps.liveview.pictures;
  return [
    route({
      ...READ,
      method: 'GET',
      path: '/v1/plans',
      summary: 'The plans of every site, or of one, with the cameras on them.',
      query: plansQuery,
      answer: { status: 200, schema: z.array(planAnswer) },
      handle: ({ query: { site }, sight }) => sight.plans(site).map(planView),
    }),
    route({
      ...MANAGE,
      method: 'POST',
      path: '/v1/plans',
      summary: 'Add a plan to a site. It is decoded and made anew; what was sent is not kept.',
      upload: planFields,
      answer: { status: 201, schema: planAnswer },
      handle: ({ request, caller, sight }) =>
        uploads.read(request.raw, makerOf(deps).maxBytes, async ({ fields, file }) => {
          const { site, name, page } = parse('form', planFields, fields);
          sight.check({ site });
          plans.checkRoom(site);
          const picture = await make(deps, caller, file, page);
          return planView(await plans.add(actorOf(caller), { site, name, picture }));
        }),
    }),
    route({
      ...MANAGE,
      method: 'DELETE',
      path: '/v1/plans/{id}',
      summary: 'Remove a plan, from every screen too.',
      params: idParams,
      names: PLAN,
      answer: GONE,
      handle: ({ params: { id }, caller }) => plans.remove(actorOf(caller), id),
    }),
  ];
}

function placingRoutes({ deps }: Context): Route[] {
  const { plans } = deps.liveview.pictures;
  return [
    route({
      ...MANAGE,
      method: 'PUT',
      path: '/v1/plans/{id}/cameras/{camera}',
      summary: 'Say where a camera stands on a plan, and what it sees from there.',
      params: planCameraParams,
      body: placementBody,
      names: ({ params: { id: plan, camera } }) => ({ plan, cameras: [camera] }),
      answer: ONE,
      handle: ({ params: { id, camera }, body, caller }) =>
        planView(plans.place(actorOf(caller), id, camera, body)),
    }),
    route({
      ...MANAGE,
      method: 'DELETE',
      path: '/v1/plans/{id}/cameras/{camera}',
      summary: 'Take a camera off a plan.',
      params: planCameraParams,
      names: PLAN,
      answer: ONE,
      handle: ({ params: { id, camera }, caller }) =>
        planView(plans.unplace(actorOf(caller), id, camera)),
    }),
  ];
}

function imageRoutes({ deps }: Context, uploads: Uploads): Route[] {
  const { images } = deps.liveview.pictures;
  const shared = { action: 'incident.manage', sides: CENTRE_ONLY } as const;
  const answer = { status: 201, schema: imageAnswer } as const;
  return [
    route({
      ...{ ...shared, answer, method: 'POST', path: '/v1/incidents/{id}/images' },
      summary: 'Add an image to an incident. It is decoded and made anew.',
      params: idParams,
      names: INCIDENT,
      upload: imageFields,
      handle: ({ request, params: { id }, caller }) =>
        uploads.read(request.raw, makerOf(deps).maxBytes, async ({ fields, file }) => {
          const { name, page } = parse('form', imageFields, fields);
          images.checkRoom(id);
          const picture = await make(deps, caller, file, page);
          return images.add(actorOf(caller), id, { name, picture });
        }),
    }),
    route({
      ...{ ...shared, answer, method: 'POST', path: '/v1/incidents/{id}/stills' },
      summary: 'Keep what a camera shows now as an image of the incident.',
      params: idParams,
      body: stillBody,
      names: ({ params: { id: incident }, body: { camera } }) => ({ incident, cameras: [camera] }),
      handle: ({ params: { id }, body: { camera }, caller }) => still(deps, caller, id, camera),
    }),
    route({
      ...{ ...shared, answer: GONE, method: 'DELETE' },
      path: '/v1/incidents/{incident}/images/{image}',
      summary: 'Remove an image of an incident, from its screen too.',
      params: sharedImageParams,
      names: IMAGE,
      handle: ({ params: { incident, image }, caller }) =>
        images.remove(actorOf(caller), incident, image),
    }),
  ];
}

/** The pictures themselves: for the centre by what they are of, for the police by what is on the screen. */
function pictureRoutes(context: Context): Route[] {
  const { deps, side } = context;
  const { plans, images } = deps.liveview.pictures;
  const show = { action: 'plan.read', method: 'GET', answer: PICTURE } as const;
  return [
    route({
      ...{ ...show, sides: CENTRE_ONLY, path: '/v1/plans/{id}/content' },
      summary: 'The picture of a plan.',
      params: idParams,
      names: PLAN,
      handle: ({ params: { id }, caller, reply }) => {
        const told = { ...toCaller(caller), plan: id };
        return send(context, reply, told, plans.get(id).picture, () => plans.read(id));
      },
    }),
    route({
      ...{ ...show, sides: POLICE_ONLY, path: '/v1/incidents/{incident}/plans/{plan}' },
      summary: 'A plan that is on the screen of the incident now.',
      params: sharedPlanParams,
      names: ({ params: { incident } }) => ({ incident }),
      handle: ({ params: { incident, plan }, caller, reply }) =>
        disclose(context, caller, reply, incident, { plan }),
    }),
    route({
      ...{ ...show, sides: BOTH, path: '/v1/incidents/{incident}/images/{image}' },
      summary: 'An image of the incident; for a control room while it is on the screen.',
      params: sharedImageParams,
      names: IMAGE,
      handle: ({ params: { incident, image }, caller, reply }) => {
        if (side === 'police') return disclose(context, caller, reply, incident, { image });
        const told = { ...toCaller(caller), incident, image };
        const { picture } = images.get(incident, image);
        return send(context, reply, told, picture, () => images.read(incident, image));
      },
    }),
  ];
}

/** Journalled before it leaves; a HEAD has nothing of the picture, and is no disclosure. */
function disclose(
  context: Context,
  caller: Caller,
  reply: FastifyReply,
  incident: string,
  wanted: Wanted,
): Promise<FastifyReply> {
  const actor = actorOf(caller);
  const { disclosures } = context.deps.liveview.pictures;
  const facts = disclosures.check(actor, incident, wanted);
  const told = { ...toCaller(caller), incident, ...wanted };
  return send(context, reply, told, facts, () => disclosures.disclose(actor, incident, wanted));
}

/**
 * A picture of our own making and nothing else: its type is what it was made as, a browser may not look
 * for another, nothing in it may run, and no cache keeps it.
 */
async function send(
  { outlets }: Context,
  reply: FastifyReply,
  told: Told,
  { type }: PictureFacts,
  read: () => Promise<ServedPicture>,
): Promise<FastifyReply> {
  const body = reply.request.method === 'HEAD' ? undefined : (await read()).bytes;
  outlets.tell(reply.raw, 'picture', told);
  reply.headers({
    'content-type': `image/${type}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'content-disposition': 'inline',
    'cache-control': 'no-store',
  });
  return reply.send(body);
}

/** Journalled as a viewing, like every picture that is taken of a camera. */
async function still(deps: ListenerDeps, caller: Caller, incident: string, camera: string) {
  const { images } = deps.liveview.pictures;
  images.checkCamera(incident, camera);
  if (!deps.snapshot) throw new LiveViewError('no-snapshot', 'this gateway makes no snapshots');
  const target = { camera, incident };
  const permit = openPermit(deps, caller, target);
  try {
    const jpeg = await takeSnapshot(deps, deps.snapshot, {}, { caller, target, permit });
    const picture = await make(deps, caller, jpeg);
    const name = deps.directory.cameras.get(camera)?.name ?? camera;
    return await images.add(actorOf(caller), incident, { name, picture, camera });
  } finally {
    returnPermit(permit);
  }
}

/** Made while others wait their turn; of whoever has gone meanwhile nothing is kept. */
function make(deps: ListenerDeps, caller: Caller, file: Buffer, page?: number) {
  return whileIn(caller, makerOf(deps).make(file, page));
}

function makerOf({ pictureMaker }: ListenerDeps): PictureMaking {
  if (pictureMaker) return pictureMaker;
  throw new LiveViewError('images-unwritable', 'this gateway has no place for pictures');
}
