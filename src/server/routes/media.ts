import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { actorOf } from '../../access/caller.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Permit } from '../../core/permit.ts';
import type { Context } from '../context.ts';
import type { ListenerDeps, SnapshotWish } from '../deps.ts';
import { type Told, toCaller } from '../egress/outlets.ts';
import { listedCodecs } from '../live/listed-codecs.ts';
import { Mp4Stream } from '../live/mp4-stream.ts';
import { UPGRADES } from '../live/upgrade-routes.ts';
import type { WatchTarget } from '../live/watch.ts';
import { countedAs, openPermit, returnPermit } from '../live/watch.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, POLICE_ONLY, route } from '../route.ts';
import { cameraParams, liveQuery, sharedCameraParams, snapshotQuery } from '../schemas.ts';

const SNAPSHOT_MS = 10_000;

interface MediaCall<Q> {
  readonly caller: Caller;
  readonly query: Q;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Media by HTTP: at the centre by camera, for the police by incident and camera. */
export function mediaRoutes(context: Context): Route[] {
  return [...mp4Routes(context), ...snapshotRoutes(context), ...upgradeHints(context)];
}

/** The same route on both sides, each with its own path. */
function onBothSides<Q extends z.ZodType>(
  name: string,
  about: { summary: string; contentType: string; query: Q },
  serve: (call: MediaCall<z.output<Q>>, target: WatchTarget) => Promise<unknown>,
): Route[] {
  const { summary, contentType, query } = about;
  const shared = {
    ...{ method: 'GET' as const, action: 'camera.watch' as const, summary, query },
    answer: { status: 200 as const, contentType },
  };
  return [
    route({
      ...shared,
      path: `/v1/cameras/{camera}/${name}`,
      sides: CENTRE_ONLY,
      params: cameraParams,
      names: ({ params: { camera } }) => ({ cameras: [camera] }),
      handle: (call) => serve(call, { camera: call.params.camera, incident: null }),
    }),
    route({
      ...shared,
      path: `/v1/incidents/{incident}/cameras/{camera}/${name}`,
      sides: POLICE_ONLY,
      params: sharedCameraParams,
      names: ({ params: { incident, camera } }) => ({ incident, cameras: [camera] }),
      handle: (call) => serve(call, call.params),
    }),
  ];
}

function mp4Routes({ deps, identify, metrics, places, outlets }: Context): Route[] {
  const about = {
    summary: 'Live images as one endless fragmented MP4; ends when the stream changes its form.',
    contentType: 'video/mp4',
    query: liveQuery,
  };
  return onBothSides('live.mp4', about, async (call, target) => {
    const { caller, request, reply, query } = call;
    if (request.method === 'HEAD') {
      returnPermit(openPermit(deps, caller, target));
      return reply.type(about.contentType).send();
    }
    const place = places.take(identify.address(request), caller);
    reply.raw.once('close', place.leave);
    const stream = new Mp4Stream({
      deps,
      metrics,
      caller,
      target,
      codecs: listedCodecs(query.codecs),
    });
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    await stream.ready(gone.signal);
    outlets.tell(reply.raw, 'live.mp4', stream.counted);
    reply.hijack();
    const headers = { ...reply.getHeaders(), 'content-type': about.contentType };
    reply.raw.writeHead(200, headers as Record<string, string>);
    stream.pour(reply.raw);
    return reply;
  });
}

/** Without a source of snapshots the gateway has none, whatever is shared. */
function snapshotRoutes(context: Context): Route[] {
  const { deps, outlets } = context;
  const about = {
    summary: 'The camera as it is now.',
    contentType: 'image/jpeg',
    query: snapshotQuery,
  };
  return onBothSides('snapshot.jpg', about, async (call, target) => {
    const { caller, request, reply, query } = call;
    const permit = openPermit(deps, caller, target);
    try {
      if (!deps.snapshot) {
        throw new LiveViewError('no-snapshot', 'this gateway makes no snapshots');
      }
      reply.type(about.contentType);
      if (request.method === 'HEAD') return await reply.send();
      const who = { caller, target, permit };
      await takeSnapshot(deps, deps.snapshot, query, who, (jpeg, counted) => {
        outlets.tell(reply.raw, 'snapshot', counted);
        void reply.send(jpeg);
      });
      return await reply;
    } finally {
      returnPermit(permit);
    }
  });
}

/**
 * Recorded as a viewing of one picture; an end of the permit meanwhile means no picture.
 *
 * @param send is given it while it may be seen; without, it is kept and nothing of it leaves now.
 */
export async function takeSnapshot(
  deps: ListenerDeps,
  snapshot: NonNullable<ListenerDeps['snapshot']>,
  wish: SnapshotWish,
  { caller, target, permit }: { caller: Caller; target: WatchTarget; permit: Permit },
  send?: (jpeg: Buffer, counted: Told) => void,
): Promise<Buffer> {
  const viewing = deps.viewings.begin(actorOf(caller), { ...target, permit });
  const beganMs = deps.clock.nowMs();
  let [bytes, reason] = [0, 'failed'];
  try {
    const jpeg = await withDeadline(deps.clock, 'the camera', SNAPSHOT_MS, () =>
      snapshot(permit, wish),
    );
    permit.check();
    send?.(jpeg, { ...toCaller(caller), ...countedAs(target, viewing.id) });
    [bytes, reason] = [jpeg.length, send ? 'snapshot' : 'still'];
    return jpeg;
  } finally {
    const left = reason === 'snapshot' ? Math.round(deps.clock.nowMs() - beganMs) : undefined;
    const pictures = bytes > 0 ? 1 : 0;
    viewing.end({ bytes, pictures, dropped: 0, firstPictureMs: left, reason });
  }
}

/** What is asked for as a page but is a WebSocket. */
function upgradeHints({ side }: Context): Route[] {
  return UPGRADES.filter(({ sides }) => sides.some((each) => each === side)).map(
    ({ path, sides, action }) =>
      route({
        ...{ method: 'GET', path, action, sides },
        summary: 'A WebSocket; see docs/reference/protocol.md.',
        answer: { status: 101 },
        handle() {
          throw new LiveViewError('upgrade-required', 'connect to this address with a WebSocket');
        },
      }),
  );
}
