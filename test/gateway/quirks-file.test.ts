import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../src/core/log.ts';
import { QuirksFile } from '../../src/gateway/quirks-file.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveview-'));
});

describe('what was learnt of cameras', () => {
  it('is there after a restart, for each camera its own', () => {
    const before = new QuirksFile(dir, silentLogger);
    before.learnt('a', { lacksStop: true });
    before.learnt('b', { refusesTimeout: true });
    before.learnt('b', { refusesTimeout: true, ignoresStop: true });
    const after = new QuirksFile(dir, silentLogger);
    expect(after.of('a')).toEqual({ lacksStop: true });
    expect(after.of('b')).toEqual({ refusesTimeout: true, ignoresStop: true });
    expect(after.of('c')).toEqual({});
  });

  it('does not keep a camera from being steered when it cannot be read or saved', () => {
    writeFileSync(join(dir, 'quirks.json'), 'not json');
    const quirks = new QuirksFile(dir, silentLogger);
    expect(quirks.of('a')).toEqual({});
    expect(() => quirks.learnt('a', { lacksStop: true })).not.toThrow();
  });

  it('has the transport that worked, beside the quirks, and writes it down when it changes', () => {
    const before = new QuirksFile(dir, silentLogger);
    before.transportOf('a').transport = 'tcp';
    expect(existsSync(join(dir, 'quirks.json'))).toBe(false);
    before.learnt('a', { lacksStop: true });
    before.transportOf('a').transport = 'udp';
    before.transportOf('b').transport = 'multicast';
    before.learnt('b', { refusesTimeout: true });
    const after = new QuirksFile(dir, silentLogger);
    expect(after.of('a')).toEqual({ lacksStop: true });
    expect(after.of('b')).toEqual({ refusesTimeout: true });
    expect(['a', 'b', 'c'].map((id) => after.transportOf(id).transport)).toEqual([
      'udp',
      'multicast',
      undefined,
    ]);
    const memory = after.transportOf('a');
    memory.transport = 'tcp';
    expect(memory.transport).toBe('tcp');
    expect(new QuirksFile(dir, silentLogger).transportOf('a').transport).toBe('tcp');
  });
});
