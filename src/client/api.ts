import type {
  Incident,
  IncidentType,
  LiveRequest,
  Outcome,
  RequestAction,
  RequestState,
  Screen,
} from '../liveview/model.ts';
import type { OfferHeadline } from '../liveview/offer-model.ts';
import type { IncidentImage, Placement } from '../liveview/plan-model.ts';
import type {
  AlarmFilter,
  AlarmJudgement,
  AlarmReceipt,
  AlarmTold,
  AlarmView,
  CameraView,
  Colleague,
  DemonstrationView,
  IncidentChange,
  IncidentView,
  Page,
  PlanView,
  SessionView,
  ShareTerms,
  SiteView,
  StepNow,
  WaysIn,
} from './api-types.ts';
import type { HttpOptions } from './http.ts';
import { Http } from './http.ts';

/** The HTTP API, one method a route; errors as in `Http.request`. The police side has fewer routes. */
export class GatewayApi {
  readonly #http: Http;

  constructor(options: HttpOptions = {}) {
    this.#http = new Http(options);
  }

  /** @param code of the second factor, once a login without it was answered `second-factor-needed`. */
  login(username: string, password: string, code?: string): Promise<SessionView> {
    const body = { username, password, ...(code === undefined ? {} : { code }) };
    return this.#http.request('POST', '/v1/session', body);
  }

  /** How people log in here; of the centre's side. */
  waysIn(): Promise<WaysIn> {
    return this.#http.request('GET', '/v1/session/ways');
  }

  /** The address at the centre's directory at which a browser goes on. */
  async beginAtDirectory(): Promise<string> {
    const { url } = await this.#http.request<{ url: string }>('POST', '/v1/session/openid');
    return url;
  }

  logout(): Promise<void> {
    return this.#http.request('DELETE', '/v1/session');
  }

  session(): Promise<SessionView> {
    return this.#http.request('GET', '/v1/session');
  }

  sites(): Promise<SiteView[]> {
    return this.#http.request('GET', '/v1/sites');
  }

  cameras(): Promise<CameraView[]> {
    return this.#http.request('GET', '/v1/cameras');
  }

  /** Those under way, and the last that are over; page by page further back. */
  incidents(page: Page = {}): Promise<IncidentView[]> {
    return this.#http.request('GET', `/v1/incidents${queryOf(page)}`);
  }

  incident(id: string): Promise<IncidentView> {
    return this.#http.request('GET', `/v1/incidents/${encode(id)}`);
  }

  alarms(filter: AlarmFilter = {}): Promise<AlarmView[]> {
    return this.#http.request('GET', `/v1/alarms${queryOf(filter)}`);
  }

  alarm(id: string): Promise<AlarmView> {
    return this.#http.request('GET', `/v1/alarms/${encode(id)}`);
  }

  raiseAlarm(told: AlarmTold): Promise<AlarmView | AlarmReceipt> {
    return this.#http.request('POST', '/v1/alarms', told);
  }

  /** “I am looking at this”; whoever looked before no longer is. */
  lookAt(alarmId: string): Promise<AlarmView> {
    return this.#http.request('POST', `/v1/alarms/${encode(alarmId)}/look`, {});
  }

  lookAway(alarmId: string): Promise<AlarmView> {
    return this.#http.request('DELETE', `/v1/alarms/${encode(alarmId)}/look`);
  }

  judge(alarmId: string, judgement: AlarmJudgement): Promise<AlarmView> {
    return this.#http.request('POST', `/v1/alarms/${encode(alarmId)}/verification`, judgement);
  }

  addToIncident(alarmId: string, incident: string): Promise<AlarmView> {
    return this.#http.request('PUT', `/v1/alarms/${encode(alarmId)}/incident`, { incident });
  }

  endAlarm(alarmId: string, note = ''): Promise<AlarmView> {
    return this.#http.request('POST', `/v1/alarms/${encode(alarmId)}/end`, { note });
  }

  /** What is left out follows from the alarm that it is opened from; without one, type and site are needed. */
  openIncident(incident: {
    type?: IncidentType;
    site?: string;
    summary?: string;
    cameras?: readonly string[];
    alarm?: string;
  }): Promise<Incident> {
    return this.#http.request('POST', '/v1/incidents', incident);
  }

