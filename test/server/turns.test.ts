import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { Harness, OPERATOR } from './harness.ts';

const AT_ONCE = 150;
const TURN_MS = 20;

let harness: Harness;
let clock: ManualClock;
let answered: string[];

beforeEach(async () => {
  clock = new ManualClock();
  harness = await new Harness({ clock }).start();
  answered = [];
});

afterEach(() => harness.stopAt(clock));

const room = (name: string) => harness.token('dispatcher', name);

/** Resolves when the answer is there, whatever it is. */
async function ask(path: string, token: string, method = 'GET'): Promise<void> {
  await (await harness.fetch('police', path, { method, token })).arrayBuffer();
  answered.push(`${method} ${path}`);
}

/** One after the other. */
async function several(count: number, path = '/v1/session', token = room('rotterdam')) {
  for (let each = 0; each < count; each += 1) await ask(path, token);
  answered = [];
}

it('an account asks at a pace over all its connections, and others wait for none of it', async () => {
  await several(AT_ONCE);
  const paths = ['/v1/session', '/v1/incidents'];
  const late = paths.map((path) => ask(path, room('rotterdam')));
  await ask('/v1/session', room('den-haag'));
  await harness.fetch('centre', '/healthz');
  expect(answered).toEqual(['GET /v1/session']);
  for (const already of [2, 3]) {
    clock.advance(TURN_MS);
    await until('it is answered', () => answered.length === already);
  }
  await Promise.all(late);
});

it('what changes something does not wait for what is read, and has a pace of its own', async () => {
  await several(AT_ONCE);
  const late = ask('/v1/session', room('rotterdam'));
  const nothing = '/v1/offers/nothing/decline';
  for (let each = 0; each < AT_ONCE; each += 1) await ask(nothing, room('rotterdam'), 'POST');
  const later = ask(nothing, room('rotterdam'), 'POST');
  await ask('/v1/session', room('den-haag'));
  expect(answered).toHaveLength(AT_ONCE + 1);
  clock.advance(TURN_MS);
  await Promise.all([late, later]);
});

it('a long answer is worth more than one turn', async () => {
  const path = `/v1/incidents/${harness.shared()}`;
  const incident = path.slice(path.lastIndexOf('/') + 1);
  // 4 kB each, as JSON: two parts of 128 KiB more than one, together.
  const args = { text: '"'.repeat(2_000) };
  for (let each = 0; each < 70; each += 1) {
    harness.liveview.request(OPERATOR, { incident, action: 'note', args });
  }
  await several(AT_ONCE / 3, path);
  const late = ask('/v1/session', room('rotterdam'));
  await ask('/v1/session', room('den-haag'));
  expect(answered).toHaveLength(1);
  clock.advance(TURN_MS);
  await late;
});
