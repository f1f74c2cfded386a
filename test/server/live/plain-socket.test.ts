import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.ts';
import { Harness } from '../harness.ts';
import { init, picture } from '../scripted-media.ts';

const PATH = '/v1/cameras/shop-1/live.ws';

describe('live.ws', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness().start();
  });
  afterEach(() => harness.stop());

  it('sends init segment and fragments as they are, a new generation included', async () => {
    const socket = harness.connect('centre', PATH, {
      token: harness.token('consumer'),
      protocols: [],
    });
    await socket.opened();
    const reader = harness.media.last;
    reader.push(init(1, Buffer.from('init')));
    reader.push(picture(Buffer.from('one')));
    reader.push(init(2, Buffer.from('other')));
    reader.push(picture(Buffer.from('two')));
    await until('all', () => socket.of('binary').length === 4);
    expect(socket.of('binary').map(({ data }) => String(data))).toEqual([
      ...['init', 'one', 'other', 'two'],
    ]);
    socket.ws.close();
    await until('closed', () => reader.closed);
  });

  it('opens nothing when the handshake is not one', async () => {
    const headers = {
      ...{ connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      authorization: `Bearer ${harness.token('consumer')}`,
    };
    const status = await new Promise((resolve, reject) => {
      const request = get(harness.url('centre', PATH), { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
    });
    expect(status).toBe(400);
    expect(harness.media.readers).toHaveLength(1);
    expect(harness.media.readers.every(({ closed }) => closed)).toBe(true);
  });

  it('answers whoever comes without a WebSocket that one is needed', async () => {
    const token = harness.token('consumer');
    for (const path of [PATH, '/v1/live']) {
      const response = await harness.fetch('centre', path, { token });
      expect([response.status, await response.json()]).toEqual([
        426,
        expect.objectContaining({ code: 'upgrade-required' }),
      ]);
    }
  });

  it('holds what the socket does not take', async () => {
    const socket = harness.connect('centre', PATH, { token: harness.token('consumer') });
    await socket.opened();
    const reader = harness.media.last;
    socket.ws.pause();
    reader.push(init());
    for (let i = 0; i < 300; i += 1) reader.push(picture(Buffer.alloc(100 * 1024)));
    expect(reader.waiting).toBeGreaterThan(100);
    socket.ws.resume();
    await until('all', () => socket.of('binary').length === 301);
  });
});
