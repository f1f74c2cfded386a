import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { silentLogger } from '../../src/core/log.ts';
import { Retention } from '../../src/gateway/retention.ts';
import { isBare, type NewEntry } from '../../src/journal/record.ts';
import { verifyJournal, verifyStored } from '../../src/journal/verify.ts';
import { verifyExport } from '../../src/journal/verify-export.ts';
import { Folder, OLGA, SignedJournal } from './support.ts';

const DAY_MS = 86_400_000;
/** Found again in whatever file it is left in. */
const PLANTED = 'PLANTED-4711 '.repeat(40);

describe('retention', () => {
  let folder: Folder;
  let signed: SignedJournal;
  beforeEach(() => {
    folder = new Folder();
    signed = new SignedJournal(folder.path);
    signed.journal.sign();
  });
  afterEach(() => {
    signed.journal.close();
    folder.dispose();
  });

  const add = (kind: string, incident?: string, data: NewEntry['data'] = {}) =>
    signed.journal.append({
      ...{ kind, actor: OLGA, data: { ...data, note: PLANTED } },
      ...(incident === undefined ? {} : { incident }),
    });

  /** What is older than thirty days has been removed, and the room given back. */
  function keep(limit = 3): void {
    const keepDays = 30;
    const beforeUnixUs = signed.clock.unixUs() - keepDays * DAY_MS * 1_000;
    while (signed.journal.removeContent({ keepDays, beforeUnixUs }, limit) > 0);
    while (signed.journal.giveBack());
  }

  const removed = () => [...signed.journal.chain()].filter(isBare).map(({ seq }) => seq);
  const filesWith = (text: string) =>
    readdirSync(folder.path).filter((name) => readFileSync(join(folder.path, name)).includes(text));

  it('removes what is old, with what and why, and the chain verifies', () => {
    add('user.added');
    add('session.opened');
    signed.clock.advance(31 * DAY_MS);
    add('session.closed');
    keep();
    expect(removed()).toEqual([3, 4]);
    expect([...signed.journal.read()].at(-1)).toMatchObject({
      kind: 'journal.removed',
      actor: { role: 'gateway' },
      data: { reason: 'retention', keepDays: 30, ranges: [[3, 4]] },
    });
    const verdict = verifyStored(signed.journal, { keys: [signed.key] });
    expect(verdict).toMatchObject({ ok: true, entries: 6, removed: 2 });
    const [bare] = [...signed.journal.chain({ after: 2, limit: 1 })];
    expect(
      Object.keys(bare ?? {})
        .sort()
        .join(),
    ).toBe('content,hash,kind,previousHash,seq,timeUnixUs');
  });

  it('keeps an incident until its term after the close, and then removes it whole', () => {
    add('incident.opened', 'inc_a');
    add('incident.opened', 'inc_b');
    signed.clock.advance(40 * DAY_MS);
    add('incident.closed', 'inc_a');
    keep();
    expect(removed()).toEqual([]);
    signed.clock.advance(31 * DAY_MS);
    add('viewing.ended', 'inc_a');
    keep();
    expect(removed()).toEqual([3, 5]);
    expect([...signed.journal.read({ incident: 'inc_a' })].map(({ kind }) => kind)).toEqual([
      'viewing.ended',
    ]);
    signed.clock.advance(31 * DAY_MS);
    keep();
    expect([...signed.journal.read({ incident: 'inc_a' })]).toEqual([]);
    expect([...signed.journal.read({ incident: 'inc_b' })]).toHaveLength(1);
    expect(verifyStored(signed.journal)).toMatchObject({ ok: true, removed: 3 });
  });

  it('keeps the alarms of an incident that is kept, and removes them after it', () => {
    add('alarm.raised', undefined, { alarm: 'alarm_a' });
    add('alarm.raised', undefined, { alarm: 'alarm_b' });
    add('alarm.raised', undefined, { alarm: 'alarm_of_none' });
    add('alarm.verified', undefined, { alarm: 'alarm_a' });
    add('incident.opened', 'inc_a', { alarm: 'alarm_a' });
    add('alarm.linked', 'inc_a', { alarm: 'alarm_b' });
    signed.clock.advance(40 * DAY_MS);
    keep(1);
    expect(removed()).toEqual([5]);
    add('incident.closed', 'inc_a');
    signed.clock.advance(31 * DAY_MS);
    keep(1);
    expect(removed()).toEqual([3, 4, 5, 6, 7, 8, expect.any(Number)]);
    expect([...signed.journal.read({ incident: 'inc_a' })]).toEqual([]);
    expect(verifyStored(signed.journal)).toMatchObject({ ok: true, removed: 7 });
  });

  it.each(['images.declined', 'images.expired'])(
    'removes a question of a control room that came to nothing (%s)',
    (kind) => {
      add('images.asked', 'inc_a');
      add(kind, 'inc_a');
      add('images.asked', 'inc_b');
      signed.clock.advance(31 * DAY_MS);
      keep();
      expect(removed()).toEqual([3, 4]);
    },
  );

  it('keeps a plan for as long as it is there, so that a restart still finds it', () => {
    add('plan.added', undefined, { plan: 'plan_a' });
    add('plan.placed', undefined, { plan: 'plan_a' });
    add('plan.added', undefined, { plan: 'plan_b' });
    signed.clock.advance(40 * DAY_MS);
    keep();
    expect(removed()).toEqual([]);
    add('plan.removed', undefined, { plan: 'plan_a' });
    keep();
    expect(removed()).toEqual([]);
    signed.clock.advance(31 * DAY_MS);
    keep(1);
    expect(removed()).toEqual([3, 4, 6]);
    expect(verifyStored(signed.journal)).toMatchObject({ ok: true, removed: 3 });
  });

  it('does not bring a plan back when the clock went backwards in between', () => {
    signed.clock.advance(10 * DAY_MS);
    add('plan.added', undefined, { plan: 'plan_a' });
    signed.clock.stepWall(-5 * DAY_MS * 1_000);
    add('plan.removed', undefined, { plan: 'plan_a' });
    signed.clock.advance(32 * DAY_MS);
    keep();
    expect(removed()).toEqual([]);
    signed.clock.advance(10 * DAY_MS);
    keep(1);
    expect(removed()).toEqual([3, 4]);
  });

  it('leaves nothing of the content in any file, and gives the room back to the disk', () => {
    for (let index = 0; index < 400; index += 1) add('user.added', undefined, { index });
    while (signed.journal.giveBack());
    const before = statSync(folder.file).size;
    expect(filesWith(PLANTED)).toEqual(['journal.db']);
    signed.clock.advance(31 * DAY_MS);
    keep(250);
    expect(filesWith(PLANTED)).toEqual([]);
    expect(filesWith(OLGA.user)).toEqual([]);
    expect(statSync(folder.file).size).toBeLessThan(before * 0.6);
    expect(statSync(`${folder.file}-wal`).size).toBe(0);
    expect(verifyStored(signed.journal)).toMatchObject({ ok: true, removed: 400 });
  });

  /** A journal as it was made before it could give room back. */
  function openOld(): string {
    const path = join(folder.below('old'), 'journal.db');
    const old = new Database(path);
    old.exec('PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL; CREATE TABLE x (y); ');
    old.close();
    signed.journal.close();
    signed = new SignedJournal(join(folder.path, 'old'));
    signed.journal.sign();
    return path;
  }

  it('gives room back in a journal that was made before it could', () => {
    const path = openOld();
    const mode = () => new Database(path).pragma('auto_vacuum');
    expect(mode()).toEqual([{ auto_vacuum: 0 }]);
    add('user.added');
    signed.journal.makeShrinkable();
    expect(mode()).toEqual([{ auto_vacuum: 2 }]);
    expect(verifyStored(signed.journal)).toMatchObject({ ok: true });
  });

  it('comes to its end, and again the next day, in an old journal that could not be written anew', () => {
    const path = openOld();
    for (let index = 0; index < 100; index += 1) add('user.added', undefined, { index });
    signed.clock.advance(31 * DAY_MS);
    const { journal, clock } = signed;
    const retention = new Retention({
      ...{ journal, clock, log: silentLogger, keepDays: 30 },
      forget: () => undefined,
    });
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    retention.start();
    other.exec('ROLLBACK');
    other.close();
    clock.advance(60 * 60_000 + 1_000);
    expect(removed()).toHaveLength(100);
    expect(statSync(`${path}-wal`).size).toBe(0);
    add('user.added');
    clock.advance(32 * DAY_MS);
    expect(removed()).toHaveLength(101);
    retention.stop();
  });

  it('is known to exports; an entry whose content is gone without a word is not', () => {
    add('user.added');
    signed.clock.advance(31 * DAY_MS);
    keep();
    expect(verifyExport(signed.export())).toMatchObject({ ok: true, entries: 4, removed: 1 });
    const entries = [...signed.journal.chain()];
    const before = entries.slice(0, 3);
    const reason = 'its content is gone, and no entry says that it was removed';
    expect(verifyJournal(before)).toEqual({ ok: false, seq: 3, reason });
    const db = new Database(folder.file);
    db.exec(`INSERT INTO entries SELECT seq, time_unix_us, kind, incident, '{}', previous_hash, hash FROM bare;
      DELETE FROM bare`);
    db.close();
    expect(verifyStored(signed.journal)).toMatchObject({ ok: false, seq: 3 });
  });

  it('does not hide that content was changed before it was removed', () => {
    add('user.added');
    const db = new Database(folder.file);
    db.exec("UPDATE entries SET content = replace(content, '4711', '4712') WHERE seq = 3");
    db.close();
    signed.clock.advance(31 * DAY_MS);
    keep();
    const reason = 'its content was changed';
    expect(verifyStored(signed.journal)).toEqual({ ok: false, seq: 3, reason });
  });

  it('runs by itself, an hour after the start and then daily, a little at a time', () => {
    for (let index = 0; index < 600; index += 1) add('user.added', undefined, { index });
    signed.clock.advance(31 * DAY_MS);
    const forgotten: number[] = [];
    const { journal, clock } = signed;
    const retention = new Retention({
      ...{ journal, clock, log: silentLogger, keepDays: 30 },
      forget: (beforeUnixUs) => forgotten.push(beforeUnixUs),
    });
    retention.start();
    clock.advance(60 * 60_000 - 1);
    expect(removed()).toEqual([]);
    clock.advance(1);
    expect(removed()).toHaveLength(250);
    clock.advance(60_000);
    expect(removed()).toHaveLength(600);
    expect(forgotten).toHaveLength(1);
    expect(filesWith(PLANTED)).toEqual([]);
    add('user.added');
    clock.advance(30 * DAY_MS);
    expect(removed()).toHaveLength(600);
    clock.advance(2 * DAY_MS);
    expect(removed()).toHaveLength(601);
    retention.stop();
    expect(clock.timers).toBe(0);
  });
});
