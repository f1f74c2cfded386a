import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { ConfiguredDirectory } from '../../../src/gateway/directory.ts';
import { AlarmIntake } from '../../../src/gateway/intake/intake.ts';
import type { Alarm } from '../../../src/liveview/alarm-model.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function intake(sites: string, cameras: string): AlarmIntake {
  const config = parseConfig(
    `{ sites: [${sites}], cameras: [${cameras}], alarms: { webhook: [{ token: panel, sites: [shop] }] } }`,
    'c.yaml',
  );
  return new AlarmIntake({
    ...{ config, clock: new ManualClock(), log: silentLogger },
    directory: new ConfiguredDirectory(config),
    cameras: { get: () => undefined },
    ownSwitching: { isEcho: () => false, fellBack: () => undefined },
    liveview: { raise: () => ({}) as Alarm, openAlarm: () => undefined },
  });
}

const SHOP = '{ id: shop, name: Winkel }';
const CAMERA = 'id: shop-1, onvif: { host: 192.0.2.1 }';

describe('a program that names a camera', () => {
  it('may name one that names no site, where there is one site', () => {
    const report = intake(SHOP, `{ ${CAMERA} }`).fromProgram('panel', {
      ...{ kind: 'fire', cameras: ['shop-1'] },
    });
    expect(report).toMatchObject({ site: 'shop', cameras: ['shop-1'] });
  });

  it('may name none of another site, and none that there is not', () => {
    const square = '{ id: square, name: Plein }';
    const own = intake(`${SHOP}, ${square}`, `{ ${CAMERA}, site: square }`);
    for (const camera of ['shop-1', 'shop-2']) {
      expect(() => own.fromProgram('panel', { kind: 'fire', cameras: [camera] })).toThrow(
        expect.objectContaining({ code: 'site-not-allowed' }),
      );
    }
  });
});
