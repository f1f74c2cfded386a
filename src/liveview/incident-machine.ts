/**
 * How far an incident is.
 *
 *   requested ──answer──► shared          a control room asks for images, the centre grants them
 *       └──────refuse───► closed
 *
 *   offered ◄──────► open ◄──────► shared   by what stands: a share, else an offer, else neither
 *       └─────────────┴─────────────┴──close──► closed: the end
 */
export const INCIDENT_STATES = ['requested', 'offered', 'open', 'shared', 'closed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** What can be done to an incident; all but the ends may be repeated. */
export const INCIDENT_EVENTS = [
  'update',
  'screen',
  'offer',
  'unoffer',
  'share',
  'unshare',
  'close',
  'answer',
  'refuse',
] as const;
export type IncidentEvent = (typeof INCIDENT_EVENTS)[number];

/** What there is between the centre and control rooms after the event. */
export type Standing = 'shared' | 'offered' | 'open';

const WORK: readonly IncidentEvent[] = [
  'update',
  'screen',
  'offer',
  'unoffer',
  'share',
  'unshare',
  'close',
];

const ALLOWED: Record<IncidentState, readonly IncidentEvent[]> = {
  requested: ['answer', 'refuse'],
  offered: WORK,
  open: WORK,
  shared: WORK,
  closed: [],
};

/** The state after the event; undefined when the event is forbidden in this state. */
export function nextIncidentState(
  state: IncidentState,
  event: IncidentEvent,
  standing: Standing,
): IncidentState | undefined {
  if (!ALLOWED[state].includes(event)) return undefined;
  return event === 'close' || event === 'refuse' ? 'closed' : standing;
}

/** Whether the centre works on it: not a question that waits to be answered, and not over. */
export function isUnderWay({ state }: { readonly state: IncidentState }): boolean {
  return state === 'open' || state === 'shared' || state === 'offered';
}

/** Nothing can happen to it any more. */
export function isOver({ state }: { readonly state: IncidentState }): boolean {
  return ALLOWED[state].length === 0;
}
