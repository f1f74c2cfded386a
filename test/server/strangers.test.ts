import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';

const AT_ONCE = 300;
const TOGETHER = 50;

let harness: Harness;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  harness = await new Harness({ clock }).start();
});

afterEach(() => harness.stopAt(clock));

const ask = (path: string, token?: string) =>
  harness.fetch('police', path, token === undefined ? {} : { token });

it('strangers ask at a pace, whatever they ask, and whoever is known does not wait for them', async () => {
  const paths = ['/openapi.json', '/nothing', '/v1/incidents', '/v1/session'];
  for (let asked = 0; asked < AT_ONCE; asked += TOGETHER) {
    const together = Array.from({ length: TOGETHER }, () => ask('/v1/session'));
    for (const answer of await Promise.all(together)) await answer.arrayBuffer();
  }
  const answered: string[] = [];
  const more = [...paths, '/v1/incidents'].map(async (path, each) => {
    // The last one says who they are, and it is not true.
    const answer = await ask(path, each === paths.length ? 'a'.repeat(43) : undefined);
    await answer.arrayBuffer();
    answered.push(path);
  });
  const token = harness.token('dispatcher', 'rotterdam');
  for (let each = 0; each < TOGETHER; each += 1) {
    expect((await ask('/v1/incidents', token)).status).toBe(200);
  }
  expect((await harness.fetch('centre', '/healthz')).status).toBe(200);
  expect(answered).toEqual([]);
  for (let turn = 1; turn <= more.length; turn += 1) {
    clock.advance(5);
    await until('it is answered', () => answered.length === turn);
  }
  await Promise.all(more);
});
