import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { contentText, entryHash, NO_HASH, type UnhashedEntry } from '../../src/journal/chain.ts';

const FIRST: UnhashedEntry = {
  seq: 1,
  timeUnixUs: 1_767_225_600_000_000,
  kind: 'user.added',
  actor: { user: 'beheer', role: 'admin' },
  data: { username: 'olga', role: 'operator' },
  previousHash: NO_HASH,
  salt: '000102030405060708090a0b0c0d0e0f',
};

const SECOND: UnhashedEntry = {
  seq: 2,
  timeUnixUs: 1_767_225_601_500_000,
  kind: 'desk.intent',
  incident: 'inc_1',
  actor: { user: 'daan', role: 'dispatcher', controlRoom: 'rotterdam', address: '192.0.2.7' },
  data: { request: 'req_1', camera: 'shop-1', command: 'move', args: { tilt: -0.5, pan: 1 } },
  previousHash: entryHash(FIRST),
  salt: 'ffffffffffffffffffffffffffffffff',
};

const page = readFileSync(new URL('../../docs/design/journal.md', import.meta.url), 'utf8');

describe('the hash of an entry', () => {
  it.each([
    ['first', FIRST],
    ['second', SECOND],
  ])('is the one documented, %s vector', (_, entry) => {
    const content = contentText(entry);
    const contentHash = createHash('sha256').update(content).digest('hex');
    expect(page).toContain([content, contentHash, entryHash(entry)].join('\n'));
  });

  it('depends on every field', () => {
    const changes: Partial<UnhashedEntry>[] = [
      { seq: 3 },
      { timeUnixUs: SECOND.timeUnixUs + 1 },
      { kind: 'desk.intenT' },
      { incident: 'inc_2' },
      { actor: { ...SECOND.actor, user: 'dora' } },
      { actor: { ...SECOND.actor, address: '192.0.2.8' } },
      { data: { ...SECOND.data, camera: 'shop-2' } },
      { previousHash: NO_HASH },
      { salt: 'fffffffffffffffffffffffffffffffe' },
    ];
    const { incident: _, ...withoutIncident } = SECOND;
    const hashes = changes.map((change) => entryHash({ ...SECOND, ...change }));
    expect(new Set([entryHash(SECOND), entryHash(withoutIncident), ...hashes]).size).toBe(11);
  });

  it('takes from an actor only what the journal knows of', () => {
    const actor = { ...FIRST.actor, session: 'x', side: 'centre' };
    expect(entryHash({ ...FIRST, actor })).toBe(entryHash(FIRST));
  });
});
