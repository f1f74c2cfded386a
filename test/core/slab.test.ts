import { describe, expect, it } from '@jest/globals';
import { Slab } from '../../src/core/slab.ts';

describe('a slab', () => {
  it('cuts neighbours from one allocation', () => {
    const slab = new Slab(64);
    const [first, second] = [slab.allocate(30), slab.allocate(30)];
    expect(second.buffer).toBe(first.buffer);
    expect(second.byteOffset).toBe(first.byteOffset + 30);
    expect(slab.allocate(30).buffer).not.toBe(first.buffer);
  });

  it('gives what is larger than itself a larger block, in multiples of its size', () => {
    expect(new Slab(64).allocate(1_000).buffer.byteLength).toBe(1_024);
  });

  it('uses a block again when all that was cut from it is released, and not before', () => {
    const slab = new Slab(64);
    const cut = () => ({ bytes: slab.allocate(30), block: slab.block });
    const [one, two, three] = [cut(), cut(), cut()];
    one.block.release();
    expect(cut().bytes.buffer).toBe(three.bytes.buffer);
    two.block.release();
    expect(cut().bytes.buffer).toBe(one.bytes.buffer);
  });

  it('never uses a block again of which something was kept', () => {
    const slab = new Slab(64);
    const seen = new Set<unknown>();
    for (let i = 0; i < 100; i += 1) {
      slab.allocate(30);
      seen.add(slab.allocate(30).buffer);
      slab.block.release();
    }
    expect(seen.size).toBe(100);
  });

  it('takes the smallest block that is large enough', () => {
    const slab = new Slab(64);
    const cut = (length: number) => ({ bytes: slab.allocate(length), block: slab.block });
    const [large, small] = [cut(500), cut(64)];
    cut(64);
    large.block.release();
    small.block.release();
    expect(cut(64).bytes.buffer).toBe(small.bytes.buffer);
    expect(cut(64).bytes.buffer).toBe(large.bytes.buffer);
  });

  it('gives back what was needed once', () => {
    const slab = new Slab(64);
    const use = (count: number) => {
      const blocks = Array.from({ length: count }, () => {
        slab.allocate(64);
        return slab.block;
      });
      for (const block of blocks) block.release();
      return new Set(blocks);
    };
    const many = use(50);
    for (let i = 0; i < 200; i += 1) use(2);
    const again = [...use(50)].filter((block) => many.has(block));
    expect(again.length).toBeLessThan(5);
  });
});
