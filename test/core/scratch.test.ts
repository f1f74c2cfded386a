import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Scratch, ScratchPool } from '../../src/core/scratch.ts';

describe('a scratch', () => {
  it('gives each its own bytes, whole or in parts, and keeps what it gave until it is rewound', () => {
    const item = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 });
    const scratch = new Scratch(64);
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (items) => {
        scratch.rewind();
        const given = items.map((parts) => {
          const [only, ...more] = parts;
          if (only && more.length === 0) return scratch.copy(only);
          scratch.begin();
          for (const part of parts) scratch.append(part);
          return scratch.end();
        });
        const expected = items.map((parts) => Buffer.concat(parts).toString('hex'));
        expect(given.map((bytes) => bytes.toString('hex'))).toEqual(expected);
      }),
    );
  });

  it('forgets what was begun and not ended', () => {
    const scratch = new Scratch(64);
    scratch.begin();
    scratch.append(Buffer.from('lost'));
    scratch.begin();
    scratch.append(Buffer.from('kept'));
    expect(scratch.end().toString()).toBe('kept');
  });

  it('grows to what is needed at once, and uses that again', () => {
    const scratch = new Scratch(64);
    const use = () => {
      scratch.rewind();
      return [1, 2, 3].map((fill) => scratch.copy(Buffer.alloc(60, fill)).buffer);
    };
    use();
    const memory = new Set([...use(), ...use(), ...use()]);
    expect(memory.size).toBe(1);
  });

  it('does not keep for long what was needed once', () => {
    const scratch = new Scratch(64);
    scratch.copy(Buffer.alloc(8 * 1024 * 1024));
    for (let i = 0; i < 600; i += 1) {
      scratch.rewind();
      scratch.copy(Buffer.alloc(50));
    }
    expect(scratch.copy(Buffer.alloc(1)).buffer.byteLength).toBeLessThan(1_000);
  });

  it('of a pool is used by one after the other', () => {
    const pool = new ScratchPool(64);
    const one = pool.take();
    expect(pool.take()).not.toBe(one);
    pool.giveBack(one);
    expect(pool.take()).toBe(one);
  });
});
