import * as v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from '@jest/globals';
import { RtspConnection } from '../../../src/video/rtsp/connection.ts';
import { pullFrom, started } from '../../support/pulled-source.ts';
import { IDR, ScriptedRtspPeer } from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const cleanup: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

v8.setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** All connections that are made from now on, as far as somebody still has them. */
function connections(): () => number {
  const made: WeakRef<RtspConnection>[] = [];
  const open = RtspConnection.open;
  RtspConnection.open = async (...how) => {
    const connection = await open.apply(RtspConnection, how);
    made.push(new WeakRef(connection));
    return connection;
  };
  cleanup.push(async () => {
    RtspConnection.open = open;
  });
  return () => {
    collect();
    return made.filter((each) => each.deref() !== undefined).length;
  };
}

it('a source that connects again and again keeps nothing of the connections that have ended', async () => {
  const count = connections();
  const camera = await ScriptedRtspPeer.start({});
  cleanup.push(() => camera.stop());
  // States are not kept: an error knows by its stack whose connection it was.
  const { source, units } = pullFrom(() => camera.url(), { onState: () => undefined });
  cleanup.push(() => source.stop());
  for (let times = 1; times <= 6; times += 1) {
    await started(camera, times);
    camera.connection.picture(times * 90_000, [IDR]);
    await until('a picture', () => units.length === times);
    if (times < 6) camera.connection.close();
  }
  expect(count()).toBeGreaterThan(0);
  await until('the others are gone', () => count() <= 2, 30_000);
});
