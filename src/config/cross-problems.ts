import { isLoopback, parseAddress } from './address.ts';
import { alarmProblems } from './alarm-problems.ts';
import { checkRoomCertificates } from './control-rooms.ts';
import { dc09Problems } from './dc09-problems.ts';
import { openIdProblems } from './openid-problems.ts';
import {
  below,
  checkKnown,
  idsOf,
  list,
  type Part,
  part,
  type Report,
  repeated,
  text,
} from './parts.ts';
import { checkClientCert } from './tls-problems.ts';

/** Something that is wrong between parts of a document that may each be right. */
export interface CrossProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * What the schema of each part cannot see. Takes a document as it was read, so that these problems are
 * told together with those of its parts; what has not the right type is passed over here.
 */
export function crossProblems(document: unknown): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  const config = part(document);
  checkListener('centre', part(config?.['centre']), report);
  checkListener('police', part(config?.['police']), report);
  checkRoomCertificates(config, report);
  checkRequestable(config, report);
  for (const section of ['controlRooms', 'sites', 'cameras']) {
    checkUnique(section, list(config?.[section]), report);
  }
  list(config?.['sites']).forEach((site, index) => {
    checkPlans(index, list(part(site)?.['plans']), report);
  });
  const sites = idsOf(config?.['sites']);
  list(config?.['cameras']).forEach((item, index) => {
    const camera = part(item);
    if (camera) checkCamera(camera, sites, below(report, 'cameras', index));
  });
  const dc09 = part(part(config?.['alarms'])?.['dc09']);
  dc09Problems(dc09, config, below(report, 'alarms', 'dc09'));
  alarmProblems(config, report);
  openIdProblems(config, below(report, 'access', 'openid'));
  return problems;
}

function checkListener(section: string, listener: Part | undefined, report: Report): void {
  if (!listener) return;
  checkClientCert(part(listener['tls']), below(report, section, 'tls'));
  const listen = text(listener['listen']);
  if (listener['tls'] !== undefined || listener['insecure'] === true || listen === undefined)
    return;
  const parsed = parseAddress(listen);
  if (parsed && (section === 'police' || !isLoopback(parsed.host))) {
    report(
      [section, 'listen'],
      `add tls: { cert: …, key: … }, or write insecure: true if plain HTTP on ${listen} is really meant`,
    );
  }
}

function checkUnique(section: string, items: readonly unknown[], report: Report): void {
  const ids = items.map((item) => text(part(item)?.['id']));
  for (const index of repeated(ids)) {
    report([section, index, 'id'], `${ids[index]} is used twice; give each its own id`);
  }
}

function checkRequestable(config: Part | undefined, report: Report): void {
  const rooms = idsOf(config?.['controlRooms']);
  list(config?.['sites']).forEach((site, index) => {
    const named = part(part(site)?.['requestable'])?.['by'];
    checkKnown('control room', rooms, named, below(report, 'sites', index, 'requestable', 'by'));
  });
}

function checkPlans(site: number, plans: readonly unknown[], report: Report): void {
  const names = plans.map((plan) => text(part(plan)?.['name'])?.trim());
  for (const index of repeated(names)) {
    const message = `${names[index]} is used twice; give each plan of a site its own name`;
    report(['sites', site, 'plans', index, 'name'], message);
  }
}

function checkCamera(camera: Part, sites: readonly string[], report: Report): void {
  if (camera['onvif'] === undefined && camera['rtsp'] === undefined) {
    report([], 'say how to reach the camera: onvif: { host: … } or rtsp: { main: … }');
  }
  checkTransport(camera, report);
  for (const section of ['onvif', 'rtsp']) {
    const access = part(camera[section]);
    if (access?.['username'] !== undefined && access['password'] === undefined) {
      report([section, 'username'], 'add password: { file: … } or { env: … }');
    }
  }
  if (camera['site'] === undefined) {
    if (sites.length > 1) report([], `say which site the camera belongs to: ${sites.join(', ')}`);
    return;
  }
  const site = text(camera['site']);
  if (site === undefined || sites.includes(site)) return;
  const advice =
    sites.length === 0
      ? `there are no sites; add sites: [{ id: ${site}, name: … }], or leave site out`
      : `there is no site ${site}; the sites are ${sites.join(', ')}`;
  report(['site'], advice);
}

function checkTransport(camera: Part, report: Report): void {
  const transport = text(part(camera['stream'])?.['transport']);
  const address = text(part(camera['rtsp'])?.['main']);
  if (!address?.startsWith('rtsps:') || (transport !== 'udp' && transport !== 'multicast')) return;
  report(
    ['stream', 'transport'],
    `over ${transport} the pictures of an rtsps:// address would travel in the clear; write auto, tcp or http`,
  );
}
