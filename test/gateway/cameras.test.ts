import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { GatewayCameras } from '../../src/gateway/cameras.ts';
import { QuirksFile } from '../../src/gateway/quirks-file.ts';
import { usePool } from '../cameras/support/onvif-pool.ts';
import { answer } from '../cameras/support/scripted-camera.ts';
import { until } from '../support/until.ts';

const { pool, peer, afterwards } = usePool();

it('asks a slow camera at the start what it can do, without anybody looking at it', async () => {
  const waiting: (() => void)[] = [];
  const camera = await peer({
    GetPresets: (response) =>
      waiting.push(() =>
        answer(response, 'GetPresets', '<Preset token="7"><tt:Name>Toonbank</tt:Name></Preset>'),
      ),
  });
  const log = silentLogger;
  const quirks = new QuirksFile(mkdtempSync(join(tmpdir(), 'liveview-')), log);
  const cameras = new GatewayCameras({ clock: systemClock, log, pool: pool(), quirks });
  afterwards(() => cameras.close());
  const text = `cameras: [{ id: dome, onvif: { host: 127.0.0.1, port: ${camera.port} } }]`;
  await (await cameras.next(parseConfig(text, 'c.yaml'))).take();
  await until('the question', () => waiting.length > 0);
  expect(cameras.ptz('dome')).toBeUndefined();
  for (const reply of waiting) reply();
  const ptz = await until('what it can do', () => cameras.ptz('dome'));
  expect(ptz.presets).toEqual([{ token: '7', name: 'Toonbank' }]);
  expect(ptz.home).toBe(true);
});
