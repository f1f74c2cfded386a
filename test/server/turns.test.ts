import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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

it('a live socket does not wait for what is read', async () => {
  await several(AT_ONCE);
  const late = ask('/v1/session', room('rotterdam'));
  await harness.live('police', 'dispatcher', 'rotterdam');
  expect(answered).toEqual([]);
  clock.advance(TURN_MS);
  await late;
});

describe('what is long', () => {
  let incident: string;

  beforeEach(() => {
    incident = harness.shared();
    // 4 kB each, as JSON: two parts of 128 KiB more than one, together.
    const args = { text: '"'.repeat(2_000) };
    for (let each = 0; each < 70; each += 1) {
      harness.liveview.request(OPERATOR, { incident, action: 'note', args });
    }
  });

  it('is worth more than one turn, as an answer', async () => {
    await several(AT_ONCE / 3, `/v1/incidents/${incident}`);
    const late = ask('/v1/session', room('rotterdam'));
    await ask('/v1/session', room('den-haag'));
    expect(answered).toHaveLength(1);
    clock.advance(TURN_MS);
    await late;
  });

  it('is worth as much when a live socket is told of it, which does not wait', async () => {
    for (let each = 0; each < AT_ONCE / 3; each += 1) {
      const socket = await harness.live('police', 'dispatcher', 'rotterdam');
      socket.ws.terminate();
    }
    const early = harness.connect('police', '/v1/live', { token: room('rotterdam') });
    await until('it is open', () => early.ws.readyState === early.ws.OPEN);
    early.send({ type: 'hello', protocol: 1, codecs: [], formats: ['fmp4'] });
    await until('it is closed', () => early.closed);
    expect(early.closed).toEqual({ code: 1008, reason: 'too-many-requests' });
    await harness.live('police', 'dispatcher', 'den-haag');
    clock.advance(TURN_MS);
    await harness.live('police', 'dispatcher', 'rotterdam');
  });
});
