import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { LiveviewProcess } from '../support/liveview-process.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';

jest.setTimeout(120_000);

const running: { stop(signal?: NodeJS.Signals): Promise<unknown> }[] = [];

function keep<T extends (typeof running)[number]>(run: T): T {
  running.push(run);
  return run;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.stop('SIGKILL')));
});

/** What the journal knows of it; what the cameras say of themselves comes when they have answered. */
async function incidentOf(caller: ApiCaller, id: string): Promise<Incident> {
  const answer = await caller.call<Incident & { cameraDetails?: unknown }>(
    'GET',
    `/v1/incidents/${id}`,
  );
  const { cameraDetails: _, ...incident } = answer;
  return incident;
}

describe('after a crash', () => {
  it('an incident that was shared is there as it was, and the journal holds', async () => {
    const cameras = keep(await SimulateRun.start(['--cameras', '2']));
    const config = { cameras: cameras.config() };
    const first = keep(await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV }));
    const operator = await first.operator();
    const dispatcher = await first.dispatcher('rotterdam');
    const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
      type: 'robbery',
      site: 'site',
      summary: 'Overval, twee verdachten',
      cameras: ['shop-1'],
    });
    await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
      cameras: ['shop-1'],
      rights: ['view', 'ptz'],
      expiresInMinutes: 30,
    });
    await operator.call('PUT', `/v1/incidents/${id}/screen`, {
      tiles: [{ camera: 'shop-1' }],
      focus: 0,
    });
    const peer = await LivePeer.connect(dispatcher);
    peer.say({ type: 'watch', channel: 1, camera: 'shop-1', incident: id });
    await peer.pictures(5, 1);
    const before = await incidentOf(operator, id);

    await first.stop('SIGKILL');
    const second = keep(
      await ServeRun.start({ config, dataDir: first.dataDir, env: CAMERA_PASSWORD_ENV }),
    );
    expect(await incidentOf(await second.operator(), id)).toEqual(before);
    expect(before.grants).toHaveLength(1);

    const again = await LivePeer.connect(await second.dispatcher('rotterdam'));
    again.say({ type: 'watch', channel: 1, camera: 'shop-1', incident: id });
    await again.pictures(5, 1);
    again.close();

    const verify = keep(new LiveviewProcess(['journal', 'verify', '--data-dir', first.dataDir]));
    expect(await verify.ended()).toBe(0);
    expect(verify.stdout).toMatch(/the chain holds: \d+ entries/);
  });

  it('of the camera, pictures return without anybody doing anything', async () => {
    const cameras = keep(await SimulateRun.start(['--cameras', '1']));
    const run = keep(
      await ServeRun.start({ config: { cameras: cameras.config() }, env: CAMERA_PASSWORD_ENV }),
    );
    const peer = await LivePeer.connect(await run.operator());
    peer.say({ type: 'watch', channel: 7, camera: 'shop-1' });
    await peer.pictures(10, 7);

    await cameras.stop('SIGKILL');
    await run.process.logged(/camera-unreachable/);
    keep(await cameras.again());
    await peer.pictures(25, 7, 60_000);
    expect(peer.closed).toBeUndefined();
    expect(peer.messages.filter((message) => message.type === 'ended')).toEqual([]);
  });
});
