import { describe, expect, it, jest } from '@jest/globals';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import { Diagnosis } from '../../../src/video/fmp4/diagnosis.ts';

describe('a diagnosis', () => {
  it('is said once, and again when the stream has been well in between', () => {
    const warn = jest.fn<Logger['warn']>();
    const diagnosis = new Diagnosis({ ...silentLogger, warn });
    for (const text of ['no sets', 'no sets', 'h265', 'h265']) diagnosis.say(text);
    diagnosis.clear();
    diagnosis.say('h265');
    expect(warn.mock.calls).toEqual([['no sets'], ['h265'], ['h265']]);
  });
});
