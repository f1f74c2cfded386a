import { expect, it } from '@jest/globals';
import { questionsOf, wordsOf } from '../../web/operator/questions.ts';
import { request } from './scenery.ts';

const first = request({ id: 'g1', createdAt: '2026-01-01T12:00:00Z' });
const second = request({ id: 'g2', camera: 'front', createdAt: '2026-01-01T12:00:01Z' });
const firstAnew = request({ id: 'g3', args: { pan: -1 }, createdAt: '2026-01-01T12:00:02Z' });

const ids = (questions: ReturnType<typeof questionsOf>) => questions.map((each) => each.request.id);
const keys = (questions: ReturnType<typeof questionsOf>) => questions.map(({ key }) => key);

it('shows what waits oldest first, and adds at the end', () => {
  const one = questionsOf([], [first]);
  const two = questionsOf(keys(one), [second, first]);
  expect(ids(two)).toEqual(['g1', 'g2']);
  expect(keys(two)[0]).toBe(keys(one)[0]);
  expect(ids(questionsOf(keys(two), [second]))).toEqual(['g2']);
});

it('leaves what is asked anew in its place, also while the former is still there', () => {
  const shown = keys(questionsOf([], [second, first]));
  for (const pending of [
    [firstAnew, second, first],
    [firstAnew, second],
  ]) {
    const after = questionsOf(shown, pending);
    expect(ids(after)).toEqual(['g3', 'g2']);
    expect(keys(after)).toEqual(shown);
  }
});

it('reads another direction of the joystick as the same, another camera on the tile as another', () => {
  expect(wordsOf(firstAnew)).toBe(wordsOf(first));
  const shown = (camera: string) => request({ action: 'camera.switch', args: { tile: 0, camera } });
  expect(wordsOf(shown('front'))).not.toBe(wordsOf(shown('dome')));
});
