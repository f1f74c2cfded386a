import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Right, Tile } from '../../src/liveview/model.ts';
import { madeOf } from '../support/made-pictures.ts';
import { DISPATCHER, Harness, OPERATOR, OTHER_ROOM } from './harness.ts';

let harness: Harness;
let plan: string;
let incident: string;
beforeEach(async () => {
  harness = new Harness();
  plan = await newPlan('Begane grond', 'jeweller');
  incident = harness.shared(['view', 'plan']);
  show({ plan });
});
afterEach(() => harness.dispose());

async function newPlan(name: string, site: string): Promise<string> {
  const picture = madeOf(name);
  return (await harness.live.pictures.plans.add(OPERATOR, { site, name, picture })).id;
}

async function newImage(camera?: string): Promise<string> {
  const { id } = await harness.live.pictures.images.add(OPERATOR, incident, {
    ...{ name: 'still', picture: madeOf('still') },
    ...(camera === undefined ? {} : { camera }),
  });
  return id;
}

function show(...tiles: Tile[]): void {
  harness.live.setScreen(OPERATOR, incident, { tiles, focus: null });
}

function share(rights: Right[], cameras = ['shop-1']): void {
  harness.live.grant(OPERATOR, incident, 'rotterdam', { cameras, rights });
}

const disclose = (wanted: { plan: string } | { image: string }, actor = DISPATCHER) =>
  harness.live.pictures.disclosures.disclose(actor, incident, wanted);
const expectHidden = (wanted: { plan: string } | { image: string }, actor = DISPATCHER) =>
  expect(disclose(wanted, actor)).rejects.toMatchObject({ code: 'not-shared' });
const disclosed = () => harness.kinds().filter((kind) => kind.endsWith('.disclosed'));

describe('a control room is given a plan', () => {
  it('while it is on its screen; who, which and how much is in the journal first', async () => {
    const { bytes } = await disclose({ plan });
    expect(bytes.toString()).toBe('Begane grond');
    expect([...harness.journal.read()].at(-1)).toMatchObject({
      kind: 'plan.disclosed',
      actor: DISPATCHER,
      incident,
      data: { plan, name: 'Begane grond', bytes: 12, sha256: madeOf('Begane grond').sha256 },
    });
  });

  it.each<[string, () => void]>([
    ['without the right', () => share(['view', 'ptz', 'switch'])],
    ['when the share was withdrawn', () => harness.live.withdraw(OPERATOR, incident, 'rotterdam')],
    ['when the share has run out', () => harness.clock.advance(61 * 60_000)],
    ['when it is not on the screen', () => show({ camera: 'shop-1' })],
    [
      'when the incident is over',
      () => void harness.live.close(OPERATOR, incident, { outcome: 'resolved', note: '' }),
    ],
  ])('not %s, and nothing is journalled', async (_what, change) => {
    change();
    await expectHidden({ plan });
    expect(disclosed()).toEqual([]);
  });

  it('not when it is another room, or another incident', async () => {
    await expectHidden({ plan }, OTHER_ROOM);
    incident = harness.opened().id;
    await expectHidden({ plan });
  });

  it('not when it is one of another site, or none', async () => {
    await expectHidden({ plan: await newPlan('Plein', 'square') });
    await expectHidden({ plan: 'nothing' });
    await expectHidden({ image: plan });
  });

  it('not when the journal cannot be written', async () => {
    harness.journal.full = true;
    await expect(disclose({ plan })).rejects.toMatchObject({ code: 'journal-unwritable' });
  });

  it('not when the share ends while the file is being read', async () => {
    let goOn = () => {};
    harness.pictures.beforeRead = new Promise((resolve) => {
      goOn = resolve;
    });
    const answer = expectHidden({ plan });
    harness.live.withdraw(OPERATOR, incident, 'rotterdam');
    goOn();
    await answer;
    expect(disclosed()).toEqual([]);
  });
});

describe('a control room is given an image', () => {
  it('while it is on its screen', async () => {
    const image = await newImage();
    await expectHidden({ image });
    show({ image });
    expect((await disclose({ image })).bytes.toString()).toBe('still');
    expect([...harness.journal.read()].at(-1)).toMatchObject({ kind: 'image.disclosed', incident });
  });

  it('not when it is a still of a camera that is not shared with it', async () => {
    const image = await newImage('shop-2');
    show({ image });
    await expectHidden({ image });
    share(['view', 'plan'], ['shop-1', 'shop-2']);
    expect((await disclose({ image })).bytes.toString()).toBe('still');
  });

  it('not without the right', async () => {
    const image = await newImage();
    show({ image });
    share(['view']);
    await expectHidden({ image });
  });
});

describe('what a control room is told of the incident', () => {
  const told = () => harness.live.visibleIncident(DISPATCHER, incident);

  it('has the images on its screen, and no others', async () => {
    const [one, two] = [await newImage(), await newImage('shop-2')];
    expect(told()?.images).toBeUndefined();
    show({ image: one }, { image: two }, { plan });
    expect(told()?.images?.map(({ id }) => id)).toEqual([one]);
    expect(told()?.screen.tiles).toEqual([{ image: one }, { empty: true }, { plan }]);
  });

  it('has empty tiles for plans without the right', () => {
    share(['view']);
    expect(told()?.screen.tiles).toEqual([{ empty: true }]);
  });
});
