import type { Incident, Screen } from '../liveview/model.ts';
import type { OfferHeadline } from '../liveview/offer-model.ts';
import type {
  ControlMessage,
  PlanSight,
  RecordingMessage,
  RequestStateMessage,
  WelcomeMessage,
} from '../server/protocol.ts';
import type { AlarmView } from './api-types.ts';
import type { ReconnectOptions } from './backoff.ts';
import type { ClientClock } from './clock.ts';
import type { ClientError } from './errors.ts';
import type { SocketConstructor } from './socket.ts';

/** `waiting` is between two attempts; `closed` is for good. */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

export interface ClientHandlers {
  /** `error` says why, for `waiting` and for a `closed` that `close()` did not cause. */
  onState?(state: ConnectionState, error?: ClientError): void;
  onWelcome?(message: WelcomeMessage): void;
  /** An incident that this caller may see changed, closed ones included. */
  onIncident?(incident: Incident): void;
  /** At a control room: something is offered to it, or an offer is over. */
  onOffer?(offer: OfferHeadline): void;
  /** At the centre: an alarm came in or changed, ended ones included. */
  onAlarm?(alarm: AlarmView): void;
  /** Any request changed, those of this client and, at the centre, those of everybody. */
  onRequest?(message: RequestStateMessage): void;
  /** Somebody has a camera now, or nobody. A camera that was never told of is free. */
  onControl?(message: ControlMessage): void;
  /** At the centre: whether what is done can be recorded; nothing is told while it always could. */
  onRecording?(message: RecordingMessage): void;
  /** The gateway refused something that belongs to no watch and no request of this client. */
  onError?(error: ClientError): void;
}

export interface LiveViewClientOptions extends ClientHandlers {
  /** `wss://host/v1/live`. */
  readonly url: string;
  /** A bearer token; in a browser the session cookie does instead. Never put into the URL. */
  readonly token?: string;
  /** What the player can decode, RFC 6381, e.g. `['avc1.640028']`. */
  readonly codecs: readonly string[];
  readonly formats?: readonly ('fmp4' | 'mpeg1')[];
  /** Names this program in the gateway's log. */
  readonly name?: string;
  /** Node 20 has none of its own: give the class of the `ws` package. */
  readonly WebSocket?: SocketConstructor;
  /** `false`: one connection only. */
  readonly reconnect?: Partial<ReconnectOptions> | false;
  readonly clock?: ClientClock;
  readonly random?: () => number;
}

export interface FollowHandlers {
  /** The screen as it is now, and at each change. */
  onScreen?(screen: Screen): void;
  /** What the cameras on its plans see now, of those that turn or zoom and say so. */
  onPointing?(sights: readonly PlanSight[]): void;
}
