import type { AlarmView, CameraView, IncidentView, SiteView } from '../../src/client/index.ts';
import type { LiveRequest } from '../../src/liveview/model.ts';

/** A centre with two sites, for the consoles' tests. */
export const CONTROL_ROOMS = [
  { id: 'rotterdam', name: 'Meldkamer Rotterdam' },
  { id: 'haaglanden', name: 'Meldkamer Den Haag' },
];

export const SITES: SiteView[] = [
  {
    id: 'jeweller',
    name: 'Juwelier Lijnbaan',
    address: 'Lijnbaan 100, Rotterdam',
    instructions: 'Vluchtweg via de achterdeur aan de Karel Doormanstraat.',
    contacts: [{ name: 'Winkelchef', role: 'sleutelhouder', phone: '+31 10 000 00 00' }],
    cameras: ['shop-1', 'shop-2', 'front', 'dome'],
  },
  {
    id: 'square',
    name: 'Schouwburgplein',
    address: 'Schouwburgplein, Rotterdam',
    contacts: [],
    cameras: ['square-1'],
  },
];

const DOME = {
  continuous: { panTilt: true, zoom: true },
  absolute: { panTilt: true, zoom: true },
  home: true,
  presets: [
    { token: '1', name: 'Ingang' },
    { token: '2', name: 'Kassa' },
  ],
};

export const CAMERAS: CameraView[] = [
  { id: 'shop-1', name: 'Winkel', site: 'jeweller', ptz: null },
  { id: 'shop-2', name: 'Kassa', site: 'jeweller', ptz: null },
  { id: 'front', name: 'Gevel', site: 'jeweller', ptz: null },
  { id: 'dome', name: 'Dome straat', site: 'jeweller', ptz: DOME },
  { id: 'square-1', name: 'Plein', site: 'square', ptz: DOME },
];

export function incident(change: Partial<IncidentView> = {}): IncidentView {
  const cameras = ['shop-1', 'shop-2', 'front', 'dome'];
  const openedAt = new Date(Date.now() - 90_000).toISOString();
  return {
    id: 'i1',
    type: 'robbery',
    site: 'jeweller',
    summary: 'Twee gemaskerde personen, één met een mes. Medewerker achter de toonbank.',
    priority: null,
    counts: { robbers: 2, weapons: 1 },
    cameras,
    state: 'open',
    openedAt,
    openedBy: 'operator',
    grants: [
      {
        controlRoom: 'rotterdam',
        cameras,
        rights: ['view', 'ptz', 'switch'],
        grantedAt: openedAt,
        grantedBy: 'operator',
        expiresAt: new Date(Date.now() + 58 * 60_000).toISOString(),
      },
    ],
    screen: { tiles: [{ camera: 'dome' }, { camera: 'shop-1' }, { camera: 'front' }], focus: 0 },
    notes: [{ at: openedAt, by: 'operator', text: 'Alarm geverifieerd op camera Winkel.' }],
    siteDetails: {
      id: 'jeweller',
      name: 'Juwelier Lijnbaan',
      address: 'Lijnbaan 100, Rotterdam',
      contacts: [{ name: 'Winkelchef', role: 'sleutelhouder', phone: '+31 10 000 00 00' }],
    },
    cameraDetails: CAMERAS.filter(({ id }) => cameras.includes(id)),
    ...change,
  };
}

export function alarm(change: Partial<AlarmView> = {}): AlarmView {
  const at = change.at ?? new Date(Date.now() - 5_000).toISOString();
  return {
    id: 'a1',
    source: { type: 'dc09', id: '1409' },
    site: 'jeweller',
    kind: 'hold-up',
    priority: 1,
    text: { nl: 'Overvalknop toonbank', en: 'Hold-up button at the counter' },
    cameras: ['shop-1', 'shop-2'],
    details: { zone: '001' },
    at,
    calledAt: at,
    state: 'open',
    verification: { status: 'unverified' },
    repeats: { count: 0 },
    alongside: [],
    ...change,
  };
}

export function request(change: Partial<LiveRequest> = {}): LiveRequest {
  return {
    id: 'g1',
    incident: 'i1',
    action: 'ptz.move',
    camera: 'dome',
    args: { pan: 0.5, tilt: 0, zoom: 0 },
    user: 'dispatcher',
    controlRoom: 'rotterdam',
    createdAt: new Date().toISOString(),
    state: 'pending',
    ...change,
  };
}
