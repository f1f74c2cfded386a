import type { FlowAbout } from '../../src/egress/record.ts';
import type { Actor, Entry, JsonObject } from '../../src/journal/record.ts';

export const OPERATOR: Actor = { user: 'olga', role: 'operator' };
export const VIEWER: Actor = { user: 'daan', role: 'dispatcher', controlRoom: 'rotterdam' };
export const GATEWAY: Actor = { user: 'gateway', role: 'gateway' };

/** `undefined` instead of an actor: the operator. `null` instead of an incident: none. */
export type Told = [kind: string, data: JsonObject, actor?: Actor, incident?: string | null];

/** A journal made by hand: the first entry is 1, each a second after the one before. */
export function entries(told: readonly Told[]): Entry[] {
  return told.map(([kind, data, actor = OPERATOR, incident = 'inc_1'], index) => ({
    ...{ seq: index + 1, timeUnixUs: unixUs(index + 1), kind, actor, data },
    ...(incident === null ? {} : { incident }),
    ...{ previousHash: '', salt: '', hash: '' },
  }));
}

export function unixUs(second: number): number {
  return Date.parse('2026-01-01T00:00:00Z') * 1_000 + second * 1_000_000;
}

export const given = (
  cameras: string[],
  { room = 'rotterdam', rights = ['view'], seconds = 3_600 } = {},
): Told => [
  'grant.given',
  {
    ...{ controlRoom: room, cameras, rights },
    expiresAt: new Date(unixUs(seconds) / 1_000).toISOString(),
  },
];
/** To whoever asked: the entry does not name the control room. */
export function grantedTo(request: string, cameras: string[]): JsonObject {
  const [, { controlRoom: _, ...terms }] = given(cameras);
  return { request, ...terms };
}
export const started: Told = ['viewing.started', { viewing: 'view_1', camera: 'shop-1' }, VIEWER];
export const ended = (bytes = 100, reason = 'grant-withdrawn'): Told => [
  'viewing.ended',
  { viewing: 'view_1', camera: 'shop-1', reason, bytes, pictures: 1, dropped: 0 },
  VIEWER,
];
export const withdrawn: Told = ['grant.withdrawn', { controlRoom: 'rotterdam' }];

const BEGUN = { format: 'liveview.egress.v1', run: '00112233445566aa', entry: 0, atUnixUs: 0 };
const ABOUT: FlowAbout = {
  ...{ side: 'police', via: 'live', user: 'daan', controlRoom: 'rotterdam' },
  ...{ incident: 'inc_1', camera: 'shop-1', viewing: 'view_1' },
};

export interface MadeFlow {
  readonly about?: Partial<FlowAbout>;
  /** Instead of what is usual. */
  readonly only?: FlowAbout;
  readonly bytes?: number;
  readonly since?: number;
  readonly upTo?: number;
  readonly second?: number;
  readonly ended?: boolean;
}

/** A record made by hand, of a gateway that was stopped in order unless `mark` says how far it got. */
export function record(flows: readonly MadeFlow[], mark = 1_000): string[] {
  const lines = flows.map((flow, index) => {
    const { about, only, bytes = 100, since = 2, upTo = 2, second = 2 } = flow;
    return {
      ...{ flow: index + 1, about: only ?? { ...ABOUT, ...about }, since, bytes, upTo },
      ...{ fromUnixUs: unixUs(second), toUnixUs: unixUs(second) },
      ...(flow.ended === false ? {} : { ended: true }),
    };
  });
  const last = { entry: mark, atUnixUs: 0, ...(mark === 1_000 ? { stopped: true } : {}) };
  return [BEGUN, ...lines, last].map((line) => JSON.stringify(line));
}
