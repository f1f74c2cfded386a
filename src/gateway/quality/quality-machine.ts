/** One form in which a viewer can have a camera's picture, and what it is expected to cost. */
export interface Level {
  /** As viewers are told it. */
  readonly quality: string;
  readonly kbps: number;
}

export interface QualityState {
  /** What the viewer has. */
  readonly quality: string;
  /** What it is to have; another than `quality` while it moves. */
  readonly wanted: string;
  readonly calmSinceMs: number;
  /** Since when its socket has taken pictures late. */
  readonly lateSinceMs: number | undefined;
  /** Reports in a row in which the viewer said that it cannot keep up. */
  readonly complaints: number;
  /** How much calm comes before a step up. */
  readonly upWaitMs: number;
  readonly movedAtMs: number;
  /** The last move was up, and has not proved itself yet. */
  readonly onTrial: boolean;
}

/** What is true of the viewer's line at that moment. */
interface Line {
  readonly nowMs: number;
  /** Those that are to be had now, best first; the viewer's own is among them. */
  readonly levels: readonly Level[];
  /** What the viewer has really taken in the last seconds. */
  readonly takenKbps: number;
  /** What it may take; `Infinity` where nobody shares a ceiling. */
  readonly shareKbps: number;
}

export type QualityEvent =
  /** The viewer took pictures: how long the oldest of them had waited for its socket, and what it missed. */
  | ({ readonly kind: 'taken'; readonly waitedMs: number; readonly dropped: number } & Line)
  /** The viewer said how late it shows what it gets, beyond what we know of, and what it left out. */
  | ({
      readonly kind: 'reported';
      readonly lateMs: number;
      readonly decoded: number;
      readonly dropped: number;
    } & Line)
  /** It has another quality now. */
  | {
      readonly kind: 'moved';
      readonly nowMs: number;
      readonly quality: string;
      readonly up: boolean;
    }
  /** What it was to have cannot be had. */
  | { readonly kind: 'refused'; readonly nowMs: number };

const LATE_MS = 800;
const LATE_FOR_MS = 500;
/** What a viewer needs between the arrival of a picture and its screen. */
const SHOWN_LATE_MS = 1_500;
const COMPLAINTS = 2;
/** What a viewer reports right after a move is still about what it had before. */
const REPORTS_COUNT_AFTER_MS = 5_000;
const UP_WAIT_MS = 10_000;
const MOST_UP_WAIT_MS = 160_000;
const TRIAL_MS = 30_000;
const FORGIVEN_AFTER_MS = 300_000;
/** A line that could just take so much has no room for a key frame. */
const OF_WHAT_WAS_TAKEN = 0.8;

export function initialState(quality: string, nowMs: number): QualityState {
  return {
    ...{ quality, wanted: quality, upWaitMs: UP_WAIT_MS, onTrial: false },
    ...{ calmSinceMs: nowMs, movedAtMs: nowMs, lateSinceMs: undefined, complaints: 0 },
  };
}

/**
 * Which quality a viewer has who left the choice to us: down at once, to what fits what its line has
 * really taken; up a step at a time, after calm, and later each time that it did not go well. It knows
 * no time but that of its events, and what it decides is for its viewer alone.
 */
export function next(state: QualityState, event: QualityEvent): QualityState {
  switch (event.kind) {
    case 'taken':
      return taken(state, event);
    case 'reported':
      return reported(state, event);
    case 'moved':
      return {
        ...{ ...state, quality: event.quality, wanted: event.quality, onTrial: event.up },
        ...quiet(event.nowMs),
        movedAtMs: event.nowMs,
      };
    case 'refused':
      return { ...state, wanted: state.quality, ...quiet(event.nowMs) };
  }
}

type Taken = Extract<QualityEvent, { kind: 'taken' }>;
type Reported = Extract<QualityEvent, { kind: 'reported' }>;

function taken(state: QualityState, event: Taken): QualityState {
  const { nowMs, waitedMs, dropped, shareKbps } = event;
  const lateSinceMs = waitedMs > LATE_MS ? (state.lateSinceMs ?? nowMs) : undefined;
  const late = lateSinceMs !== undefined && nowMs - lateSinceMs >= LATE_FOR_MS;
  const seen = { ...state, lateSinceMs };
  if (dropped > 0 || late) return down(seen, event, event.takenKbps * OF_WHAT_WAS_TAKEN);
  if ((levelOf(event, state.quality)?.kbps ?? 0) > shareKbps) return down(seen, event, shareKbps);
  if (lateSinceMs !== undefined) return { ...seen, calmSinceMs: nowMs };
  return up(proven(seen, nowMs), event);
}

function reported(state: QualityState, event: Reported): QualityState {
  const { nowMs, lateMs, decoded, dropped } = event;
  if (nowMs - state.movedAtMs < REPORTS_COUNT_AFTER_MS) return state;
  const leavesOut = dropped > (decoded + dropped) / 10;
  if (lateMs <= SHOWN_LATE_MS && !leavesOut) return { ...state, complaints: 0 };
  const complaints = state.complaints + 1;
  const seen = { ...state, complaints, calmSinceMs: nowMs };
  return complaints < COMPLAINTS ? seen : down(seen, event, Number.POSITIVE_INFINITY);
}

/** To the best below the one it has that fits, else to the cheapest; one that moves down already, goes on. */
function down(state: QualityState, line: Line, fitsKbps: number): QualityState {
  const { levels, nowMs, shareKbps } = line;
  const here = levels.findIndex((level) => level.quality === state.quality);
  const towards = levels.findIndex((level) => level.quality === state.wanted);
  const failed = state.onTrial && nowMs - state.movedAtMs < TRIAL_MS;
  const troubled = {
    ...{ ...state, ...quiet(nowMs), onTrial: state.onTrial && !failed },
    upWaitMs: failed ? Math.min(state.upWaitMs * 2, MOST_UP_WAIT_MS) : state.upWaitMs,
  };
  if (here < 0 || towards > here) return troubled;
  const cheaper = levels.slice(here + 1);
  const most = Math.min(fitsKbps, shareKbps);
  const wanted = cheaper.find((level) => level.kbps <= most) ?? cheaper.at(-1);
  return { ...troubled, wanted: wanted?.quality ?? state.quality };
}

function up(state: QualityState, line: Line): QualityState {
  const { levels, nowMs, shareKbps } = line;
  if (state.wanted !== state.quality) return state;
  if (nowMs - state.calmSinceMs < state.upWaitMs) return state;
  const here = levels.findIndex((level) => level.quality === state.quality);
  const better = levels[here - 1];
  return better && better.kbps <= shareKbps ? { ...state, wanted: better.quality } : state;
}

/** Time heals: a step up that held, and five minutes without trouble. */
function proven(state: QualityState, nowMs: number): QualityState {
  const onTrial = state.onTrial && nowMs - state.movedAtMs < TRIAL_MS;
  const forgiven = nowMs - state.calmSinceMs >= FORGIVEN_AFTER_MS;
  const upWaitMs = forgiven ? UP_WAIT_MS : state.upWaitMs;
  if (onTrial === state.onTrial && upWaitMs === state.upWaitMs) return state;
  return { ...state, onTrial, upWaitMs };
}

/** Calm begins anew. */
function quiet(nowMs: number) {
  return { calmSinceMs: nowMs, lateSinceMs: undefined, complaints: 0 };
}

function levelOf({ levels }: Line, quality: string): Level | undefined {
  return levels.find((level) => level.quality === quality);
}