  updateIncident(id: string, change: IncidentChange): Promise<Incident> {
    return this.#http.request('PATCH', `/v1/incidents/${encode(id)}`, change);
  }

  share(id: string, controlRoom: string, grant: ShareTerms): Promise<Incident> {
    const path = `/v1/incidents/${encode(id)}/grants/${encode(controlRoom)}`;
    return this.#http.request('PUT', path, grant);
  }

  /** The share lasts so many minutes from now; as long as a new one unless told. */
  extendShare(id: string, controlRoom: string, minutes?: number): Promise<Incident> {
    const path = `/v1/incidents/${encode(id)}/grants/${encode(controlRoom)}/extend`;
    return this.#http.request('POST', path, minutes === undefined ? {} : { minutes });
  }

  /** All that is shared with the control room, or one camera. */
  withdraw(id: string, controlRoom: string, camera?: string): Promise<Incident> {
    const path = `/v1/incidents/${encode(id)}/grants/${encode(controlRoom)}`;
    return this.#http.request('DELETE', path + queryOf({ camera }));
  }

  /** The same of every control room, in one act. */
  withdrawFromAll(id: string, camera?: string): Promise<Incident> {
    return this.#http.request('DELETE', `/v1/incidents/${encode(id)}/grants${queryOf({ camera })}`);
  }

  /** Instead of sharing at once: the control room sees the headline, and accepts or declines. */
  offer(id: string, controlRoom: string, terms: ShareTerms): Promise<Incident> {
    return this.#http.request('PUT', offerPath(id, controlRoom), terms);
  }

  withdrawOffer(id: string, controlRoom: string): Promise<Incident> {
    return this.#http.request('DELETE', offerPath(id, controlRoom));
  }

  /** At a control room: what waits for its answer. */
  offers(): Promise<OfferHeadline[]> {
    return this.#http.request('GET', '/v1/offers');
  }

  /** @param incident of the offer; what it is from now on. */
  acceptOffer(incident: string): Promise<IncidentView> {
    return this.#http.request('POST', `/v1/offers/${encode(incident)}/accept`, {});
  }

  declineOffer(incident: string, reason: string): Promise<void> {
    return this.#http.request('POST', `/v1/offers/${encode(incident)}/decline`, { reason });
  }

  /** Into the running log, which all who work on the incident read. */
  writeNote(id: string, text: string): Promise<IncidentView> {
    return this.#http.request('POST', `/v1/incidents/${encode(id)}/notes`, { text });
  }

  /** Says that the log was read. @param upTo the number of the last note that was; the first is 1. */
  markRead(id: string, upTo: number): Promise<IncidentView> {
    return this.#http.request('POST', `/v1/incidents/${encode(id)}/read`, { upTo });
  }

  /** To whom an incident can be handed over; of one incident, who may see it. */
  colleagues(incident?: string): Promise<Colleague[]> {
    return this.#http.request('GET', `/v1/colleagues${queryOf({ incident })}`);
  }

  offerHandover(id: string, to: string, note?: string): Promise<IncidentView> {
    return this.#http.request('PUT', handoverPath(id), { to, ...noted(note) });
  }

  withdrawHandover(id: string): Promise<IncidentView> {
    return this.#http.request('DELETE', handoverPath(id));
  }

  acceptHandover(id: string): Promise<IncidentView> {
    return this.#http.request('POST', `${handoverPath(id)}/accept`, {});
  }

  declineHandover(id: string, reason: string): Promise<IncidentView> {
    return this.#http.request('POST', `${handoverPath(id)}/decline`, { reason });
  }

  /** For supervisors, who ask nobody. */
  takeIncident(id: string, note?: string): Promise<IncidentView> {
    return this.#http.request('POST', `${handoverPath(id)}/take`, noted(note));
  }

  /** A step before closing. @param note needed for `explained`. */
  markStep(
    id: string,
    step: string,
    state: StepNow['state'],
    note?: string,
  ): Promise<IncidentView> {
    const path = `/v1/incidents/${encode(id)}/steps/${encode(step)}`;
    return this.#http.request('PUT', path, { state, ...noted(note) });
  }

  setScreen(id: string, screen: Screen): Promise<Incident> {
    return this.#http.request('PUT', `/v1/incidents/${encode(id)}/screen`, screen);
  }

