import type { Entry } from '../../../src/journal/record.ts';
import { Coverage, type What } from './coverage.ts';
import { bytesOf, hasSeen, type Seen, type Told } from './seen.ts';

export type Rule =
  | 'uncovered-start'
  | 'outlived-its-grant'
  | 'never-ended'
  | 'byte-before-acceptance'
  | 'byte-after-end'
  | 'not-told'
  | 'byte-after-grant'
  | 'byte-though-refused'
  | 'viewing-though-refused'
  | 'not-journalled'
  | 'more-than-journalled'
  | 'other-than-journalled'
  | 'other-camera'
  | 'told-of-unshared';

export interface Violation {
  readonly rule: Rule;
  /** For whoever has to find out why. */
  readonly where: string;
}

/** A viewing as the journal has it. */
interface Journalled extends What {
  readonly id: string;
  readonly user: string;
  readonly started: number;
  ended?: { readonly seq: number; readonly reason: string; readonly bytes: number | undefined };
}

/**
 * Holds what viewers of the police side received against the journal. It knows nothing else: neither the
 * gateway's state nor any clock, only the order of the entries and the order of what came.
 *
 * @param final the gateway has stopped in order: whatever began has ended.
 */
export function violations(
  entries: readonly Entry[],
  all: readonly Seen[],
  final: boolean,
  told: readonly Told[] = [],
): Violation[] {
  const coverage = new Coverage(entries);
  const viewings = journalledViewings(entries);
  const found = viewings.flatMap((viewing) => [...ofViewing(entries, coverage, viewing, final)]);
  const claimed = new Set<Journalled>();
  for (const seen of all) {
    const viewing = viewings.find((each) => !claimed.has(each) && isOf(each, seen));
    if (viewing) claimed.add(viewing);
    found.push(...ofSights(coverage, seen, viewing), ...ofCounts(seen, viewing));
  }
  found.push(...ofPictures(all), ...told.flatMap((each) => [...ofTold(coverage, each)]));
  return found;
}

/** No two cameras show the same: what came as the picture of one is not that of another. */
function* ofPictures(all: readonly Seen[]): Iterable<Violation> {
  const cameras = new Map<string, string>();
  for (const { sights, camera, via, user } of all) {
    for (const sight of sights) {
      if (sight.saw !== 'bytes' || sight.keyFrame === undefined) continue;
      const first = cameras.get(sight.keyFrame) ?? camera;
      cameras.set(sight.keyFrame, first);
      if (first === camera) continue;
      yield { rule: 'other-camera', where: `${via} of ${camera} by ${user} showed ${first}` };
    }
  }
}

/** What is not shared is on no screen, and no incident has it. */
function* ofTold(coverage: Coverage, told: Told): Iterable<Violation> {
  const { user, controlRoom, sights } = told;
  let from = told.askedAt;
  for (const [at, sight] of sights.entries()) {
    if (sight.saw === 'fence') from = sight.from;
    if (sight.saw !== 'cameras') continue;
    const to = nextFence(told, at);
    for (const camera of sight.cameras) {
      if (coverage.between({ controlRoom, incident: sight.incident, camera }, from, to)) continue;
      const where = `${camera} in ${sight.incident} to ${user}, between entries ${from} and ${to}`;
      yield { rule: 'told-of-unshared', where };
    }
  }
}

/** Every viewer has a name of its own on each connection, and asks for one thing at a time. */
function isOf(viewing: Journalled, seen: Seen): boolean {
  const fields = ['user', 'controlRoom', 'incident', 'camera'] as const;
  const { askedAt, answeredAt = Infinity } = seen;
  const isBetween = viewing.started > askedAt && viewing.started <= answeredAt;
  return isBetween && fields.every((field) => viewing[field] === seen[field]);
}

function journalledViewings(entries: readonly Entry[]): Journalled[] {
  const viewings = new Map<string, Journalled>();
  for (const { seq, kind, data, actor, incident = '' } of entries) {
    const id = String(data['viewing']);
    const { user, controlRoom } = actor;
    if (kind === 'viewing.started' && controlRoom !== undefined) {
      const camera = String(data['camera']);
      viewings.set(id, { id, user, controlRoom, incident, camera, started: seq });
    }
    const viewing = viewings.get(id);
    if (kind !== 'viewing.ended' || !viewing) continue;
    const bytes = typeof data['bytes'] === 'number' ? data['bytes'] : undefined;
    viewing.ended = { seq, reason: String(data['reason']), bytes };
  }
  return [...viewings.values()];
}

