import { expect, it } from '@jest/globals';
import { INCIDENT_TYPE_OF } from '../../src/client/incident-type.ts';
import { incidentFrom } from '../../src/liveview/alarm-incident.ts';
import { ALARM_KINDS } from '../../src/liveview/alarm-model.ts';
import { alarm } from '../web/scenery.ts';

it.each(ALARM_KINDS)('clients show for %s the type that the gateway gives', (kind) => {
  const opened = incidentFrom({}, alarm({ kind }), { cameras: new Map() });
  expect(INCIDENT_TYPE_OF[kind]).toBe(opened.type);
});
