import { describe, expect, it } from '@jest/globals';
import { parseServerMessage } from '../../src/client/messages.ts';

describe('parseServerMessage', () => {
  it('reads what it knows', () => {
    expect(parseServerMessage('{"type":"dropped","channel":3,"frames":12}')).toEqual({
      type: 'dropped',
      channel: 3,
      frames: 12,
    });
  });

  it.each(['weather', 'constructor', 'toString', '__proto__'])(
    'passes over a type that it does not know: %s',
    (type) => {
      expect(parseServerMessage(JSON.stringify({ type }))).toBeUndefined();
    },
  );

  it.each([
    ['not JSON', '{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['no type', '{"channel":1}'],
    ['a field missing', '{"type":"ended","channel":1,"code":"x"}'],
    ['a field of another type', '{"type":"dropped","channel":"1","frames":2}'],
    ['null for an object', '{"type":"incident","incident":null}'],
    ['no alarm in an alarm', '{"type":"alarm"}'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseServerMessage(text)).toThrow(
      expect.objectContaining({ code: 'bad-message' }),
    );
  });
});
