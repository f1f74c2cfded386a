import type { CameraConfig, Config } from '../config/schema.ts';
import { DEFAULT_SITE } from '../config/schema.ts';
import type { CameraInfo, ControlRoom, Directory, Site } from '../liveview/model.ts';

/** The configured world as the domain knows it; `update` changes it in place, for a reload. */
export class ConfiguredDirectory implements Directory {
  readonly sites = new Map<string, Site>();
  readonly cameras = new Map<string, CameraInfo>();
  readonly controlRooms = new Map<string, ControlRoom>();
  grantMinutes = 0;
  requestSeconds = 0;

  constructor(config: Config) {
    this.update(config);
  }

  update(config: Config): void {
    replace(this.sites, sitesOf(config));
    replace(this.cameras, camerasOf(config));
    replace(this.controlRooms, config.controlRooms);
    this.grantMinutes = config.policy.grantMinutes;
    this.requestSeconds = config.policy.requestSeconds;
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
  return config.sites.map(({ id, name, address, instructions, contacts }) => ({
    id,
    name,
    ...(address === undefined ? {} : { address }),
    ...(instructions === undefined ? {} : { instructions }),
    contacts: contacts.map(({ name: who, phone, role }) => ({
      name: who,
      ...(phone === undefined ? {} : { phone }),
      ...(role === undefined ? {} : { role }),
    })),
  }));
}

function camerasOf(config: Config): CameraInfo[] {
  const onlySite = config.sites[0]?.id ?? DEFAULT_SITE;
  return config.cameras.map(({ id, name, site, requests }) => ({
    id,
    name: name ?? id,
    site: site ?? onlySite,
    requests: policiesOf(requests, config.policy),
  }));
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
