import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Placement, Plan } from '../../src/liveview/plan-model.ts';
import { MAX_PLANS_OF_SITE } from '../../src/liveview/plans.ts';
import { madeOf } from '../support/made-pictures.ts';
import { codeThrownBy, Harness, OPERATOR } from './harness.ts';

const PLACE: Placement = { x: 0.5, y: 0.25, heading: 90, fieldOfView: 70, range: 0.3 };

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.dispose());

const plans = () => harness.live.pictures.plans;
const add = (name: string, site = 'jeweller', picture = madeOf(name)): Promise<Plan> =>
  plans().add(OPERATOR, { site, name, picture });
const kept = () => [...harness.pictures.kept.keys()];

describe('a plan', () => {
  it('is kept, journalled and there after a restart, with who added it and what it is', async () => {
    const picture = madeOf('ground floor');
    const plan = await add('Begane grond', 'jeweller', picture);
    const { bytes, source, ...facts } = picture;
    const expected = {
      ...{ site: 'jeweller', name: 'Begane grond', origin: 'uploaded', addedBy: 'olga' },
      ...{ picture: { ...facts, bytes: bytes.length }, source, cameras: [] },
    };
    expect(plan).toMatchObject(expected);
    const entry = [...harness.journal.read()].at(-1);
    expect(entry).toMatchObject({
      kind: 'plan.added',
      actor: OPERATOR,
      data: { plan: plan.id, site: 'jeweller', name: 'Begane grond', source },
    });
    harness.restart();
    expect(plans().list('jeweller')).toEqual([plan]);
    expect(await plans().read(plan.id)).toEqual({ facts: plan.picture, bytes });
  });

  it('that is removed is removed from the disk, the screens and the list, and stays in the journal', async () => {
    const plan = await add('a');
    const incident = harness.opened();
    const tiles = [{ camera: 'shop-1' }, { plan: plan.id }];
    harness.live.setScreen(OPERATOR, incident.id, { tiles, focus: 1 });
    await plans().remove(OPERATOR, plan.id);
    expect(kept()).toEqual([]);
    expect(plans().list()).toEqual([]);
    expect(harness.live.incident(incident.id)?.screen).toEqual({
      tiles: [{ camera: 'shop-1' }, { empty: true }],
      focus: 1,
    });
    expect(harness.kinds().slice(-2)).toEqual(['screen.set', 'plan.removed']);
    expect(codeThrownBy(() => plans().get(plan.id))).toBe('unknown-plan');
  });

  it('shares its file with another of the same picture, which outlives it', async () => {
    const picture = madeOf('the same');
    const [one, two] = [await add('a', 'jeweller', picture), await add('b', 'square', picture)];
    await plans().remove(OPERATOR, one.id);
    expect(kept()).toEqual([picture.sha256]);
    await plans().remove(OPERATOR, two.id);
    expect(kept()).toEqual([]);
  });

  it('that is added while the same picture is removed is there afterwards', async () => {
    const picture = madeOf('the same');
    const { id } = await add('a', 'jeweller', picture);
    await Promise.all([plans().remove(OPERATOR, id), add('b', 'jeweller', picture)]);
    expect(kept()).toEqual([picture.sha256]);
  });

  it('is for a site that there is, and a site has so many', async () => {
    await expect(add('a', 'nowhere')).rejects.toMatchObject({ code: 'unknown-site' });
    for (let each = 0; each < MAX_PLANS_OF_SITE; each += 1) await add(`plan ${each}`);
    await expect(add('one more')).rejects.toMatchObject({
      code: 'too-many-plans',
      message: expect.stringContaining('remove one first'),
    });
    expect(kept()).toHaveLength(MAX_PLANS_OF_SITE);
  });

  it('of many at once is refused when the others have taken the room', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: MAX_PLANS_OF_SITE + 3 }, (_, each) => add(`plan ${each}`)),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect([plans().list().length, kept().length]).toEqual([MAX_PLANS_OF_SITE, MAX_PLANS_OF_SITE]);
  });

  it('may not be larger with the others of its site than a site may have', async () => {
    const large = (name: string) => madeOf(name, { bytes: Buffer.alloc(40 * 1024 * 1024) });
    await add('a', 'jeweller', large('a'));
    await expect(add('b', 'jeweller', large('b'))).rejects.toMatchObject({
      code: 'too-many-plans',
    });
    await add('b', 'square', large('b'));
  });
});

