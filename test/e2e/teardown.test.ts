import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ScriptedRtspPeer } from '../support/scripted-rtsp-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(60_000);

const cleanup: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** A gateway that pulls from a camera all the time. */
async function pulling(camera: ScriptedRtspPeer): Promise<ServeRun> {
  const rtsp = { main: camera.url() };
  const run = await ServeRun.start({
    config: { cameras: [{ id: 'a', rtsp, stream: { warm: 'always' } }] },
  });
  cleanup.push(() => run.stop('SIGKILL'));
  await until('PLAY', () => camera.methods.includes('PLAY'));
  return run;
}

async function peer(answers = {}): Promise<ScriptedRtspPeer> {
  const camera = await ScriptedRtspPeer.start(answers);
  cleanup.push(() => camera.stop());
  return camera;
}

describe('the end of the gateway', () => {
  it('tears the sessions of the cameras down first', async () => {
    const camera = await peer();
    const run = await pulling(camera);
    expect(await run.stop('SIGTERM')).toBe(0);
    expect(camera.methods.at(-1)).toBe('TEARDOWN');
  });

  it('does not wait for ever for a camera that does not answer', async () => {
    const camera = await peer({ TEARDOWN: () => undefined });
    const run = await pulling(camera);
    expect(await run.stop('SIGTERM')).toBe(0);
    expect(camera.methods.at(-1)).toBe('TEARDOWN');
  });
});
