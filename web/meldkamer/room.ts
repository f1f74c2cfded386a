import type {
  ClientHandlers,
  GatewayApi,
  Incident,
  IncidentType,
  IncidentView,
  LiveRequest,
  OfferHeadline,
  RequestHandle,
} from '../../src/client/index.ts';
import { LiveDesk } from '../shared/live-desk.ts';
import { mergeAnswer } from '../shared/merge-answer.ts';
import type { Reason } from '../shared/reasons.ts';
import { reasonOf } from '../shared/reasons.ts';
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
  /** Waiting for the answer of this control room, oldest first. */
  readonly offers: readonly OfferHeadline[];
  /** What went wrong last. */
  readonly problem: Reason | null;
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
    offers: [],
    problem: null,
  });

  protected handlers(): Omit<ClientHandlers, 'onState'> {
    return {
      onWelcome: () => this.#welcome(),
      onIncident: (incident) => this.#incident(incident),
      onOffer: (offer) => this.#offer(offer),
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

  /** Does it and shows what the gateway makes of the incident, or what went wrong. */
  async act(work: (api: GatewayApi) => Promise<IncidentView>): Promise<boolean> {
    try {
      this.#incident(await work(this.api));
      this.store.set({ problem: null });
      return true;
    } catch (error) {
      this.#tell(error);
      return false;
    }
  }

  /** What is offered is shared from then on, and shown. */
  async acceptOffer(incident: string): Promise<void> {
    await this.act(async (api) => {
      const shared = await api.acceptOffer(incident);
      this.watch(incident);
      return shared;
    });
  }

  /** @throws what went wrong */
  async declineOffer(incident: string, reason: string): Promise<void> {
    await this.api.declineOffer(incident, reason);
  }

  /** Images of a site. What becomes of it comes by the socket. @throws what went wrong */
  async askImages(args: { site: string; type: IncidentType; text: string }): Promise<void> {
    const asked = await this.api.request({ action: 'view', args });
    const isKnown = this.store.state.requests.some(({ id }) => id === asked.id);
    if (!isKnown) this.#request(asked);
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

  /** The gateway tells anew of every offer that waits. */
  #welcome(): void {
    this.store.set({ offers: [] });
    void this.lookAgain();
  }

  #offer(offer: OfferHeadline): void {
    const { offers } = this.store.state;
    const known = offers.some(({ incident }) => incident === offer.incident);
    if (offer.state !== 'pending') {
      this.store.set({ offers: offers.filter(({ incident }) => incident !== offer.incident) });
    } else if (known) {
      const now = offers.map((each) => (each.incident === offer.incident ? offer : each));
      this.store.set({ offers: now });
    } else this.store.set({ offers: [...offers, offer] });
  }

  #tell(error: unknown): void {
    if (this.leftFor(error)) return;
    this.store.set({ problem: reasonOf(error) });
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
