import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Slab } from '../../src/core/slab.ts';

describe('a slab', () => {
  it('gives each its own bytes, whole or in parts, and keeps what it gave', () => {
    const item = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (items) => {
        const slab = new Slab(64);
        const given = items.map((parts) => {
          const [only, ...more] = parts;
          if (only && more.length === 0) return slab.copy(only);
          slab.begin();
          for (const part of parts) slab.append(part);
          return slab.end();
        });
        const expected = items.map((parts) => Buffer.concat(parts).toString('hex'));
        expect(given.map((bytes) => bytes.toString('hex'))).toEqual(expected);
      }),
    );
  });

  it('cuts neighbours from one allocation', () => {
    const slab = new Slab(64);
    const [first, second] = [slab.allocate(30), slab.allocate(30)];
    expect(second.buffer).toBe(first.buffer);
    expect(second.byteOffset).toBe(first.byteOffset + 30);
    expect(slab.allocate(30).buffer).not.toBe(first.buffer);
  });

  it('gives what is larger than itself a block of its own size', () => {
    expect(new Slab(64).allocate(1_000).buffer.byteLength).toBe(1_000);
  });

  it('forgets what was begun and not ended', () => {
    const slab = new Slab(64);
    slab.begin();
    slab.append(Buffer.from('lost'));
    slab.begin();
    slab.append(Buffer.from('kept'));
    expect(slab.end().toString()).toBe('kept');
  });

  it('that is rewound gives the same memory again, and grows to what was needed at once', () => {
    const slab = new Slab(64);
    const use = () => {
      slab.rewind();
      return [slab.allocate(60), slab.allocate(60), slab.allocate(60)];
    };
    use();
    const [first, second, third] = use();
    expect(new Set([first, second, third].map((bytes) => bytes?.buffer)).size).toBe(1);
    expect(use().map((bytes) => bytes.byteOffset)).toEqual([0, 60, 120]);
    expect(use()[0]?.buffer).toBe(first?.buffer);
  });

  it('that is rewound does not keep what was needed once for a giant', () => {
    const slab = new Slab(64);
    slab.allocate(8 * 1024 * 1024);
    slab.rewind();
    expect(slab.allocate(60).buffer.byteLength).toBe(64);
  });
});
