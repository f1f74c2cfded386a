/** Answers of the Device service (ONVIF Core §8), read from the raw XML. */
import { all, find, numberOf, textOf, type XmlElement } from '../xml.ts';
import type { Identity } from './description.ts';
import { NAMESPACES, type ServiceName } from './soap.ts';

/** Path and query of each service on the camera's own host. */
export type ServicePaths = Readonly<Partial<Record<ServiceName, string>>>;

/** Dates outside these are no dates; the clock is then taken to be right. */
const EARLIEST_MS = 0;
const LATEST_MS = Date.UTC(9000, 0);

/** The camera tells whole seconds: this is as near as they come. */
const HALF_A_SECOND_MS = 500;

/** GetSystemDateAndTimeResponse (§8.3.4), Unix ms. Some cameras give the local time only. */
export function readClockMs(response: XmlElement): number | undefined {
  const container = find(response, 'SystemDateAndTime');
  const moment = find(container, 'UTCDateTime') ?? find(container, 'LocalDateTime');
  const part = (...path: string[]) => numberOf(moment, ...path) ?? Number.NaN;
  const ms = Date.UTC(
    part('Date', 'Year'),
    part('Date', 'Month') - 1,
    part('Date', 'Day'),
    part('Time', 'Hour'),
    part('Time', 'Minute'),
    part('Time', 'Second'),
  );
  return ms >= EARLIEST_MS && ms < LATEST_MS ? ms + HALF_A_SECOND_MS : undefined;
}

/** GetDeviceInformationResponse (§8.3.1). */
export function readIdentity(response: XmlElement): Identity {
  const value = (name: string) => (textOf(response, name) ?? '').slice(0, 128);
  return {
    manufacturer: value('Manufacturer'),
    model: value('Model'),
    firmware: value('FirmwareVersion'),
    serialNumber: value('SerialNumber'),
    hardwareId: value('HardwareId'),
  };
}

/** GetServicesResponse (§8.1.2) or GetCapabilitiesResponse (§8.1.1). */
export function readServices(response: XmlElement): ServicePaths {
  const capabilities = find(response, 'Capabilities');
  return capabilities ? fromCapabilities(capabilities) : fromServices(response);
}

function fromServices(response: XmlElement): ServicePaths {
  const paths: Partial<Record<ServiceName, string>> = {};
  for (const service of all(response, 'Service')) {
    const namespace = textOf(service, 'Namespace');
    const path = pathOf(textOf(service, 'XAddr'));
    const name = NAMES.find((each) => NAMESPACES[each] === namespace);
    if (name && path) paths[name] = path;
  }
  return paths;
}

const NAMES = Object.keys(NAMESPACES) as ServiceName[];

const CAPABILITIES: Readonly<Partial<Record<string, ServiceName>>> = {
  Device: 'device',
  Media: 'media',
  PTZ: 'ptz',
  Events: 'events',
  Imaging: 'imaging',
  Analytics: 'analytics',
};

function fromCapabilities(capabilities: XmlElement): ServicePaths {
  const paths: Partial<Record<ServiceName, string>> = {};
  for (const child of capabilities.children) {
    const name = CAPABILITIES[child.name];
    const path = pathOf(textOf(child, 'XAddr'));
    if (name && path) paths[name] = path;
  }
  return paths;
}

/** Only the path: the host is the configured one, whatever the camera calls itself. */
export function pathOf(xaddr: string | undefined): string | undefined {
  if (!xaddr || xaddr.length > 512 || !URL.canParse(xaddr)) return undefined;
  const { pathname, search } = new URL(xaddr);
  return pathname.startsWith('/') ? `${pathname}${search}` : undefined;
}
