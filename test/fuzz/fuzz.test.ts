import { describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import { fuzz } from './fuzz.ts';
import { judge } from './judge.ts';
import { memoryFinding } from './memory.ts';
import { pasteable } from './paste.ts';
import { shrink } from './shrink.ts';
import { BrokenPromise, type Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** Fixed, so that it is the same for everybody; `npm run fuzz` is where something new is looked for. */
const FIXED = { runs: 120, seed: 20_260_101, memoryEvery: 100 };
/** Of a machine that does much else: nothing here is timed by the clock. */
const PATIENCE_MS = 180_000;

describe('whatever is sent', () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    '%s',
    (_name, target) => {
      expect(fuzz(target, FIXED).map(pasteable)).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe('the first seed of each target is read: what is mutated was right', () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))('%s', (_name, target) => {
    const emitted: unknown[] = [];
    target.run(target.seeds[0] ?? [], (item) => emitted.push(item));
    expect(emitted.filter((item) => item !== undefined)).not.toEqual([]);
  });
});

/** A parser of lines, as wrong as a test wants it. */
function target(changes: Partial<Target>): Target {
  return {
    name: 'lines',
    shape: 'stream',
    seeds: [[Buffer.from('one\ntwo\n')]],
    tokens: [Buffer.from('\n')],
    growth: 40,
    run(pieces, emit) {
      let rest = '';
      for (const piece of pieces) {
        const lines = (rest + piece.toString('latin1')).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) emit(line);
      }
    },
    ...changes,
  };
}

const input = [Buffer.from('one\ntw'), Buffer.from('o\n')];

describe('the judge', () => {
  it('has nothing against a parser that is right, nor against a typed error', () => {
    expect(judge(target({}), input)).toBeUndefined();
    const refuses = () => {
      throw new LiveViewError('no', 'no');
    };
    expect(judge(target({ run: refuses }), input)).toBeUndefined();
  });

  it.each([
    ['untyped error', { run: () => Buffer.alloc(1).readUInt32BE(0) as never }],
    ['untyped error', { run: () => broken('a promise') }],
    ['too much output', { growth: 0, run: (_pieces, emit) => emit(Buffer.alloc(5_000)) }],
    ['stall', { run: () => burn(60) }],
    ['depends on the cuts', { run: (pieces, emit) => emit([...pieces].length) }],
  ] satisfies [string, Partial<Target>][])('finds: %s', (kind, changes) => {
    expect(judge(target(changes), input)?.kind).toBe(kind);
  });

  it('finds what is kept beyond the bound, and only that', () => {
    const kept: Buffer[] = [];
    const keeps = (pieces: Iterable<Buffer>) => {
      for (const piece of pieces) kept.push(piece.subarray(0, 1));
    };
    const large = [Buffer.alloc(65_536, '\n')];
    expect(memoryFinding(target({ run: keeps, holdsBytes: 1 << 20 }), large)?.kind).toBe('memory');
    kept.length = 0;
    expect(memoryFinding(target({ holdsBytes: 1 << 20 }), large)).toBeUndefined();
  });
});

describe('a finding', () => {
  const run = (pieces: Iterable<Buffer>) => {
    for (const piece of pieces) if (piece.includes('!')) broken('no exclamation mark');
  };
  const shouting = target({ shape: 'packets', run });

  it('is made as small as it gets, and can be pasted', () => {
    const long = [Buffer.from('hello'), Buffer.from(`${'x'.repeat(300)}!${'y'.repeat(90)}`)];
    const found = judge(shouting, long);
    if (!found) throw new Error('nothing found');
    const small = shrink(found, (smaller) => judge(shouting, smaller));
    expect(Buffer.concat(small.input).toString()).toBe('!');
    expect(pasteable(small)).toContain('[\n  Buffer.from("!"),\n]');
    expect(pasteable(found)).toContain('Buffer.alloc(300, 0x78)');
  });

  it('is told once a fault', () => {
    const findings = fuzz({ ...shouting, seeds: [[Buffer.from('!')], [Buffer.from('a!')]] }, FIXED);
    expect(findings.map(({ fault }) => fault)).toEqual([
      expect.stringContaining('no exclamation mark'),
    ]);
  });
});

function broken(promise: string): never {
  throw new BrokenPromise(promise);
}

/** Uses the processor for as long as it says. */
function burn(cpuMs: number): void {
  const { user, system } = process.cpuUsage();
  for (let used = 0; used < cpuMs * 1_000; ) {
    const now = process.cpuUsage();
    used = now.user + now.system - user - system;
  }
}
