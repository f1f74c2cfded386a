import { describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import { becauseOf } from '../../src/liveview/failure.ts';

describe('why something failed', () => {
  it('has the code of the error, where that is one that callers may see', () => {
    const error = new LiveViewError('camera-fault', 'no answer', { cause: new Error('reset') });
    expect(becauseOf(error)).toEqual({ reasonCode: 'camera-fault', reason: 'no answer: reset' });
  });

  it.each([
    ['a defect', new TypeError('x is not a function')],
    ['a code of Node', Object.assign(new Error('x is not a function'), { code: 'ENOENT' })],
    ['a word of the language', new LiveViewError('toString', 'x is not a function')],
  ])('is our fault for %s', (_, error) => {
    expect(becauseOf(error)).toEqual({
      reasonCode: 'internal-error',
      reason: 'x is not a function',
    });
  });
});
