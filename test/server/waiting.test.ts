import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Side } from '../../src/access/caller.ts';
import { madeOf } from '../support/made-pictures.ts';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';

const JPEG = Buffer.from('a camera as it is now');

/** Something that is waited for until a test lets it go on. */
class Gateable {
  waiting = 0;
  #goOn: () => void = () => undefined;
  #open = new Promise<void>((resolve) => {
    this.#goOn = resolve;
  });

  async pass(): Promise<void> {
    this.waiting += 1;
    await this.#open;
  }

  open(): void {
    this.#goOn();
  }
}

let harness: Harness;
let camera: Gateable;
let maker: Gateable;

beforeEach(async () => {
  [camera, maker] = [new Gateable(), new Gateable()];
  const snapshot = async () => {
    await camera.pass();
    return JPEG;
  };
  const make = async () => {
    await maker.pass();
    return madeOf('a plan');
  };
  const pictureMaker = { maxBytes: 1_000, make };
  harness = await new Harness({ deps: { snapshot, pictureMaker } }).start();
});

afterEach(async () => {
  camera.open();
  maker.open();
  await harness.stop();
});

async function cookieOf(side: Side): Promise<string> {
  if (side === 'centre') await harness.addUser('olga', 'operator');
  else await harness.addUser('dora', 'dispatcher', 'rotterdam');
  return harness.logIn(side, side === 'centre' ? 'olga' : 'dora');
}

async function logOut(side: Side, cookie: string): Promise<void> {
  const out = await harness.fetch(side, '/v1/session', { method: 'DELETE', headers: { cookie } });
  expect(out.status).toBe(204);
}

const viewings = () =>
  [...harness.deps.journal.read({})]
    .filter(({ kind }) => kind === 'viewing.ended')
    .map(({ data }) => data);

describe('what somebody waits for who logs out meanwhile', () => {
  it.each(['centre', 'police'] as const)('a snapshot, on the side of the %s', async (side) => {
    const cookie = await cookieOf(side);
    const incident = harness.shared();
    const of = side === 'centre' ? '/v1/cameras' : `/v1/incidents/${incident}/cameras`;
    const answer = harness.fetch(side, `${of}/shop-1/snapshot.jpg`, { headers: { cookie } });
    const heard = answer.then(
      (response) => response.arrayBuffer(),
      () => 'cut',
    );
    await until('the camera is asked', () => camera.waiting === 1);
    await logOut(side, cookie);
    expect(await heard).toBe('cut');
    camera.open();
    await until('it is in the journal', () => viewings().length === 1);
    expect(viewings()).toMatchObject([{ bytes: 0, pictures: 0 }]);
  });

  it('a still: none is made of it', async () => {
    const cookie = await cookieOf('centre');
    const answer = harness.fetch('centre', `/v1/incidents/${harness.shared()}/stills`, {
      ...{ method: 'POST', body: JSON.stringify({ camera: 'shop-1' }) },
      headers: { cookie, 'content-type': 'application/json' },
    });
    await until('the camera is asked', () => camera.waiting === 1);
    await logOut('centre', cookie);
    camera.open();
    expect((await answer).status).toBe(401);
    expect(maker.waiting).toBe(0);
  });

  it('a plan that is being made: it is not kept', async () => {
    const cookie = await cookieOf('centre');
    const body = new FormData();
    body.append('site', 'jeweller');
    body.append('name', 'plan');
    body.append('file', new Blob(['plan']), 'plan.png');
    const answer = harness.fetch('centre', '/v1/plans', {
      ...{ method: 'POST', body, headers: { cookie } },
    });
    const heard = answer.then(
      ({ status }) => status,
      () => 'cut',
    );
    await until('it is being made', () => maker.waiting === 1);
    await logOut('centre', cookie);
    expect(await heard).toBe('cut');
    maker.open();
    const plans = await harness.fetch('centre', '/v1/plans', { token: harness.token('operator') });
    expect(await plans.json()).toEqual([]);
  });
});