  close(id: string, closing: { outcome: Outcome; note: string }): Promise<Incident> {
    return this.#http.request('POST', `/v1/incidents/${encode(id)}/close`, closing);
  }

  requests(state?: RequestState): Promise<LiveRequest[]> {
    return this.#http.request('GET', `/v1/requests${queryOf({ state })}`);
  }

  /** Of every site, or of one. */
  plans(site?: string): Promise<PlanView[]> {
    return this.#http.request('GET', `/v1/plans${queryOf({ site })}`);
  }

  /** @param page of a PDF, from 1; needed where it has several. */
  addPlan(plan: { site: string; name: string; file: Blob; page?: number }): Promise<PlanView> {
    return this.#http.request('POST', '/v1/plans', formOf(plan));
  }

  removePlan(id: string): Promise<void> {
    return this.#http.request('DELETE', `/v1/plans/${encode(id)}`);
  }

  placeCamera(plan: string, camera: string, placement: Placement): Promise<PlanView> {
    return this.#http.request('PUT', placePath(plan, camera), placement);
  }

  unplaceCamera(plan: string, camera: string): Promise<PlanView> {
    return this.#http.request('DELETE', placePath(plan, camera));
  }

  addImage(
    incident: string,
    image: { name: string; file: Blob; page?: number },
  ): Promise<IncidentImage> {
    return this.#http.request('POST', `/v1/incidents/${encode(incident)}/images`, formOf(image));
  }

  /** Keeps what the camera shows now. */
  takeStill(incident: string, camera: string): Promise<IncidentImage> {
    return this.#http.request('POST', `/v1/incidents/${encode(incident)}/stills`, { camera });
  }

  removeImage(incident: string, id: string): Promise<void> {
    const path = `/v1/incidents/${encode(incident)}/images/${encode(id)}`;
    return this.#http.request('DELETE', path);
  }

  /** For programs without a live socket; a movement asked this way cannot be held. */
  request(request: {
    action: RequestAction;
    incident?: string;
    camera?: string;
    args?: Readonly<Record<string, unknown>>;
  }): Promise<LiveRequest> {
    return this.#http.request('POST', '/v1/requests', request);
  }

  /** Takes a camera out of whosever hands it is in; for supervisors. */
  forceRelease(camera: string, note?: string): Promise<CameraView> {
    const path = `/v1/cameras/${encode(camera)}/force-release`;
    return this.#http.request('POST', path, noted(note));
  }

  /** @param terms of a request for images (`view`): what is shared. */
  accept(
    requestId: string,
    terms: Partial<ShareTerms> & { type?: IncidentType } = {},
  ): Promise<LiveRequest> {
    return this.#http.request('POST', `/v1/requests/${encode(requestId)}/accept`, terms);
  }

  decline(requestId: string, reason: string): Promise<LiveRequest> {
    return this.#http.request('POST', `/v1/requests/${encode(requestId)}/decline`, { reason });
  }

  /** Where `session` says `demonstration`. */
  demonstration(): Promise<DemonstrationView> {
    return this.#http.request('GET', '/v1/demonstration');
  }

  startDemonstration(script: string): Promise<DemonstrationView> {
    return this.#http.request('POST', '/v1/demonstration', { script });
  }

  stopDemonstration(): Promise<DemonstrationView> {
    return this.#http.request('DELETE', '/v1/demonstration');
  }
}

const encode = encodeURIComponent;

function offerPath(id: string, controlRoom: string): string {
  return `/v1/incidents/${encode(id)}/offers/${encode(controlRoom)}`;
}

function placePath(plan: string, camera: string): string {
  return `/v1/plans/${encode(plan)}/cameras/${encode(camera)}`;
}

function formOf({ file, ...fields }: Readonly<Record<string, Blob | string | number | undefined>>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, String(value));
  }
  // Behind the text: whoever reads the form knows what the file is for.
  if (file instanceof Blob) form.append('file', file);
  return form;
}

function handoverPath(id: string): string {
  return `/v1/incidents/${encode(id)}/handover`;
}

function noted(note: string | undefined): { note?: string } {
  return note === undefined ? {} : { note };
}

function queryOf(filter: object): string {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given).toString();
  return query === '' ? '' : `?${query}`;
}
