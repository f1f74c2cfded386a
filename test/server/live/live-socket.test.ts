import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness } from '../harness.ts';
import { init, picture } from '../scripted-media.ts';

describe('smoke', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness().start();
  });
  afterEach(() => harness.stop());

  it('watches', async () => {
    const incident = harness.shared();
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'watch', channel: 3, camera: 'shop-1', incident });
    await socket.settled();
    harness.media.last.push(init());
    harness.media.last.push(picture());
    await socket.settled();
    console.log(socket.received);
    const r = await harness.fetch('centre', '/v1/incidents', { token: harness.token('operator') });
    console.log(r.status, await r.text(), [...r.headers]);
    expect(1).toBe(1);
  });
});
