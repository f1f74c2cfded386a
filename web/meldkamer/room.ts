import type {
  ClientHandlers,
  Incident,
  IncidentView,
  LiveRequest,
  RequestHandle,
} from '../../src/client/index.ts';
import { LiveDesk } from '../shared/live-desk.ts';
import { mergeAnswer } from '../shared/merge-answer.ts';
import { Store } from '../shared/store.ts';

/** Why an incident that was on the screen is no longer there. */
export interface Over {
  readonly incident: IncidentView;
  readonly closed: boolean;
  readonly reason: string;
}

/** The code may also be the client's own, for what never reached the gateway. */
export type AskedRequest = Omit<LiveRequest, 'reasonCode'> & { readonly reasonCode?: string };

export interface RoomState {
  /** Shared with this control room, newest first. */
  readonly incidents: readonly IncidentView[];
  /** Shared since the last look at the list, and not looked at yet. */
  readonly unseen: readonly string[];
  readonly watched: string | null;
  readonly over: Over | null;
  /** Newest first; kept by this page only. */
  readonly requests: readonly AskedRequest[];
}

const MAX_REQUESTS = 50;

/**
 * What the control room's console knows. Nothing is watched that nobody clicked on; what is no
 * longer shared leaves the screen in the tick in which that is known.
 */
export class Room extends LiveDesk {
  protected readonly name = 'meldkamer console';
  readonly store = new Store<RoomState>({
    incidents: [],
    unseen: [],
    watched: null,
    over: null,
    requests: [],
  });

  protected handlers(): Omit<ClientHandlers, 'onState'> {
    return {
      onWelcome: () => void this.lookAgain(),
      onIncident: (incident) => this.#incident(incident),
      onRequest: ({ request }) => this.#request(request),
    };
  }

  protected async load(): Promise<void> {
    this.store.set({ incidents: newestFirst(await this.api.incidents()) });
  }

  /** After every time without connection too: what is no longer shared has ended meanwhile. */
  async lookAgain(): Promise<void> {
    const before = this.store.state.incidents;
    const answer = await this.api.incidents().catch((error: unknown) => void this.leftFor(error));
    // The socket has just told of everything that is shared; only what ended is missing.
    if (!answer) return;
    const incidents = mergeAnswer(before, this.store.state.incidents, answer);
    const { watched, over } = this.store.state;
    if (watched && !over && !incidents.some(({ id }) => id === watched)) {
      this.end(watched, false, '');
    }
    this.store.set({ incidents: newestFirst(incidents) });
  }

  protected isUnknown(): boolean {
    const { incidents, watched } = this.store.state;
    const shown = incidents.find(({ id }) => id === watched);
    return shown?.cameraDetails?.some(({ ptz }) => ptz === undefined) ?? false;
  }

  watch(id: string): void {
    const unseen = this.store.state.unseen.filter((each) => each !== id);
    this.store.set({ watched: id, over: null, unseen });
  }

  leaveIncident(): void {
    this.store.set({ watched: null, over: null });
  }

  /** The images have ended: said over everything, whatever else is on the screen. */
  end(id: string, closed: boolean, reason: string): void {
    const { incidents, watched, unseen } = this.store.state;
    const incident = incidents.find((each) => each.id === id);
    this.store.set({
      incidents: incidents.filter((each) => each.id !== id),
      unseen: unseen.filter((each) => each !== id),
      ...(incident && watched === id ? { over: { incident, closed, reason } } : {}),
    });
  }

  /** Asks for another camera on a tile, or for a plan on it. */
  askForTile(incident: string, tile: number, what: { camera: string } | { plan: string }): void {
    this.client.request({
      ...('camera' in what
        ? { action: 'camera.switch', camera: what.camera }
        : { action: 'plan.show' }),
      incident,
      args: { tile, ...what },
      onState: (handle) => this.asked(handle),
    });
  }

  /** A request of this page changed; one that the gateway refused has no other record. */
  asked(handle: RequestHandle): void {
    const { request, options } = handle;
    this.#request({
      id: request?.id ?? handle.id,
      incident: options.incident ?? null,
      action: options.action,
      ...(options.camera === undefined ? {} : { camera: options.camera }),
      args: { ...options.args },
      user: this.session.user,
      createdAt: request?.createdAt ?? new Date().toISOString(),
      state: handle.state,
      ...(handle.reason === undefined ? {} : { reason: handle.reason }),
      ...(handle.reasonCode === undefined ? {} : { reasonCode: handle.reasonCode }),
      ...(handle.by === undefined ? {} : { by: handle.by }),
    });
  }

  #incident(incident: Incident | IncidentView): void {
    const own = incident.grants.some(({ controlRoom }) => controlRoom === this.session.controlRoom);
    if (incident.state === 'closed' || !own) {
      this.end(incident.id, incident.state === 'closed', '');
      return;
    }
    const { incidents, unseen, watched, over } = this.store.state;
    const known = incidents.some(({ id }) => id === incident.id);
    const others = incidents.filter(({ id }) => id !== incident.id);
    this.store.set({
      incidents: newestFirst([incident, ...others]),
      ...(known || watched === incident.id ? {} : { unseen: [...unseen, incident.id] }),
      ...(over?.incident.id === incident.id ? { over: null, watched: null } : {}),
    });
  }

  #request(request: AskedRequest): void {
    const { requests } = this.store.state;
    const before = requests.findIndex(({ id }) => id === request.id);
    this.store.set({
      requests:
        before < 0
          ? [request, ...requests].slice(0, MAX_REQUESTS)
          : requests.map((each) => (each.id === request.id ? { ...each, ...request } : each)),
    });
  }
}

function newestFirst(incidents: readonly IncidentView[]): IncidentView[] {
  return [...incidents].sort((a, b) => b.openedAt.localeCompare(a.openedAt));
}