describe('nothing half-done is left', () => {
  it('when the disk is full', async () => {
    harness.pictures.full = true;
    await expect(add('a')).rejects.toMatchObject({ code: 'images-unwritable' });
    expect([harness.kinds(), plans().list()]).toEqual([[], []]);
  });

  it('when the journal cannot be written', async () => {
    harness.journal.full = true;
    await expect(add('a')).rejects.toMatchObject({ code: 'journal-unwritable' });
    expect([kept(), plans().list()]).toEqual([[], []]);
  });

  it('when it is removed and that cannot be journalled', async () => {
    const plan = await add('a');
    harness.journal.full = true;
    await expect(plans().remove(OPERATOR, plan.id)).rejects.toMatchObject({
      code: 'journal-unwritable',
    });
    expect([kept().length, plans().list()]).toEqual([1, [plan]]);
  });

  it('after a crash between file and journal', async () => {
    const plan = await add('a');
    const orphan = madeOf('kept, not yet journalled');
    await harness.pictures.keep(orphan.sha256, orphan.bytes);
    harness.restart();
    await harness.live.pictures.sweep();
    expect(kept()).toEqual([plan.picture.sha256]);
  });
});

describe('a plan of the configuration', () => {
  const configure = (text: string) =>
    plans().configure(OPERATOR, { site: 'jeweller', name: 'Kelder', picture: madeOf(text) });

  it('is not removed by hand', async () => {
    const { id } = await configure('one');
    await expect(plans().remove(OPERATOR, id)).rejects.toMatchObject({
      code: 'plan-configured',
      message: expect.stringContaining('configuration'),
    });
  });

  it('that has another picture is the same plan, with its cameras', async () => {
    const first = await configure('one');
    plans().place(OPERATOR, first.id, 'shop-1', PLACE);
    const second = await configure('two');
    expect(second).toMatchObject({ id: first.id, cameras: [{ camera: 'shop-1', ...PLACE }] });
    expect(second.picture.sha256).not.toBe(first.picture.sha256);
    expect(kept()).toEqual([second.picture.sha256]);
  });
});

describe('a camera on a plan', () => {
  it('is placed, moved and taken away by acts in the journal', async () => {
    const { id } = await add('a');
    plans().place(OPERATOR, id, 'shop-1', PLACE);
    const turning = { ...PLACE, x: 0.75, degreesPerPan: 180, fieldOfViewZoomed: 4 };
    expect(plans().place(OPERATOR, id, 'shop-1', turning).cameras).toEqual([
      { camera: 'shop-1', ...turning },
    ]);
    harness.restart();
    expect(plans().get(id).cameras).toEqual([{ camera: 'shop-1', ...turning }]);
    expect(plans().unplace(OPERATOR, id, 'shop-1').cameras).toEqual([]);
    plans().unplace(OPERATOR, id, 'shop-1');
    expect(harness.kinds().slice(1)).toEqual(['plan.placed', 'plan.placed', 'plan.unplaced']);
  });

  it.each([
    ['one that there is not', 'nothing', {}, 'unknown-camera'],
    ['one of another site', 'square-1', {}, 'camera-not-at-site'],
    ['one beside the plan', 'shop-1', { x: 1.5 }, 'invalid-request'],
    ['one that looks a whole turn on', 'shop-1', { heading: 360 }, 'invalid-request'],
    ['one that sees nothing', 'shop-1', { fieldOfView: 0 }, 'invalid-request'],
    ['one that is nowhere', 'shop-1', { y: Number.NaN }, 'invalid-request'],
  ])('is not %s', async (_what, camera, change, code) => {
    const { id } = await add('a');
    expect(codeThrownBy(() => plans().place(OPERATOR, id, camera, { ...PLACE, ...change }))).toBe(
      code,
    );
    expect(harness.kinds()).toEqual(['plan.added']);
  });

  it('tells whoever has an open incident of that site', async () => {
    const { id } = await add('a');
    const incident = harness.opened();
    const before = harness.changes.length;
    plans().place(OPERATOR, id, 'shop-1', PLACE);
    expect(harness.changes.slice(before)).toEqual([
      expect.objectContaining({
        kind: 'incident',
        incident: expect.objectContaining({ id: incident.id }),
      }),
    ]);
  });
});

describe('a screen', () => {
  it.each([
    ['a plan that there is not', { plan: 'nothing' }, 'unknown-plan'],
    ['an image that there is not', { image: 'nothing' }, 'unknown-image'],
  ])('has not %s', (_what, tile, code) => {
    const { id } = harness.opened();
    expect(
      codeThrownBy(() => harness.live.setScreen(OPERATOR, id, { tiles: [tile], focus: null })),
    ).toBe(code);
  });

  it('has not a plan of another site', async () => {
    const { id: plan } = await add('a', 'square');
    const { id } = harness.opened();
    expect(
      codeThrownBy(() => harness.live.setScreen(OPERATOR, id, { tiles: [{ plan }], focus: null })),
    ).toBe('unknown-plan');
  });
});
