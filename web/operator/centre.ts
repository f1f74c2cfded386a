import type {
  AlarmTold,
  AlarmView,
  CameraView,
  ClientHandlers,
  GatewayApi,
  HolderView,
  Incident,
  IncidentView,
  LiveRequest,
  RequestHandle,
  Screen,
  SessionAction,
  SiteView,
  Tile,
} from '../../src/client/index.ts';
import { LiveDesk } from '../shared/live-desk.ts';
import { mergeAnswer } from '../shared/merge-answer.ts';
import type { Reason } from '../shared/reasons.ts';
import { reasonOf } from '../shared/reasons.ts';
import { Store } from '../shared/store.ts';

export type Selection =
  | { readonly kind: 'alarm'; readonly id: string }
  | { readonly kind: 'site'; readonly id: string }
  | { readonly kind: 'incident'; readonly id: string };

/** What went wrong; with whoever has the camera, where that is why. */
export type Problem = Reason & { readonly holder?: HolderView };

export interface CentreState {
  readonly sites: readonly SiteView[];
  readonly cameras: readonly CameraView[];
  readonly incidents: readonly IncidentView[];
  /** Open ones, and those that ended since the page was opened. */
  readonly alarms: readonly AlarmView[];
  /** Newest first. */
  readonly requests: readonly LiveRequest[];
  readonly selection: Selection | null;
  readonly problem: Problem | null;
  /** Since when nothing can be recorded, RFC 3339; null while it can. */
  readonly unrecordedSince: string | null;
}

const MAX_REQUESTS = 100;
/** Alarms that ended while the page was open. */
const MAX_ENDED = 50;
/** The whole of the first screen; more is the operator's choice. */
const FIRST_TILES = 4;

/** What the operator's console knows and does: the API, the live socket, and what both say. */
export class Centre extends LiveDesk {
  protected readonly name = 'operator console';
  readonly store = new Store<CentreState>({
    sites: [],
    cameras: [],
    incidents: [],
    alarms: [],
    requests: [],
    selection: null,
    problem: null,
    unrecordedSince: null,
  });

  protected handlers(): Omit<ClientHandlers, 'onState'> {
    return {
      onWelcome: () => this.#welcomed(),
      onIncident: (incident) => this.upsert(incident),
      onAlarm: (alarm) => this.#upsertAlarm(alarm),
      onRecording: ({ recording, since }) =>
        this.store.set({ unrecordedSince: recording ? null : (since ?? '') }),
      onRequest: ({ request }) => this.#upsertRequest(request),
    };
  }

