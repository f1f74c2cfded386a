import type { Actor } from '../journal/record.ts';
import type { IncidentAlarm } from './alarm-model.ts';
import type { Grant, Incident, LiveRequest, Note, Tile } from './model.ts';
import type { IncidentImage } from './plan-model.ts';
import { textForRooms } from './reasons.ts';

/** Whether the actor is on the police side: everything it sees and asks goes by a grant. */
export function isPolice(actor: Actor): boolean {
  return actor.controlRoom !== undefined || actor.role === 'dispatcher';
}

/**
 * What a control room sees of an incident: its own grant, the cameras of that grant, the notes.
 * Not: other rooms' grants, offers and marks of reading, cameras that are not shared, hand-overs and steps
 * within the centre, the closing note, and which other room a note is of. What it says is for all who work on the incident.
 */
export function sharedView(incident: Incident, grant: Grant): Incident {
  const { requestedBy, reads, ...rest } = withoutInner(incident);
  return {
    ...rest,
    cameras: grant.cameras,
    grants: [grant],
    ...sharedScreen(incident, grant),
    notes: incident.notes.map((note) => sharedNote(note, grant)),
    ...(rest.alarms ? { alarms: sharedAlarms(rest.alarms) } : {}),
    ...(reads ? { reads: reads.filter((mark) => isFor(mark, grant)) } : {}),
    ...(requestedBy?.controlRoom === grant.controlRoom ? { requestedBy } : {}),
  };
}

/** What the centre keeps to itself. */
function withoutInner(incident: Incident) {
  const { closingNote: _1, images: _2, offers: _3, handover: _4, steps: _5, ...rest } = incident;
  return rest;
}

/** Without the site of one that was elsewhere, of which the control room may know nothing. */
export function sharedAlarms(alarms: readonly IncidentAlarm[]): IncidentAlarm[] {
  return alarms.map(({ site: _, ...alarm }) => alarm);
}

function isFor(of: { readonly controlRoom?: string }, { controlRoom }: Grant): boolean {
  return of.controlRoom === undefined || of.controlRoom === controlRoom;
}

function sharedNote(note: Note, grant: Grant): Note {
  if (isFor(note, grant)) return note;
  return { at: note.at, text: note.text };
}

/**
 * A tile that is not shared is empty, so that every other tile keeps its place and its number. Plans and
 * images need their own right, a still its camera besides; of images only those on the screen are told of.
 */
export function sharedScreen(
  { screen, images = [] }: Pick<Incident, 'screen' | 'images'>,
  { cameras, rights }: Grant,
): Pick<Incident, 'screen' | 'images'> {
  const seesImage = ({ camera }: IncidentImage) =>
    rights.includes('plan') && (camera === undefined || cameras.includes(camera));
  const sees = (tile: Tile): boolean => {
    if ('camera' in tile) return cameras.includes(tile.camera);
    if ('plan' in tile) return rights.includes('plan');
    return 'image' in tile && images.some((each) => each.id === tile.image && seesImage(each));
  };
  const tiles = screen.tiles.map((tile): Tile => (sees(tile) ? tile : { empty: true }));
  const shown = images.filter(({ id }) =>
    tiles.some((tile) => 'image' in tile && tile.image === id),
  );
  return { screen: { ...screen, tiles }, ...(shown.length > 0 ? { images: shown } : {}) };
}

/**
 * A request as the control room that made it is told of it. The reason is what a person wrote to it,
 * or the words of its code, which name nobody and no address.
 */
export function sharedRequest({ reason: full, ...rest }: LiveRequest): LiveRequest {
  const { reasonCode, state } = rest;
  const typed = state === 'declined' ? full : undefined;
  const reason = reasonCode === undefined ? typed : textForRooms(reasonCode);
  return { ...rest, ...(reason === undefined ? {} : { reason }) };
}

/**
 * The last that a control room hears of an incident that is no longer shared with it: what it knew
 * before, closed or without its grant, and no picture. Nothing that was added since, and not whether
 * others still see it.
 */
export function farewell(before: Incident, after: Incident, grant: Grant): Incident {
  const { images: _, ...last } = sharedView(before, grant);
  return {
    ...last,
    cameras: [],
    grants: [],
    screen: { tiles: [], focus: null },
    state: after.state === 'closed' ? 'closed' : 'open',
    ...(after.closedAt === undefined ? {} : { closedAt: after.closedAt }),
    ...(after.outcome === undefined ? {} : { outcome: after.outcome }),
  };
}
