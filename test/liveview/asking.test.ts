import { describe, expect, it } from '@jest/globals';
import { checkAsk } from '../../src/liveview/asking.ts';
import type { Incident } from '../../src/liveview/model.ts';
import { Shares } from '../../src/liveview/shares.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { emptyState } from './empty-state.ts';
import { DISPATCHER, directory } from './harness.ts';

const INCIDENT: Incident = {
  id: 'inc_1',
  type: 'robbery',
  site: 'jeweller',
  summary: '',
  priority: null,
  counts: {},
  cameras: ['shop-1'],
  state: 'open',
  openedAt: '2026-01-01T00:00:00.000Z',
  openedBy: 'olga',
  grants: [
    {
      controlRoom: 'rotterdam',
      cameras: ['shop-1'],
      rights: ['view', 'switch'],
      grantedAt: '2026-01-01T00:00:00.000Z',
      grantedBy: 'olga',
      expiresAt: '2026-01-01T01:00:00.000Z',
    },
  ],
  screen: { tiles: [], focus: null },
  notes: [],
};

/** What a dispatcher is answered who asks for this camera on the first tile. */
function askFor(camera: string, policy: 'confirm' | 'never'): string {
  const incidents = new Map([[INCIDENT.id, INCIDENT]]);
  const known = directory('confirm', policy);
  const world = {
    state: { ...emptyState(), incidents },
    directory: known,
    shares: new Shares({ clock: new ManualClock(), directory: known }),
  };
  const ask = { incident: 'inc_1', action: 'camera.switch', args: { tile: 0, camera } } as const;
  try {
    return checkAsk(world, DISPATCHER, ask).camera.id;
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

describe('asking for a camera that is not shared', () => {
  it('is allowed for the neighbours of what is shared', () => {
    expect(askFor('shop-2', 'confirm')).toBe('shop-2');
  });

  it.each([
    ['shop-2', 'never'],
    ['square-1', 'confirm'],
    ['no-such-camera', 'confirm'],
  ] as const)('tells nothing of one that may not be asked for: %s, %s', (camera, policy) => {
    expect(askFor(camera, policy)).toBe('not-shared');
  });

  it('is declined in words for one that is shared', () => {
    expect(askFor('shop-1', 'never')).toBe('shop-1');
  });
});
