import type { LiveRequest } from '../../../src/liveview/model.ts';
import { until } from '../../support/until.ts';
import { answered, type Connection, FilmConnection, PlainConnection } from './connections.ts';
import type { What } from './coverage.ts';
import { hasSeen, type Seen } from './seen.ts';
import type { World } from './world.ts';

/** The ways out to the police side. */
export type Door = Seen['via'];

/** Incidents are counted back from the newest, cameras and people from the first. */
export type Step =
  | { readonly do: 'open' | 'crash' }
  | {
      readonly do: 'share';
      readonly incident: number;
      readonly room: string;
      readonly cameras: readonly number[];
      readonly minutes: number;
    }
  | {
      readonly do: 'extend';
      readonly incident: number;
      readonly room: string;
      readonly minutes: number;
    }
  /** From all rooms, of all cameras, unless one is named. */
  | {
      readonly do: 'withdraw';
      readonly incident: number;
      readonly room: string | undefined;
      readonly camera: number | undefined;
    }
  | { readonly do: 'close'; readonly incident: number }
  | {
      readonly do: 'switch';
      readonly incident: number;
      readonly room: string;
      readonly camera: number;
    }
  | { readonly do: 'connect'; readonly room: string }
  | {
      readonly do: 'watch';
      readonly incident: number;
      readonly room: string;
      readonly camera: number;
      readonly by: Door;
      readonly who: number;
    }
  /** Something that is shared now: what is drawn at random seldom is. */
  | {
      readonly do: 'join';
      readonly which: number;
      readonly by: Door;
      readonly who: number;
    }
  | {
      readonly do: 'follow';
      readonly incident: number;
      readonly room: string;
      readonly who: number;
    }
  /** Of what is drawn, unless something that is shared now is named. */
  | {
      readonly do: 'snapshot';
      readonly incident: number;
      readonly room: string;
      readonly camera: number;
      readonly which: number | undefined;
    }
  /** A plan on the screen of the newest incident, or off it. */
  | { readonly do: 'screen'; readonly shown: boolean }
  | { readonly do: 'plan'; readonly incident: number; readonly room: string }
  | { readonly do: 'unwatch'; readonly who: number }
  | { readonly do: 'revoke'; readonly who: number }
  | { readonly do: 'disconnect'; readonly who: number; readonly rude: boolean }
  | { readonly do: 'reload'; readonly without: number | string }
  | { readonly do: 'clock'; readonly minutes: number }
  | { readonly do: 'pictures'; readonly count: number };

type Doing<K extends Step['do']> = Extract<Step, { do: K }>;

const PATIENCE_MS = 60_000;

/** Does what the step says, and waits until the gateway has answered. */
export async function take(world: World, step: Step): Promise<void> {
  await act(world, step);
  await world.settle();
}

async function act(world: World, step: Step): Promise<void> {
  switch (step.do) {
    case 'open':
      return world.openIncident();
    case 'connect':
      return void (await world.connect(step.room));
    case 'watch':
      return watch(world, step.by, step.who, whatOf(world, step));
    case 'join':
      return join(world, step);
    case 'snapshot':
      return snapshot(world, step);
    case 'screen':
      return world.showPlan(step.shown);
    case 'plan':
      return askForPlan(world, step);
    case 'follow':
      return follow(world, step);
    case 'unwatch':
      return unwatch(world, step);
    case 'disconnect':
      return leave(world, step.who, (connection) => connection.close(step.rude));
    case 'revoke':
      return leave(world, step.who, ({ viewer }) => world.gateway.revoke(viewer.user));
    case 'crash':
      return crash(world);
    case 'reload':
      return reload(world, step);
    case 'clock':
      await world.gateway.setClock(step.minutes * 60_000);
      return world.expired();
    case 'pictures':
      return pictures(world, step);
    case 'switch':
      return switchTo(world, step);
    default:
      return operate(world, step);
  }
}

async function operate(
  world: World,
  step: Doing<'share' | 'extend' | 'withdraw' | 'close'>,
): Promise<void> {
  const incident = `/v1/incidents/${world.incident(step.incident)}`;
  if (step.do === 'share') {
    await world.act('PUT', `${incident}/grants/${step.room}`, {
      cameras: step.cameras.map((camera) => world.camera(camera)),
      rights: ['view', 'switch', 'plan'],
      expiresInMinutes: step.minutes,
    });
  }
  if (step.do === 'extend') {
    const { room, minutes } = step;
    await world.act('POST', `${incident}/grants/${room}/extend`, { minutes });
  }
  if (step.do === 'withdraw') {
    const room = step.room === undefined ? '' : `/${step.room}`;
    const camera = step.camera === undefined ? '' : `?camera=${world.camera(step.camera)}`;
    await world.act('DELETE', `${incident}/grants${room}${camera}`);
  }
  if (step.do === 'close') {
    await world.act('POST', `${incident}/close`, { outcome: 'resolved', note: '' });
  }
}

/** The control room asks for a camera, the centre agrees: a camera that was not shared is shared by that. */
async function switchTo(world: World, { incident, room, camera }: Doing<'switch'>): Promise<void> {
  const { caller } = world.viewer(room);
  const ask = {
    incident: world.incident(incident),
    action: 'camera.switch',
    camera: world.camera(camera),
    args: { tile: 0, camera: world.camera(camera) },
  };
  const answer = await caller.fetch('/v1/requests', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ask),
  });
  const isShown = world.look().anyOf(ask.incident, room);
  if (answer.ok !== isShown) throw new Error(`a request to switch: ${answer.status}`);
  if (!answer.ok) return;
  const request: LiveRequest = JSON.parse(await answer.text());
  if (request.state === 'pending') await world.act('POST', `/v1/requests/${request.id}/accept`);
}

