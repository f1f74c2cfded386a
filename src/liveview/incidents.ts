import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import { LAYOUT_TILES } from './actions.ts';
import { groundOf } from './alarm-model.ts';
import { notShared } from './asking.ts';
import { cameraWithin, knownCamera } from './known-camera.ts';
import { incidentFor, knownIncident } from './known-incident.ts';
import type { Ledger } from './ledger.ts';
import type { Directory, Incident, IncidentType, Outcome, Screen, Tile } from './model.ts';
import { imageOf, planWithin } from './plan-state.ts';
import type { Shares } from './shares.ts';
import { isPolice } from './sharing.ts';
import { checkSteps } from './steps.ts';

export interface OpenIncident {
  readonly type: IncidentType;
  readonly site: string;
  readonly summary: string;
  readonly cameras: readonly string[];
  /** The alarm that it is opened from. */
  readonly alarm?: string;
}

export interface IncidentUpdate {
  readonly type?: IncidentType | undefined;
  readonly summary?: string | undefined;
  readonly priority?: number | null | undefined;
  readonly counts?: Incident['counts'] | undefined;
  readonly note?: string | undefined;
}

export interface Closing {
  readonly outcome: Outcome;
  readonly note: string;
}

const FIRST_TILES = 4;

/** A new incident shows its first cameras; the operator composes from there. */
export function firstTiles(cameras: readonly string[]): Tile[] {
  return cameras.slice(0, FIRST_TILES).map((camera) => ({ camera }));
}

/**
 * The running log of one incident: so many notes, and so many characters in all, for each change of an incident tells
 * everybody the whole of it. A quarter is for the centre, whatever control rooms write.
 */
const MAX_NOTES = 2_000;
const MAX_CHARACTERS = 256 * 1024;
const ROOMS_PART = 0.75;

/** What is done to incidents. Checked against the configured world here, against the state by the ledger. */
export class Incidents {
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #shares: Shares;
  readonly #newId: () => string;

  constructor(options: {
    ledger: Ledger;
    directory: Directory;
    shares: Shares;
    newId: () => string;
  }) {
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#shares = options.shares;
    this.#newId = options.newId;
  }

  open(actor: Actor, facts: OpenIncident): Incident {
    const { type, site, summary, cameras: named, alarm } = facts;
    const known = alarm === undefined ? undefined : this.#ledger.state.alarms.get(alarm);
    const from = known === undefined ? {} : { alarm: known.id, ground: groundOf(known) };
    if (!this.#directory.sites.has(site)) {
      throw new LiveViewError('unknown-site', `there is no site ${site}`);
    }
    const cameras = [...new Set(named)];
    for (const camera of cameras) knownCamera(this.#directory, camera);
    const tiles = firstTiles(cameras);
    const id = this.#newId();
    const data = { type, site, summary, cameras, tiles, ...from };
    this.#ledger.record('incident.opened', actor, id, data);
    return this.get(id);
  }

  /** A control room adds notes to what is shared with it; the facts are the centre's. */
  update(actor: Actor, id: string, update: IncidentUpdate): Incident {
    const data = Object.fromEntries(
      Object.entries(update).filter(([, value]) => value !== undefined),
    );
    if (isPolice(actor)) this.#checkPoliceUpdate(actor, id, data);
    if (update.note !== undefined) checkRoom(actor, this.get(id).notes, update.note);
    this.#ledger.record('incident.updated', actor, id, data);
    return this.get(id);
  }

  setScreen(actor: Actor, id: string, screen: Screen): Incident {
    const { tiles, focus, layout } = screen;
    const incident = this.get(id);
    for (const tile of tiles) this.#checkTile(incident, tile);
    if (focus !== null && focus >= tiles.length) {
      throw new LiveViewError('invalid-request', 'the focus is on a tile that does not exist');
    }
    if (layout !== undefined && tiles.length > LAYOUT_TILES[layout]) {
      const reason = `the layout ${layout} has ${LAYOUT_TILES[layout]} tiles`;
      throw new LiveViewError('invalid-request', reason);
    }
    this.#ledger.record('screen.set', actor, id, screen);
    return this.get(id);
  }

  /** What cannot be recorded is closed all the same. @throws LiveViewError `steps-open`, `incident-closed` */
  close(actor: Actor, id: string, { outcome, note }: Closing): Incident {
    const incident = incidentFor(this.#ledger.state, id, 'close');
    checkSteps(this.#directory, incident);
    this.#ledger.takeAway('incident.closed', actor, id, { outcome, note });
    return this.get(id);
  }

  /** @throws LiveViewError `unknown-incident` */
  get(id: string): Incident {
    return knownIncident(this.#ledger.state, id);
  }

  #checkPoliceUpdate(actor: Actor, id: string, data: object): void {
    const incident = this.#ledger.state.incidents.get(id);
    if (!this.#shares.inForce(incident, actor.controlRoom)) throw notShared();
    if (Object.keys(data).every((field) => field === 'note')) return;
    throw new LiveViewError('not-allowed', 'a control room can add notes, nothing else');
  }

  /** @throws LiveViewError `unknown-camera`, `camera-not-at-site`, `unknown-plan`, `unknown-image` */
  #checkTile(incident: Incident, tile: Tile): void {
    if ('camera' in tile) cameraWithin(this.#directory, incident, tile.camera);
    else if ('plan' in tile) planWithin(this.#ledger.state, incident, tile.plan);
    else if ('image' in tile) imageOf(incident, tile.image);
  }
}

/** @throws LiveViewError `not-allowed` when the log is full. */
function checkRoom(actor: Actor, notes: Incident['notes'], note: string): void {
  const part = isPolice(actor) ? ROOMS_PART : 1;
  const characters = notes.reduce((sum, { text }) => sum + text.length, note.length);
  if (notes.length < MAX_NOTES * part && characters <= MAX_CHARACTERS * part) return;
  throw new LiveViewError(
    'not-allowed',
    `the log of this incident is full (${notes.length} notes); go on by telephone, or in another incident`,
  );
}