function* ofViewing(
  entries: readonly Entry[],
  coverage: Coverage,
  viewing: Journalled,
  final: boolean,
): Iterable<Violation> {
  const { started, ended } = viewing;
  const where = `viewing ${viewing.id} of ${viewing.camera} by ${viewing.controlRoom}, entry ${started}`;
  if (!coverage.between(viewing, started, started)) yield { rule: 'uncovered-start', where };
  if (final && !ended) yield { rule: 'never-ended', where };
  const lost = coverage.lostAfter(viewing, started);
  // Of what a crash left open only its restart is known.
  if (lost === undefined || ended?.reason === 'gateway-restarted') return;
  const later = entries.find(({ seq, kind }) => seq > lost && !FOLLOWS_AT_ONCE.has(kind));
  const end = ended?.seq ?? Infinity;
  if (later && later.seq < end) {
    yield { rule: 'outlived-its-grant', where: `${where}, lost at ${lost}, on at ${later.seq}` };
  }
}

/** What the loss of a share brings with it in the same tick; anything else comes after it. */
const FOLLOWS_AT_ONCE = new Set([
  'viewing.ended',
  'grant.withdrawn',
  'grant.expired',
  'request.declined',
  'request.expired',
  // The journal signs itself behind what ended an incident.
  'journal.checkpoint',
]);

function* ofSights(
  coverage: Coverage,
  seen: Seen,
  viewing: Journalled | undefined,
): Iterable<Violation> {
  const where = `${seen.via} of ${seen.camera} in ${seen.incident} by ${seen.user}`;
  let from = viewing?.started ?? seen.askedAt;
  let [accepted, refused, left, over] = [false, false, false, false];
  for (const [at, sight] of seen.sights.entries()) {
    if (sight.saw === 'accepted') accepted = true;
    if (sight.saw === 'refused') refused = true;
    if (sight.saw === 'left') left = true;
    if (sight.saw === 'ended' || sight.saw === 'closed') over = true;
    if (sight.saw === 'fence') {
      from = sight.from;
      if (left) over = true;
      const isLost = !coverage.between(seen, from, sight.to);
      if (accepted && !over && isLost) yield { rule: 'not-told', where: `${where}, at ${from}` };
    }
    if (sight.saw !== 'bytes' || sight.bytes === 0) continue;
    if (refused) yield { rule: 'byte-though-refused', where };
    else if (!accepted) yield { rule: 'byte-before-acceptance', where };
    const ended = viewing?.ended?.seq ?? Infinity;
    if (over || from >= ended) yield { rule: 'byte-after-end', where };
    const to = Math.min(nextFence(seen, at), ended);
    if (!coverage.between(seen, from, to)) {
      yield { rule: 'byte-after-grant', where: `${where}, between entries ${from} and ${to}` };
    }
  }
}

/** The journal was no further when that was on its way. */
function nextFence({ sights }: Pick<Seen, 'sights'>, at: number): number {
  const fence = sights.slice(at).find((each) => each.saw === 'fence');
  return fence?.saw === 'fence' ? fence.to : Infinity;
}

function* ofCounts(seen: Seen, viewing: Journalled | undefined): Iterable<Violation> {
  const where = `${seen.via} of ${seen.camera} by ${seen.user}`;
  const bytes = bytesOf(seen);
  if (viewing && hasSeen(seen, 'refused')) yield { rule: 'viewing-though-refused', where };
  if (!viewing && (bytes > 0 || hasSeen(seen, 'accepted'))) yield { rule: 'not-journalled', where };
  const journalled = viewing?.ended?.bytes;
  if (journalled === undefined) return;
  const told = `${where}: received ${bytes}, journalled ${journalled}`;
  if (bytes > journalled) yield { rule: 'more-than-journalled', where: told };
  if (bytes < journalled && isWhole(seen)) yield { rule: 'other-than-journalled', where: told };
}

/** Nothing can have been lost on the way: the end came behind everything else. */
export function isWhole({ sights }: Seen): boolean {
  const left = sights.findIndex(({ saw }) => saw === 'left');
  return (
    sights.some(({ saw }) => saw === 'ended') ||
    (left >= 0 && sights.slice(left).some(({ saw }) => saw === 'fence'))
  );
}