type Drawn = Pick<Doing<'watch'>, 'incident' | 'room' | 'camera'>;

function whatOf(world: World, { incident, room, camera }: Drawn): What {
  return {
    controlRoom: room,
    incident: world.incident(incident),
    camera: world.camera(camera),
  };
}

async function join(world: World, { which, by, who }: Doing<'join'>): Promise<void> {
  const shared = world.look().all.filter(({ to }) => to === undefined);
  const what = shared[which % shared.length];
  if (what) await watch(world, by, who, what);
}

/** Who may is let in, who may not is refused; what may be is asked of the journal. */
async function watch(world: World, by: Door, who: number, what: What): Promise<void> {
  const covered = world.look().now(what);
  let seen = await asked(world, by, who, what);
  // A busy gateway may say that there is no picture yet, and may be asked again.
  for (let left = 3; left > 0 && !hasSeen(seen, 'accepted', 'refused'); left -= 1) {
    seen = await asked(world, by, who, what);
  }
  const isRightly = covered ? hasSeen(seen, 'accepted') : hasSeen(seen, 'refused');
  if (isRightly) return;
  const shared = covered ? 'is shared' : 'is not shared';
  const answer = JSON.stringify(seen.sights);
  throw new Error(`${by}: ${what.camera} ${shared}, and the answer was ${answer}`);
}

async function asked(world: World, by: Door, who: number, what: What): Promise<Seen> {
  const { controlRoom, incident, camera } = what;
  if (by === 'live') return (await world.liveOf(controlRoom, who)).watch(incident, camera);
  const Plain = by === 'live.ws' ? PlainConnection : FilmConnection;
  const connection = new Plain(world.viewer(controlRoom), incident, camera);
  world.connections.push(connection);
  return answered(connection.seen, connection.viewer);
}

async function snapshot(world: World, step: Doing<'snapshot'>): Promise<void> {
  const shared = world.look().all.filter(({ to }) => to === undefined);
  const which = step.which === undefined ? undefined : shared[step.which % shared.length];
  const what = which ?? whatOf(world, step);
  const path = `/v1/incidents/${what.incident}/cameras/${what.camera}/snapshot.jpg`;
  await askForPicture(world, what.controlRoom, path, world.look().now(what));
}

async function askForPlan(world: World, { incident, room }: Doing<'plan'>): Promise<void> {
  const id = world.incident(incident);
  const isShown = world.planShownIn.has(id) && world.look().anyOf(id, room);
  await askForPicture(world, room, `/v1/incidents/${id}/plans/${world.plan}`, isShown);
}

/** A busy machine may give no picture of what is shared; of what is not, the answer is always the same. */
async function askForPicture(world: World, room: string, path: string, isShared: boolean) {
  const { user, caller } = world.viewer(room);
  const answer = await caller.fetch(path);
  const bytes = (await answer.arrayBuffer()).byteLength;
  if (isShared ? answer.status === 404 : answer.status !== 404) {
    throw new Error(`${path} is ${isShared ? '' : 'not '}shared: ${answer.status}`);
  }
  if (answer.ok) world.pictures.push({ user, bytes });
}

async function follow(world: World, step: Doing<'follow'>): Promise<void> {
  const incident = world.incident(step.incident);
  const connection = await world.liveOf(step.room, step.who);
  const isShown = world.look().anyOf(incident, step.room);
  if ((await connection.follow(incident)) === isShown) return;
  throw new Error(`the screen ${isShown ? 'was refused' : 'was shown without a share'}`);
}

async function unwatch(world: World, { who }: Doing<'unwatch'>): Promise<void> {
  const all = world.watching.filter(({ via }) => via === 'live');
  const seen = all[who % all.length];
  for (const connection of world.live) {
    if (seen && connection.all.includes(seen)) connection.unwatch(seen);
  }
}

/** One of those who are connected goes, or has to go. */
async function leave(world: World, who: number, how: (it: Connection) => void): Promise<void> {
  const connection = world.open[who % world.open.length];
  if (!connection) return;
  how(connection);
  await until('it is closed', () => !connection.isOpen, PATIENCE_MS);
}

async function crash(world: World): Promise<void> {
  for (const { all } of world.open) for (const seen of all) seen.torn = true;
  await world.gateway.crash();
  await until('every connection is broken', () => world.open.length === 0, PATIENCE_MS);
  await world.gateway.restart();
}

/** A camera or a control room is taken out of the configuration, and put back. */
async function reload(world: World, { without }: Doing<'reload'>): Promise<void> {
  const id = typeof without === 'number' ? world.camera(without) : without;
  await world.gateway.reload(({ cameras, controlRooms, ...rest }) => ({
    ...rest,
    cameras: cameras.filter((each) => each.id !== id),
    controlRooms: controlRooms?.filter((each) => each.id !== id),
  }));
  await world.settle();
  await world.gateway.reload((config) => config);
}

async function pictures(world: World, { count }: Doing<'pictures'>): Promise<void> {
  const all = world.watching.map((seen) => ({ seen, before: seen.sights.length }));
  const isServed = ({ seen, before }: (typeof all)[number]) =>
    hasSeen(seen, 'ended', 'closed') ||
    seen.sights.slice(before).filter(({ saw }) => saw === 'bytes').length >= count;
  await until('pictures for everybody', () => all.every(isServed), PATIENCE_MS);
}
