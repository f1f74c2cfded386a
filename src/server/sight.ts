import type { Caller } from '../access/caller.ts';
import { isLimited, mayAt } from '../access/site-limit.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Alarm } from '../liveview/alarm-model.ts';
import type { CameraInfo, Incident, LiveRequest, Site } from '../liveview/model.ts';
import type { OfferHeadline } from '../liveview/offer-model.ts';
import type { Plan } from '../liveview/plan-model.ts';
import type { RequestFilter } from '../liveview/requests.ts';
import type { ListenerDeps } from './deps.ts';
import { limitedIncident } from './limited-incident.ts';

export type SightDeps = Pick<ListenerDeps, 'liveview' | 'directory'>;

/** What a call speaks of, by identifiers that nobody has looked up yet. */
export interface Named {
  readonly site?: string | undefined;
  readonly incident?: string | null | undefined;
  readonly cameras?: readonly (string | undefined)[] | undefined;
  readonly alarm?: string | undefined;
  readonly request?: string | undefined;
  readonly plan?: string | undefined;
  /** Of the incident. */
  readonly image?: string | undefined;
}

/**
 * What one caller sees of Live View: a control room what is shared with it, the centre everything, and
 * whoever is limited to sites what is of these. All that the listeners read goes through this, so that
 * nobody else needs to know of limits.
 */
export class Sight {
  readonly #deps: SightDeps;
  readonly #caller: Caller;

  constructor(deps: SightDeps, caller: Caller) {
    this.#deps = deps;
    this.#caller = caller;
  }

  get isLimited(): boolean {
    return isLimited(this.#caller);
  }

  seesSite(id: string | undefined): boolean {
    return mayAt(this.#caller, id);
  }

  /** One that is not configured is at no site. */
  seesCamera(id: string): boolean {
    return this.seesSite(this.#deps.directory.cameras.get(id)?.site);
  }

  sites(): Site[] {
    return [...this.#deps.directory.sites.values()].filter(({ id }) => this.seesSite(id));
  }

  cameras(): CameraInfo[] {
    return [...this.#deps.directory.cameras.values()].filter(({ site }) => this.seesSite(site));
  }

  incidents(): Incident[] {
    return this.#deps.liveview.visibleTo(this.#caller).flatMap((each) => this.of(each) ?? []);
  }

  incident(id: string): Incident | undefined {
    const incident = this.#deps.liveview.visibleIncident(this.#caller, id);
    return incident && this.of(incident);
  }

  /** @param incident as this caller would see it without a limit. */
  of(incident: Incident): Incident | undefined {
    if (!this.seesSite(incident.site)) return undefined;
    return this.isLimited ? limitedIncident(incident, this) : incident;
  }

  alarms(): Alarm[] {
    return this.#deps.liveview.alarms().flatMap((alarm) => this.ofAlarm(alarm) ?? []);
  }

  alarm(id: string): Alarm | undefined {
    const alarm = this.#deps.liveview.alarm(id);
    return alarm && this.ofAlarm(alarm);
  }

  /** The cameras that see it may stand elsewhere, and its incident may be elsewhere. */
  ofAlarm(alarm: Alarm): Alarm | undefined {
    if (!this.seesSite(alarm.site)) return undefined;
    if (!this.isLimited) return alarm;
    const { incident, ...rest } = alarm;
    const seen = incident !== undefined && this.incident(incident) ? { incident } : {};
    return { ...rest, ...seen, cameras: alarm.cameras.filter((id) => this.seesCamera(id)) };
  }

  requests(filter?: RequestFilter): LiveRequest[] {
    return this.#deps.liveview.requests(filter).filter((request) => this.seesRequest(request));
  }

  /** Of an incident or a camera that are seen, both if it has both; of a question for images its site. */
  seesRequest({ incident, camera, args }: LiveRequest): boolean {
    if (!this.isLimited) return true;
    const sites = [
      ...(incident === null ? [] : [this.#deps.liveview.incident(incident)?.site]),
      ...[camera, args['camera']].flatMap((id) =>
        id === undefined ? [] : [this.#deps.directory.cameras.get(String(id))?.site],
      ),
      ...(args['site'] === undefined ? [] : [String(args['site'])]),
    ];
    return sites.length > 0 && sites.every((site) => this.seesSite(site));
  }

  plans(site?: string): Plan[] {
    return this.#deps.liveview.pictures.plans.list(site).filter((plan) => this.seesSite(plan.site));
  }

  offers(): OfferHeadline[] {
    const { offers } = this.#deps.liveview.casework;
    return offers.visibleTo(this.#caller).filter(({ site }) => this.seesSite(site.id));
  }

  /**
   * For whoever is limited, what is out of sight and what is not there end here, in the same words. For
   * everybody else what is not there is said by whoever looks for it.
   *
   * @throws LiveViewError `unknown-site`, `unknown-incident`, `unknown-camera`, `unknown-alarm`,
   *   `unknown-request`, `unknown-plan`, `unknown-image`
   */
  check(named: Named): void {
    if (!this.isLimited) return;
    const { site, incident, cameras = [], alarm, request, plan, image } = named;
    const { sites } = this.#deps.directory;
    see('site', site, (id) => this.seesSite(id) && sites.has(id));
    see('incident', incident, (id) => this.incident(id) !== undefined);
    for (const camera of cameras) see('camera', camera, (id) => this.seesCamera(id));
    see('alarm', alarm, (id) => this.alarm(id) !== undefined);
    see('request', request, (id) => this.requests().some((each) => each.id === id));
    see('plan', plan, (id) => this.plans().some((each) => each.id === id));
    const images = incident ? this.incident(incident)?.images : undefined;
    see('image', image, (id) => images?.some((each) => each.id === id) ?? false);
  }
}

function see(what: string, id: string | null | undefined, sees: (id: string) => boolean): void {
  if (id === null || id === undefined || sees(id)) return;
  throw new LiveViewError(`unknown-${what}`, `there is no such ${what} (any more)`);
}

/** What a request speaks of, whatever its action. */
export function namedIn({ incident, camera, args }: Asked): Named {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { incident, cameras: [camera, text(args['camera'])], site: text(args['site']) };
}

interface Asked {
  readonly incident?: string | undefined;
  readonly camera?: string | undefined;
  readonly args: Readonly<Record<string, unknown>>;
}
