import type { SiteIds } from './two-sites.ts';

export const GRANT = ({ camera }: SiteIds) => ({ cameras: [camera], rights: ['view'] });
export const form = (fields: Record<string, string>) =>
  [...Object.entries(fields), ['file', 'bytes']]
    .map(([name, value]) => {
      const filename = name === 'file' ? '; filename="a.png"' : '';
      return `--x\r\ncontent-disposition: form-data; name="${name}"${filename}\r\n\r\n${value}\r\n`;
    })
    .join('')
    .concat('--x--\r\n');

/** A body that is as it should be, for every route that takes one; what it names is as its path. */
export const BODIES: Record<string, (ids: SiteIds) => object | string> = {
  'POST /v1/alarms': ({ site }) => ({ site, kind: 'fire' }),
  'POST /v1/alarms/{id}/verification': () => ({ status: 'verified', method: 'camera' }),
  'PUT /v1/alarms/{id}/incident': ({ incident }) => ({ incident }),
  'POST /v1/alarms/{id}/end': () => ({ note: '' }),
  'POST /v1/cameras/{id}/ptz': () => ({ action: 'ptz.home' }),
  'POST /v1/cameras/{id}/outputs': () => ({ output: 'light', on: true }),
  'POST /v1/cameras/{id}/release': () => ({}),
  'POST /v1/cameras/{id}/force-release': () => ({}),
  'POST /v1/incidents': ({ site, alarm, camera }) => ({
    ...{ type: 'fire', site, alarm, summary: '', cameras: [camera] },
  }),
  'PATCH /v1/incidents/{id}': () => ({ note: 'x' }),
  'POST /v1/incidents/{id}/close': () => ({ outcome: 'resolved', note: '' }),
  'PUT /v1/incidents/{id}/screen': ({ camera }) => ({ tiles: [{ camera }], focus: null }),
  'PUT /v1/incidents/{id}/grants/{controlRoom}': GRANT,
  'POST /v1/incidents/{id}/grants/{controlRoom}/extend': () => ({ minutes: 5 }),
  'PUT /v1/incidents/{id}/offers/{controlRoom}': GRANT,
  'PUT /v1/incidents/{id}/handover': () => ({ to: 'nobody' }),
  'POST /v1/incidents/{id}/handover/decline': () => ({ reason: 'druk' }),
  'POST /v1/incidents/{id}/handover/take': () => ({}),
  'PUT /v1/incidents/{id}/steps/{step}': () => ({ state: 'done' }),
  'POST /v1/incidents/{id}/notes': () => ({ text: 'x' }),
  'POST /v1/incidents/{id}/read': () => ({ upTo: 1 }),
  'POST /v1/incidents/{id}/images': () => form({ name: 'Beeld' }),
  'POST /v1/incidents/{id}/stills': ({ camera }) => ({ camera }),
  'POST /v1/requests': ({ incident, camera }) => ({ action: 'ptz.home', incident, camera }),
  'POST /v1/requests/{id}/accept': () => ({}),
  'POST /v1/requests/{id}/decline': () => ({ reason: 'nee' }),
  'POST /v1/plans': ({ site }) => form({ site, name: 'Plan' }),
  'PUT /v1/plans/{id}/cameras/{camera}': () => ({
    ...{ x: 0.5, y: 0.5, heading: 0, fieldOfView: 90, range: 0.2 },
  }),
  'POST /v1/offers/{id}/decline': () => ({ reason: 'nee' }),
  'POST /v1/session': () => ({ username: 'x', password: 'y' }),
  'POST /v1/session/openid/logout': () => ({ logout_token: 'x' }),
  'POST /v1/demonstration': () => ({ script: 'x' }),
};
