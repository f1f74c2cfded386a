import { DAYS, type Sharing } from '../config/incidents.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import { DEFAULT_SITE } from '../config/schema.ts';
import type {
  CameraInfo,
  ClosingStep,
  ControlRoom,
  Directory,
  OwnerRule,
  Site,
} from '../liveview/model.ts';
import { outputsOf } from './outputs-of.ts';

/** The configured world as the domain knows it; `update` changes it in place, for a reload. */
export class ConfiguredDirectory implements Directory {
  readonly sites = new Map<string, Site>();
  readonly cameras = new Map<string, CameraInfo>();
  readonly controlRooms = new Map<string, ControlRoom>();
  closingSteps: readonly ClosingStep[] = [];
  grantMinutes = 0;
  offerMinutes = 0;
  viewRequestMinutes = 0;
  requestSeconds = 0;
  holdSeconds = 0;
  planRequests: Directory['planRequests'] = 'never';
  imageDays = 0;

  constructor(config: Config) {
    this.update(config);
  }

  update(config: Config): void {
    replace(this.sites, sitesOf(config));
    replace(this.cameras, camerasOf(config));
    const rooms = config.controlRooms.map(({ id, name, service }) => ({ id, name, service }));
    replace(this.controlRooms, rooms);
    this.closingSteps = stepsOf(config);
    this.grantMinutes = config.policy.grantMinutes;
    this.offerMinutes = config.policy.offerMinutes;
    this.viewRequestMinutes = config.policy.viewRequestMinutes;
    this.requestSeconds = config.policy.requestSeconds;
    this.holdSeconds = config.policy.holdSeconds;
    this.planRequests = config.policy.plan;
    this.imageDays = config.policy.imageDays;
  }
}

function replace<T extends { readonly id: string }>(
  map: Map<string, T>,
  items: readonly T[],
): void {
  map.clear();
  for (const item of items) map.set(item.id, item);
}

/** Without `sites` in the file there is one, named after the gateway. */
function sitesOf(config: Config): Site[] {
  if (config.sites.length === 0) {
    return [{ id: DEFAULT_SITE, name: config.gateway.name, contacts: [] }];
  }
  return config.sites.map(({ id, name, address, instructions, contacts, requestable }) => ({
    id,
    name,
    ...(address === undefined ? {} : { address }),
    ...(instructions === undefined ? {} : { instructions }),
    contacts: contacts.map(({ name: who, phone, role }) => ({
      name: who,
      ...(phone === undefined ? {} : { phone }),
      ...(role === undefined ? {} : { role }),
    })),
    ...(requestable ? { requestable: { by: requestable.by, name: requestable.name ?? name } } : {}),
  }));
}

function camerasOf(config: Config): CameraInfo[] {
  const onlySite = config.sites[0]?.id ?? DEFAULT_SITE;
  return config.cameras.map((camera) => {
    const { id, name, site, requests, sharing, ptz } = camera;
    const outputs = outputsOf(camera, config.policy);
    return {
      id,
      name: name ?? id,
      site: site ?? onlySite,
      requests: policiesOf(requests, config.policy),
      ...(sharing ? { sharing: ruleOf(sharing) } : {}),
      ...(ptz.afterIncident === undefined ? {} : { afterIncident: ptz.afterIncident }),
      ...(outputs.length === 0 ? {} : { outputs }),
    };
  });
}

/** What a camera says of its movements in general goes before what is said of all cameras. */
function policiesOf(own: CameraConfig['requests'], all: Config['policy']): CameraInfo['requests'] {
  const { ptz } = own;
  return {
    ptz: ptz ?? all.ptz,
    zoom: own.zoom ?? ptz ?? all.zoom ?? all.ptz,
    preset: own.preset ?? ptz ?? all.preset ?? all.ptz,
    home: own.home ?? ptz ?? all.home ?? all.ptz,
    switch: own.switch ?? all.switch,
  };
}

function ruleOf({ never, hours, days, timezone, types }: Sharing): OwnerRule {
  return {
    timezone,
    ...(never === undefined ? {} : { never }),
    ...(hours === undefined ? {} : { hours: hours.map(spanOf) }),
    ...(days === undefined ? {} : { days: days.map((day) => DAYS.indexOf(day)) }),
    ...(types === undefined ? {} : { types }),
  };
}

/** `08:00-18:00` in minutes of the day. */
function spanOf(text: string): { from: number; to: number } {
  const [from = 0, to = 0] = text.split('-').map((time) => {
    const [hour, minute] = time.split(':').map(Number);
    return (hour ?? 0) * 60 + (minute ?? 0);
  });
  return { from, to };
}

function stepsOf({ closing }: Config): ClosingStep[] {
  return closing.steps.map(({ id, text, types, required }) => ({
    id,
    text: typeof text === 'string' ? { nl: text, en: text } : text,
    ...(types === undefined ? {} : { types }),
    required,
  }));
}
