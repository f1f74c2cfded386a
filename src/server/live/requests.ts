import type { Caller } from '../../access/caller.ts';
import { actorOf } from '../../access/caller.ts';
import { may } from '../../access/permissions.ts';
import type { Clock } from '../../core/clock.ts';
import { codeOf, LiveViewError } from '../../core/errors.ts';
import type { LiveView } from '../../liveview/liveview.ts';
import type { LiveRequest, RequestState } from '../../liveview/model.ts';
import type { ParsedClientMessage, ServerMessage } from '../protocol.ts';
import { namedIn, type Sight } from '../sight.ts';
import { requestView } from '../views.ts';

/** Requests of one socket that have not come to an end. */
const MAX_UNFINISHED = 64;
/** An answer to a question for images may come while nobody of the control room is connected. */
const ANSWERED_MS = 15 * 60_000;
const FINAL: ReadonlySet<RequestState> = new Set(['done', 'declined', 'failed', 'expired']);

export interface SocketRequestsOptions {
  readonly liveview: LiveView;
  readonly clock: Clock;
  readonly caller: Caller;
  readonly sight: Sight;
  readonly send: (message: ServerMessage) => void;
  /** Told of what goes wrong after the asking. */
  readonly onError: (error: unknown, ref: string) => void;
}

/**
 * The requests that were made on one socket, under the ids that its client chose, and what this
 * caller is told of requests made elsewhere. When the socket goes, so does whoever held the
 * joystick: what is unfinished is abandoned, and a movement stops.
 */
export class SocketRequests {
  readonly #options: SocketRequestsOptions;
  /** The client's id to the gateway's, and back, while a request is unfinished. */
  readonly #ours = new Map<string, string>();
  readonly #theirs = new Map<string, string>();
  /** By camera: the last movement that was asked for here. */
  readonly #steered = new Map<string, string>();
  /** Changes that happen while the gateway's id of a new request is not known yet. */
  #held: LiveRequest[] | undefined;

  constructor(options: SocketRequestsOptions) {
    this.#options = options;
  }

  /** Sends what waits or runs now and concerns this caller, and what was lately answered about images. */
  start(): void {
    for (const request of this.#options.sight.requests()) {
      if (!FINAL.has(request.state) || this.#isLateAnswer(request)) this.changed(request);
    }
  }

  #isLateAnswer({ action, createdAt }: LiveRequest): boolean {
    const { clock, caller } = this.#options;
    if (action !== 'view' || caller.side === 'centre') return false;
    return clock.unixUs() / 1000 - Date.parse(createdAt) <= ANSWERED_MS;
  }

  /** @throws LiveViewError `duplicate-id`, `too-many-requests`, `invalid-request`, and what LiveView throws. */
  ask(message: Extract<ParsedClientMessage, { type: 'request' }>): void {
    const { id, incident, action, camera, args } = message;
    if (this.#ours.has(id)) {
      throw new LiveViewError('duplicate-id', `request ${id} is under way; choose another id`);
    }
    if (this.#ours.size >= MAX_UNFINISHED) {
      throw new LiveViewError('too-many-requests', 'too many requests wait for an answer');
    }
    const { liveview, caller, sight } = this.#options;
    sight.check(namedIn(message));
    const asked = {
      incident: incident ?? null,
      action,
      ...(camera === undefined ? {} : { camera }),
      args,
    };
    const changes: LiveRequest[] = [];
    this.#held = changes;
    try {
      const request = liveview.request(actorOf(caller), asked);
      this.#ours.set(id, request.id);
      this.#theirs.set(request.id, id);
      if (request.camera !== undefined && action.startsWith('ptz.')) {
        this.#steered.set(request.camera, request.id);
      }
      if (!changes.some((change) => change.id === request.id)) changes.push(request);
    } finally {
      this.#held = undefined;
      for (const change of changes) this.changed(change);
    }
  }

  /** A heartbeat. One that comes after the end is no fault. */
  hold(id: string): void {
    const request = this.#ours.get(id);
    if (request !== undefined) {
      this.#options.liveview.hold(actorOf(this.#options.caller), request);
    }
  }

  /**
   * Stops a movement; an operator also stops those of others, by the gateway's id. Where nothing
   * goes by this id, nothing moves: the asking was refused or is over, and letting go is no fault.
   */
  release(id: string): void {
    const { liveview, caller, onError } = this.#options;
    const others = this.#mayStop(id) ? id : undefined;
    const request = this.#ours.get(id) ?? others;
    if (request === undefined) return;
    liveview.release(actorOf(caller), request).catch((error: unknown) => {
      if (codeOf(error) !== 'unknown-request') onError(error, id);
    });
  }

  #mayStop(id: string): boolean {
    const { caller, sight } = this.#options;
    if (!may(caller, 'request.decide')) return false;
    return !sight.isLimited || sight.requests().some((request) => request.id === id);
  }

  /** Gives up a camera. */
  free(camera: string): void {
    const { liveview, caller, sight } = this.#options;
    sight.check({ cameras: [camera] });
    liveview.hands.free(actorOf(caller), camera);
  }

  /** Tells the client of a request as it is now, if it concerns this caller. */
  changed(request: LiveRequest): void {
    if (this.#held) {
      this.#held.push(request);
      return;
    }
    const id = this.#theirs.get(request.id);
    if (id === undefined && !this.#concerns(request)) return;
    this.#tell(id ?? request.id, requestView(request, this.#options.caller.side));
    if (id !== undefined && FINAL.has(request.state)) this.#forget(id, request.id);
  }

  #tell(id: string, request: LiveRequest): void {
    const { state, reason, reasonCode, by } = request;
    this.#options.send({
      ...{ type: 'request', id, state },
      ...(reason === undefined ? {} : { reason }),
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(by === undefined ? {} : { by }),
      request,
    });
  }

  /** The socket has gone. */
  abandonAll(): void {
    const { liveview, caller } = this.#options;
    for (const [id, request] of [...this.#ours]) {
      this.#forget(id, request);
      liveview.abandon(actorOf(caller), request);
    }
    for (const [camera, request] of this.#steered) {
      liveview.hands.leave(actorOf(caller), camera, request);
    }
    this.#steered.clear();
  }

  /** The centre hears of every request; a dispatcher of its own, and of its room's questions for images. */
  #concerns(request: LiveRequest): boolean {
    const { action, user, controlRoom } = request;
    const { caller, sight } = this.#options;
    if (!sight.seesRequest(request)) return false;
    if (may(caller, 'request.read')) return true;
    const own = controlRoom === caller.controlRoom && (user === caller.user || action === 'view');
    return own && may(caller, 'request.make');
  }

  #forget(id: string, request: string): void {
    this.#ours.delete(id);
    this.#theirs.delete(request);
  }
}
