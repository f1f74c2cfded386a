/** A camera that is pulled while an alarm or an incident is open at its site, and after a restart in the middle of it. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Alarm } from '../../src/liveview/alarm-model.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

let cameras: SimulateRun;
let run: ServeRun;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2', '--looped']);
  run = await ServeRun.start(options());
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

function options() {
  const sites = ['jeweller', 'square'].map((id) => ({ id, name: id }));
  const at = (site: string) => ({ site, stream: { warm: 'on-alarm' as const } });
  const [shop, front] = cameras.config('rtsp');
  if (!shop || !front) throw new Error('two cameras were asked for');
  const config = {
    sites,
    cameras: [
      { ...shop, ...at('jeweller') },
      { ...front, ...at('square') },
    ],
  };
  return { config, env: CAMERA_PASSWORD_ENV };
}

/** Cameras of which pictures are there, with how many watch. */
async function pulled(caller: ApiCaller): Promise<string[]> {
  const text = await (await caller.fetch('/metrics')).text();
  const lines = text.matchAll(/^liveview_channel_pictures\{camera="([^"]+)".*\} (\d+)$/gm);
  return [...lines].flatMap(([, camera = '', pictures]) => (Number(pictures) > 0 ? [camera] : []));
}

it('is pulled without a viewer as long as the incident is open', async () => {
  const operator = await run.operator();
  expect(await pulled(operator)).toEqual([]);
  const facts = { type: 'robbery', site: 'jeweller', summary: '', cameras: [] };
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', facts);
  await until('pictures', async () => (await pulled(operator)).includes('shop-1'), 30_000);
  expect(await pulled(operator)).toEqual(['shop-1']);

  await run.stop();
  run = await ServeRun.start({ ...options(), dataDir: run.dataDir });
  const again = await run.operator();
  await until('pictures again', async () => (await pulled(again)).includes('shop-1'), 30_000);

  await again.call('POST', `/v1/incidents/${id}/close`, { outcome: 'resolved', note: '' });
  await until('no pictures', async () => (await pulled(again)).length === 0, 30_000);
});

it('is pulled without a viewer as long as an alarm at its site is not closed, and no other is', async () => {
  const operator = await run.operator();
  const alarm = { site: 'square', kind: 'hold-up' };
  const { id } = await operator.call<Alarm>('POST', '/v1/alarms', alarm);
  await until('pictures', async () => (await pulled(operator)).includes('shop-front'), 30_000);
  expect(await pulled(operator)).toEqual(['shop-front']);

  await run.stop();
  run = await ServeRun.start({ ...options(), dataDir: run.dataDir });
  const again = await run.operator();
  await until('pictures again', async () => (await pulled(again)).includes('shop-front'), 30_000);
  expect(await pulled(again)).toEqual(['shop-front']);

  await again.call('POST', `/v1/alarms/${id}/end`, { note: 'nothing there' });
  await until('no pictures', async () => (await pulled(again)).length === 0, 30_000);
});
