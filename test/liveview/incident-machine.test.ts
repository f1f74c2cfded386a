import { describe, expect, it } from '@jest/globals';
import { type IncidentEvent, nextIncidentState } from '../../src/liveview/incident-machine.ts';

const EVENTS: IncidentEvent[] = ['update', 'share', 'unshare', 'screen', 'close'];

describe('an incident', () => {
  it.each(EVENTS)('that is open allows %s', (event) => {
    expect(nextIncidentState('open', event)).toBe(event === 'close' ? 'closed' : 'open');
  });

  it.each(EVENTS)('that is closed forbids %s', (event) => {
    expect(nextIncidentState('closed', event)).toBeUndefined();
  });
});