  /** The gateway says what is not well after its welcome; what it said before may be over. */
  #welcomed(): void {
    this.store.set({ unrecordedSince: null });
    void this.load().catch((error) => this.tell(error));
  }

  /** Everything anew: at the start, and after every time without connection. */
  protected async load(): Promise<void> {
    const before = this.store.state;
    const [sites, cameras, incidents, requests, alarms] = await Promise.all([
      this.#ask('site.read', (api) => api.sites()),
      this.#ask('camera.read', (api) => api.cameras()),
      this.#ask('incident.read', (api) => api.incidents()),
      this.#ask('request.read', (api) => api.requests()),
      this.#ask('alarm.read', (api) => api.alarms({ state: 'open' })),
    ]);
    const now = this.store.state;
    this.store.set({
      sites,
      cameras,
      incidents: mergeAnswer(before.incidents, now.incidents, incidents),
      alarms: mergeAnswer(before.alarms, now.alarms, alarms),
      requests: newestFirst(mergeAnswer(before.requests, now.requests, requests)),
    });
  }

  async lookAgain(): Promise<void> {
    const cameras = await this.api.cameras().catch((error: unknown) => void this.leftFor(error));
    if (cameras) this.store.set({ cameras });
  }

  protected isUnknown(): boolean {
    return this.store.state.cameras.some(({ ptz }) => ptz === undefined);
  }

  select(selection: Selection | null): void {
    this.store.set({ selection, problem: null });
  }

  /** Does it and shows what the gateway makes of the incident, or what went wrong. */
  async act(work: (api: GatewayApi) => Promise<Incident>): Promise<boolean> {
    try {
      this.upsert(await work(this.api));
      this.store.set({ problem: null });
      return true;
    } catch (error) {
      this.tell(error);
      return false;
    }
  }

  /** Opens it with its first cameras on the screen, and shows it. */
  async open(incident: Parameters<GatewayApi['openIncident']>[0]): Promise<void> {
    const opened = await this.api.openIncident(incident);
    this.upsert(opened);
    this.select({ kind: 'incident', id: opened.id });
    if (opened.screen.tiles.length > 0) return;
    const tiles: Tile[] = opened.cameras.slice(0, FIRST_TILES).map((camera) => ({ camera }));
    await this.setScreen(opened.id, { tiles, focus: null });
  }

  /** Does it and shows what became of the alarm. @throws what went wrong */
  async handle(work: (api: GatewayApi) => Promise<AlarmView>): Promise<void> {
    this.#upsertAlarm(await work(this.api));
  }

  /** The same, and tells what went wrong. */
  async tryAlarm(work: (api: GatewayApi) => Promise<AlarmView>): Promise<void> {
    try {
      await this.handle(work);
      this.store.set({ problem: null });
    } catch (error) {
      this.tell(error);
    }
  }

  /** The operator's own button; shows the alarm. */
  async raise(told: AlarmTold): Promise<void> {
    const alarm = await this.api.raiseAlarm(told);
    if ('kind' in alarm) this.#upsertAlarm(alarm);
    this.select({ kind: 'alarm', id: alarm.id });
  }

  setScreen(id: string, screen: Screen): Promise<boolean> {
    return this.act((api) => api.setScreen(id, screen));
  }

  /** Something whose effect the gateway tells by itself; what went wrong is shown. */
  async attempt(work: (api: GatewayApi) => Promise<unknown>): Promise<void> {
    try {
      await work(this.api);
      this.store.set({ problem: null });
    } catch (error) {
      this.tell(error);
    }
  }

  async decide(work: (api: GatewayApi) => Promise<LiveRequest>): Promise<void> {
    try {
      await this.decideOrThrow(work);
    } catch (error) {
      this.tell(error);
      await this.load().catch(() => undefined);
    }
  }

  /** The same for a dialog, which tells by itself. @throws what went wrong */
  async decideOrThrow(work: (api: GatewayApi) => Promise<LiveRequest>): Promise<void> {
    this.#upsertRequest(await work(this.api));
  }

  /** What became of the operator's own steering: only a refusal needs words. */
  readonly steered = ({ options, state, reason, reasonCode }: RequestHandle): void => {
    if (state !== 'failed' && state !== 'declined') return;
    const isHeld = reasonCode === 'control-taken' && options.action !== 'relay.set';
    const holder = isHeld && this.atDesk.state.controls.get(options.camera ?? '')?.holder;
    const problem = { code: reasonCode, message: reason ?? state };
    this.store.set({ problem: holder ? { ...problem, holder } : problem });
  };

  /** At once, whoever moves it. */
  stopMovement({ id }: LiveRequest): void {
    this.client.stopMovement(id);
  }

  upsert(incident: Incident | IncidentView): void {
    const { incidents } = this.store.state;
    const known = incidents.some(({ id }) => id === incident.id);
    this.store.set({
      incidents: known
        ? incidents.map((each) => (each.id === incident.id ? incident : each))
        : [incident, ...incidents],
    });
  }

  #upsertAlarm(alarm: AlarmView): void {
    const others = this.store.state.alarms.filter(({ id }) => id !== alarm.id);
    const kept = others.filter(({ state }) => state === 'open');
    const ended = others.filter(({ state }) => state === 'ended').slice(-MAX_ENDED);
    this.store.set({ alarms: [...ended, ...kept, alarm] });
  }

  #upsertRequest(request: LiveRequest): void {
    const others = this.store.state.requests.filter(({ id }) => id !== request.id);
    this.store.set({ requests: newestFirst([request, ...others]) });
  }

  async #ask<T>(action: SessionAction, get: (api: GatewayApi) => Promise<T[]>): Promise<T[]> {
    return this.may(action) ? get(this.api) : [];
  }

  /** What went wrong, over the page. */
  tell(error: unknown): void {
    if (this.leftFor(error)) return;
    this.store.set({ problem: reasonOf(error) });
  }
}

function newestFirst(requests: readonly LiveRequest[]): LiveRequest[] {
  return [...requests]
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, MAX_REQUESTS);
}
