import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SnapshotWish } from '../../src/server/deps.ts';
import { Harness } from './harness.ts';

let harness: Harness;
const wishes: SnapshotWish[] = [];

beforeEach(async () => {
  const snapshot = async (_permit: unknown, wish: SnapshotWish) => {
    wishes.push(wish);
    return Buffer.from('jpeg');
  };
  harness = await new Harness({ deps: { snapshot } }).start();
});

afterEach(async () => {
  wishes.length = 0;
  await harness.stop();
});

const ask = (query: string) =>
  harness.fetch('centre', `/v1/cameras/shop-1/snapshot.jpg${query}`, {
    token: harness.token('operator'),
  });

describe('a snapshot', () => {
  it.each([
    ['', {}],
    ['?width=64', { width: 64 }],
    ['?width=3840', { width: 3_840 }],
  ])('is asked for in the size that is wished: %s', async (query, wish) => {
    const response = await ask(query);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(wishes).toEqual([wish]);
  });

  it.each(['63', '3841', '100.5', 'wide', '', '-640', '1e9'])(
    'is refused in the size %j, and no picture is taken',
    async (width) => {
      const response = await ask(`?width=${width}`);
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { code: 'invalid-request', detail: expect.stringContaining('width') },
      ]);
      expect(wishes).toEqual([]);
    },
  );
});
