import { CAMERA_PASSWORD_ENV, type SimulateRun } from '../../support/simulate.ts';

const KEY = '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef';
export const PANEL_KEY = Buffer.from(KEY, 'hex');
export const ENV = { ...CAMERA_PASSWORD_ENV, PANEL_KEY: KEY };

/** A dome above the counter, and a camera that cannot turn. */
export const DOME = 'shop-1';
export const FRONT = 'shop-front';

/** A jeweller with a panel that encrypts, and what a centre wants done before an incident is closed. */
export function centreConfig(cameras: SimulateRun) {
  return {
    sites: [{ id: 'jeweller', name: 'Juwelier Lijnbaan', address: 'Lijnbaan 1, Rotterdam' }],
    cameras: cameras.config().map((camera) => ({ ...camera, site: 'jeweller' })),
    // Long enough for a decision, short enough to wait for one that does not come.
    policy: { requestSeconds: 30, holdSeconds: 600, plan: 'confirm' as const },
    closing: {
      steps: [
        { id: 'keyholder', text: { nl: 'Sleutelhouder gebeld', en: 'Key holder called' } },
        { id: 'panel', text: { nl: 'Paneel hersteld', en: 'Panel restored' } },
      ],
    },
    alarms: {
      dc09: {
        listen: '127.0.0.1:0',
        accounts: {
          '1409': {
            site: 'jeweller',
            key: { env: 'PANEL_KEY' },
            zones: { '1': { name: 'Kassa', cameras: [DOME, FRONT] } },
          },
        },
      },
    },
  };
}
