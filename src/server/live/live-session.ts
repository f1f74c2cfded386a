import type { ActLimit } from '../../access/act-limit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Action } from '../../access/permissions.ts';
import { may } from '../../access/permissions.ts';
import { rfc3339 } from '../../core/clock.ts';
import type { Alarm } from '../../liveview/alarm-model.ts';
import type { Change } from '../../liveview/changes.ts';
import type { ListenerDeps } from '../deps.ts';
import type { Outlet } from '../egress/socket-outlet.ts';
import { checkMay } from '../guard.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { ParsedClientMessage } from '../protocol.ts';
import { Sight } from '../sight.ts';
import { alarmView } from '../views.ts';
import { Channels } from './channels.ts';
import { ControlFeed } from './control-feed.ts';
import { IncidentFeed } from './incident-feed.ts';
import type { Link } from './link.ts';
import { OfferFeed } from './offer-feed.ts';
import { SocketRequests } from './requests.ts';

type MessageType = ParsedClientMessage['type'];
type Message<T extends MessageType> = Extract<ParsedClientMessage, { type: T }>;

/** How often whoever holds a movement must say so; the desk waits twice as long before it stops. */
const HOLD_INTERVAL_MS = 300;

/** What a caller must be allowed to do for each message; tested against the permissions. */
export const MESSAGE_ACTIONS = {
  hello: 'session.use',
  watch: 'camera.watch',
  unwatch: 'camera.watch',
  follow: 'incident.read',
  unfollow: 'incident.read',
  request: 'request.make',
  hold: 'request.make',
  release: 'request.make',
  free: 'request.make',
  ping: 'session.use',
  stats: 'camera.watch',
} as const satisfies Record<MessageType, Action>;

/** A note is written by the same right as over HTTP. */
function actionOf(message: ParsedClientMessage): Action {
  if (message.type === 'request' && message.action === 'note') return 'note.write';
  return MESSAGE_ACTIONS[message.type];
}

export interface LiveSessionOptions {
  readonly deps: ListenerDeps;
  readonly metrics: ServerMetrics;
  readonly acts: ActLimit;
  readonly caller: Caller;
  readonly hello: Message<'hello'>;
  readonly link: Link;
  readonly outlet: Outlet;
  /** Told of what goes wrong after a message was handled. */
  readonly fail: (thrown: unknown, ref: string) => void;
}

/** What exists for a caller between its welcome and the end of its connection. */
export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #sight: Sight;
  readonly #channels: Channels;
  readonly #feed: IncidentFeed;
  readonly #control: ControlFeed;
  readonly #offers: OfferFeed;
  readonly #requests: SocketRequests;
  readonly #forget: (() => void)[] = [];

  constructor(options: LiveSessionOptions) {
    const { deps, caller, link, outlet, metrics, fail } = options;
    const send = link.text.bind(link);
    const sight = new Sight(deps, caller);
    this.#options = options;
    this.#sight = sight;
    this.#channels = new Channels({ deps, caller, link, outlet, metrics });
    this.#feed = new IncidentFeed({ deps, caller, sight, send });
    this.#control = new ControlFeed({ deps, caller, sight, send });
    this.#offers = new OfferFeed({ deps, caller, sight, send });
    this.#requests = new SocketRequests({
      ...{ liveview: deps.liveview, clock: deps.clock, caller, sight, send },
      onError: fail,
    });
  }

  /** Welcomes the caller and tells what it may know; `onLoggedOut` when its login or token is over. */
  start(onLoggedOut: () => void): void {
    const { deps, caller, link } = this.#options;
    link.text({
      type: 'welcome',
      ...{ session: caller.session, user: caller.user, role: caller.role },
      ...(caller.controlRoom === undefined ? {} : { controlRoom: caller.controlRoom }),
      heartbeatMs: HOLD_INTERVAL_MS,
      serverTime: rfc3339(deps.clock.unixUs()),
    });
    this.#forget.push(caller.onEnd(onLoggedOut));
    for (const alarm of this.#sight.alarms()) {
      if (alarm.state === 'open') this.#tellAlarm(alarm);
    }
    if (may(caller, 'incident.read')) {
      this.#feed.start();
      this.#offers.start();
      this.#control.refresh();
    }
    this.#requests.start();
    if (!deps.journal.healthy) this.#tellRecording();
    this.#forget.push(deps.liveview.subscribe((change) => this.#changed(change)));
  }

  /** There is room on the socket again. */
  pump(): void {
    this.#channels.pump();
  }

  /** @throws LiveViewError for the client: what it asked for did not happen. */
  handle(message: Exclude<ParsedClientMessage, { type: 'hello' }>): void {
    const { caller, acts } = this.#options;
    checkMay(caller, actionOf(message));
    if (message.type === 'watch' || message.type === 'request') acts.take(caller);
    this.#dispatch(message);
  }

  /** Harmless the second time. */
  end(reason: string): void {
    for (const forget of this.#forget.splice(0)) forget();
    this.#feed.stop();
    this.#channels.closeAll(reason);
    this.#requests.abandonAll();
  }

  #dispatch(message: Exclude<ParsedClientMessage, { type: 'hello' }>): void {
    switch (message.type) {
      case 'watch':
        this.#watch(message);
        break;
      case 'unwatch':
        this.#channels.close(message.channel, 'unwatched');
        break;
      case 'follow':
        this.#feed.follow(message.incident);
        break;
      case 'unfollow':
        this.#feed.unfollow(message.incident);
        break;
      case 'request':
        this.#requests.ask(message);
        break;
      case 'hold':
        this.#requests.hold(message.id);
        break;
      case 'release':
        this.#requests.release(message.id);
        break;
      case 'free':
        this.#requests.free(message.camera);
        break;
      case 'ping':
        this.#pong(message);
        break;
      case 'stats':
        this.#channels.report(message.channel, message);
        break;
    }
  }

  #watch({ channel, camera, incident, quality }: Message<'watch'>): void {
    const { codecs, formats } = this.#options.hello;
    const target = { camera, incident: incident ?? null };
    this.#channels.open(channel, target, { quality, codecs, formats, followsChanges: true });
  }

  #pong({ t0 }: Message<'ping'>): void {
    const { deps, link } = this.#options;
    link.text({ type: 'pong', t0, t1: deps.clock.unixUs() / 1000 });
  }

  #changed(change: Change): void {
    const { caller } = this.#options;
    if (change.kind === 'request') this.#requests.changed(change.request);
    if (change.kind === 'alarm') this.#tellAlarm(change.alarm);
    if (change.kind === 'recording') this.#tellRecording();
    if (!may(caller, 'incident.read')) return;
    if (change.kind === 'control') this.#control.changed(change.camera, change.why);
    if (change.kind !== 'incident' && change.kind !== 'screen') return;
    this.#feed.changed(change);
    if (change.kind !== 'incident') return;
    this.#offers.changed(change.incident);
    this.#control.refresh();
  }

  /** A control room reads it in what it is refused. */
  #tellRecording(): void {
    const { deps, caller, link } = this.#options;
    if (caller.side !== 'centre') return;
    const since = deps.journal.failingSinceUnixUs;
    const recording = since === undefined;
    link.text({ type: 'recording', recording, ...(recording ? {} : { since: rfc3339(since) }) });
  }

  /** The centre hears of every alarm; closed ones of before are in the API. */
  #tellAlarm(alarm: Alarm): void {
    const { deps, caller, link } = this.#options;
    const seen = may(caller, 'alarm.read') ? this.#sight.ofAlarm(alarm) : undefined;
    if (seen) link.text({ type: 'alarm', alarm: alarmView(deps.liveview, seen) });
  }
}
