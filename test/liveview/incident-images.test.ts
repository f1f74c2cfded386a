import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { madeOf } from '../support/made-pictures.ts';
import { codeThrownBy, Harness, OPERATOR } from './harness.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let harness: Harness;
let incident: string;
beforeEach(() => {
  harness = new Harness();
  incident = harness.opened().id;
});
afterEach(() => harness.dispose());

const images = () => harness.live.pictures.images;
const add = (text: string, camera?: string) =>
  images().add(OPERATOR, incident, {
    ...{ name: text, picture: madeOf(text) },
    ...(camera === undefined ? {} : { camera }),
  });
const kept = () => harness.pictures.kept.size;
const told = () => harness.live.incident(incident);

describe('an image of an incident', () => {
  it('is kept and journalled with it, and there after a restart', async () => {
    const image = await add('Winkel', 'shop-1');
    expect(image).toMatchObject({ name: 'Winkel', camera: 'shop-1', addedBy: 'olga' });
    expect([...harness.journal.read()].at(-1)).toMatchObject({ kind: 'image.added', incident });
    harness.restart();
    expect(told()?.images).toEqual([image]);
    expect((await images().read(incident, image.id)).bytes.toString()).toBe('Winkel');
  });

  it('can be put on the screen, and goes from it when it is removed', async () => {
    const { id } = await add('a');
    harness.live.setScreen(OPERATOR, incident, { tiles: [{ image: id }], focus: null });
    await images().remove(OPERATOR, incident, id);
    expect(told()).toMatchObject({ images: [], screen: { tiles: [{ empty: true }] } });
    expect(kept()).toBe(0);
    expect([...harness.journal.read()].at(-1)).toMatchObject({
      kind: 'image.removed',
      data: { image: id, why: 'removed' },
    });
  });

  it('is one of so many', async () => {
    for (let each = 0; each < 64; each += 1) await add(`image ${each}`);
    await expect(add('one more')).rejects.toMatchObject({ code: 'too-many-images' });
    expect(codeThrownBy(() => images().checkCamera(incident, 'shop-1'))).toBe('too-many-images');
  });

  it('cannot be added to an incident that is over or unknown', async () => {
    harness.live.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
    await expect(add('a')).rejects.toMatchObject({ code: 'incident-closed' });
    incident = 'nothing';
    await expect(add('a')).rejects.toMatchObject({ code: 'unknown-incident' });
    expect(kept()).toBe(0);
  });

  it('cannot be a still of a camera that has nothing to do with the incident', () => {
    expect(codeThrownBy(() => images().checkCamera(incident, 'square-1'))).toBe(
      'camera-not-at-site',
    );
    expect(codeThrownBy(() => images().checkCamera(incident, 'nothing'))).toBe('unknown-camera');
  });

  it('is not there when the incident is closed while its file is being written', async () => {
    const adding = add('a');
    harness.live.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
    await expect(adding).rejects.toMatchObject({ code: 'incident-closed' });
    expect(kept()).toBe(0);
  });
});

describe('the term of an image', () => {
  it('is as the configuration says; then it goes, also of an incident that is over', async () => {
    await add('old');
    await harness.clock.advanceAsync(DAY_MS);
    const { id } = await add('young');
    harness.live.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
    await harness.clock.advanceAsync(6 * DAY_MS + 60_000);
    expect(told()?.images?.map((image) => image.id)).toEqual([id]);
    expect(kept()).toBe(1);
    expect([...harness.journal.read()].at(-1)).toMatchObject({
      kind: 'image.removed',
      actor: { user: 'gateway' },
      incident,
      data: { name: 'old', why: 'term' },
    });
    await harness.clock.advanceAsync(DAY_MS);
    expect([told()?.images, kept()]).toEqual([[], 0]);
  });

  it('is over at a start, too, after time in which no gateway ran', async () => {
    await add('old');
    harness.live.pictures.images.stop();
    await harness.clock.advanceAsync(8 * DAY_MS);
    expect(told()?.images).toHaveLength(1);
    harness.restart();
    await harness.clock.advanceAsync(0);
    expect([told()?.images, kept()]).toEqual([[], 0]);
  });

  it('is tried again when its end could not be journalled: the picture stays until then', async () => {
    await add('old');
    harness.journal.full = true;
    await harness.clock.advanceAsync(8 * DAY_MS);
    expect([told()?.images?.length, kept()]).toEqual([1, 1]);
    expect(harness.logged).toContainEqual(expect.objectContaining({ level: 'error', incident }));
    harness.journal.full = false;
    await harness.clock.advanceAsync(60_000);
    expect([told()?.images, kept()]).toEqual([[], 0]);
  });
});
