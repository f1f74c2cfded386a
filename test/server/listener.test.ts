import { describe, expect, it } from '@jest/globals';
import { createListener } from '../../src/server/listener.ts';
import { Harness } from './harness.ts';

describe('a listener', () => {
  it('says what to do when its address is taken, and can be started elsewhere', async () => {
    const harness = await new Harness().start();
    const { port } = new URL(harness.listener('centre').url);
    const at = { side: 'centre' as const, host: '127.0.0.1', deps: harness.deps };
    await expect(createListener({ ...at, port: Number(port) }).start()).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining('choose another port'),
    });
    const elsewhere = createListener({ ...at, port: 0 });
    await elsewhere.start();
    expect(elsewhere.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(elsewhere.url).not.toContain(`:${port}`);
    await elsewhere.stop();
    await harness.stop();
  });

  it('says so when the machine has no such address', async () => {
    const harness = await new Harness().start();
    const listener = createListener({
      ...{ side: 'centre', host: '192.0.2.77', port: 0, deps: harness.deps },
    });
    await expect(listener.start()).rejects.toMatchObject({ code: 'address-unavailable' });
    await harness.stop();
  });

  it('stops while streams and sockets are open', async () => {
    const harness = await new Harness().start();
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    await socket.settled();
    await harness.stop();
    expect(harness.media.last.closed).toBe(true);
    await expect(harness.fetch('centre', '/healthz')).rejects.toThrow();
  });

  it('knows its address before it is started', async () => {
    const harness = new Harness();
    expect(harness.listener('centre').url).toBe('http://127.0.0.1:0');
    await harness.stop();
  });
});
