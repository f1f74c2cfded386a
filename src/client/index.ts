/** `liveview-gateway/client`: everything that a consumer of the gateway may use. */
export type {
  Alarm,
  AlarmKind,
  AlarmText,
  FalseCause,
  IncidentAlarm,
  Verification,
  VerificationMethod,
} from '../liveview/alarm-model.ts';
export type {
  Handover,
  Incident,
  IncidentType,
  LiveRequest,
  Outcome,
  ReadMark,
  RequestAction,
  RequestState,
  Right,
  Screen,
  ScreenLayout,
  Tile,
} from '../liveview/model.ts';
export type { Offer, OfferHeadline } from '../liveview/offer-model.ts';
export type { IncidentImage, Placement } from '../liveview/plan-model.ts';
export type {
  ControlMessage,
  PictureMessage,
  PictureState,
  PlanSight,
  Quality,
  RequestStateMessage,
  WatchingMessage,
  WelcomeMessage,
} from '../server/protocol.ts';
export { GatewayApi } from './api.ts';
export type {
  AlarmFilter,
  AlarmJudgement,
  AlarmReceipt,
  AlarmTold,
  AlarmView,
  CameraView,
  Colleague,
  ControlView,
  DemonstrationView,
  HolderView,
  IncidentChange,
  IncidentPlan,
  IncidentView,
  InWords,
  OutputOnView,
  OutputView,
  OwnerRuleView,
  Page,
  PictureView,
  PlanView,
  PtzView,
  SessionAction,
  SessionView,
  ShareTerms,
  SiteView,
  StepNow,
  WaysIn,
} from './api-types.ts';
export type { ReconnectOptions } from './backoff.ts';
export type { Media } from './binary.ts';
export { decodeMedia } from './binary.ts';
export type { Following } from './client.ts';
export { LiveViewClient } from './client.ts';
export type {
  ClientHandlers,
  ConnectionState,
  FollowHandlers,
  LiveViewClientOptions,
} from './client-options.ts';
export type { ClientClock, ClientTimer } from './clock.ts';
export { ApiError, ClientError } from './errors.ts';
export type { HttpOptions } from './http.ts';
export { Http } from './http.ts';
export { INCIDENT_TYPE_OF } from './incident-type.ts';
export type { RequestHandle, RequestOptions } from './request-handle.ts';
export type { SocketConstructor, SocketLike } from './socket.ts';
export { isUnderWay } from './under-way.ts';
export type {
  WatchEnd,
  WatchHandlers,
  Watching,
  WatchOptions,
  WatchStats,
} from './watching.ts';
