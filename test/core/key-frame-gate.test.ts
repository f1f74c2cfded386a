import { describe, expect, it } from '@jest/globals';
import { KeyFrameGate } from '../../src/core/key-frame-gate.ts';

/** `K` key frame, `L` leading picture, `p` any other, `|` something is missing. */
function passed(pictures: string): string {
  const gate = new KeyFrameGate();
  let result = '';
  for (const each of pictures) {
    if (each === '|') gate.close();
    else if (gate.passes({ keyFrame: each === 'K', leading: each === 'L' })) result += each;
  }
  return result;
}

describe('key frame gate', () => {
  it.each([
    ['opens with a key frame', 'ppKpp', 'Kpp'],
    ['closes', 'Kp|ppKp', 'KpKp'],
    ['keeps back what needs pictures before the first', 'LKLLppKLp', 'KppKLp'],
    ['keeps it back again after a loss', 'KpKLp|pKLpKLp', 'KpKLpKpKLp'],
    ['stays open for key frames in a row', 'KKKp', 'KKKp'],
  ])('%s', (_, before, after) => {
    expect(passed(before)).toBe(after);
  });

  it('says whether it is open', () => {
    const gate = new KeyFrameGate();
    expect(gate.isOpen).toBe(false);
    gate.passes({ keyFrame: true });
    expect(gate.isOpen).toBe(true);
    gate.close();
    expect(gate.isOpen).toBe(false);
  });
});
