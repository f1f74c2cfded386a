/** Every call that the gateway's thread can make to a camera; they run in the worker. */
import * as events from './event-calls.ts';
import * as media from './media-calls.ts';
import * as ptz from './ptz-calls.ts';
import * as relay from './relay-calls.ts';
import type { CallOptions, OnvifSession } from './session.ts';

type Implementation = (
  session: OnvifSession,
  args: never,
  options: CallOptions,
) => Promise<unknown>;

export const CALLS = {
  syncClock: (session: OnvifSession, _args: object, { signal }: CallOptions) =>
    session.syncClock(signal),
  identity: (session: OnvifSession, _args: object) => session.identity(),
  services: async (session: OnvifSession, _args: object) => Object.keys(await session.paths()),
  streams: media.streams,
  requestKeyFrame: media.requestKeyFrame,
  snapshotUri: media.snapshotUri,
  describePtz: (session: OnvifSession, _args: object, options: CallOptions) =>
    ptz.describePtz(session, options),
  presets: ptz.presets,
  continuousMove: ptz.continuousMove,
  zeroVelocity: ptz.zeroVelocity,
  absoluteMove: ptz.absoluteMove,
  stop: ptz.stop,
  goToPreset: ptz.goToPreset,
  goHome: ptz.goHome,
  status: ptz.status,
  relayBoards: relay.relayBoards,
  setRelaySettings: relay.setRelaySettings,
  setRelayState: relay.setRelayState,
  createPullPoint: events.createPullPoint,
  pullEvents: events.pullEvents,
  renewPullPoint: events.renewPullPoint,
  unsubscribe: events.unsubscribe,
} satisfies Record<string, Implementation>;

export type CallName = keyof typeof CALLS;
export type CallArgs<N extends CallName> = Parameters<(typeof CALLS)[N]>[1];
export type CallResult<N extends CallName> = Awaited<ReturnType<(typeof CALLS)[N]>>;
