import type { Actor } from '../journal/record.ts';
import type { Grant, Incident, LiveRequest, Note, Screen, Tile } from './model.ts';
import { textForRooms } from './reasons.ts';

/** Whether the actor is on the police side: everything it sees and asks goes by a grant. */
export function isPolice(actor: Actor): boolean {
  return actor.controlRoom !== undefined || actor.role === 'dispatcher';
}

/**
 * What a control room sees of an incident: its own grant, the cameras of that grant, the notes.
 * Not: other rooms' grants, cameras that are not shared, the closing note, and which other room a note
 * is of. What it says is for all who work on the incident.
 */
export function sharedView(incident: Incident, grant: Grant): Incident {
  const { closingNote: _, ...rest } = incident;
  return {
    ...rest,
    cameras: grant.cameras,
    grants: [grant],
    screen: sharedScreen(incident.screen, grant),
    notes: incident.notes.map((note) => sharedNote(note, grant)),
  };
}

function sharedNote(note: Note, { controlRoom }: Grant): Note {
  if (note.controlRoom === undefined || note.controlRoom === controlRoom) return note;
  return { at: note.at, text: note.text };
}

/** A tile that is not shared is empty, so that every other tile keeps its place and its number. */
export function sharedScreen(screen: Screen, grant: Grant): Screen {
  const hide = (tile: Tile): Tile =>
    'camera' in tile && !grant.cameras.includes(tile.camera) ? { empty: true } : tile;
  return { ...screen, tiles: screen.tiles.map(hide) };
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
  const last = sharedView(before, grant);
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
