import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExportOptions, exportJournal } from '../../src/journal/export.ts';
import { KeyFile } from '../../src/journal/key-file.ts';
import { KeyRing } from '../../src/journal/key-ring.ts';
import type { Actor } from '../../src/journal/record.ts';
import type { Signer } from '../../src/journal/signature.ts';
import { openJournal, type SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { ManualClock } from '../support/manual-clock.ts';

export const OLGA: Actor = { user: 'olga', role: 'operator' };
export const DAAN: Actor = { user: 'daan', role: 'dispatcher', controlRoom: 'rotterdam' };

/** A folder for one test; call `dispose` when done. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'liveview-journal-'));

  get file(): string {
    return join(this.path, 'journal.db');
  }

  /** A data directory of its own within. */
  below(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path);
    return path;
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A journal of `count` entries of two incidents. */
export function filled(file: string, count: number): SqliteJournal {
  const clock = new ManualClock();
  const journal = openJournal(file, { clock });
  fill(journal, clock, count);
  return journal;
}

export function fill(journal: SqliteJournal, clock: ManualClock, count: number): void {
  for (let index = 1; index <= count; index += 1) {
    clock.advance(1_500);
    journal.append({
      kind: 'incident.updated',
      actor: index % 2 === 0 ? OLGA : DAAN,
      incident: index % 3 === 0 ? 'inc_b' : 'inc_a',
      data: { note: `regel ${index} · één\u001f`, index },
    });
  }
}

/** A journal that signs itself, and what signs it. */
export class SignedJournal {
  readonly clock = new ManualClock();
  readonly keyFile: KeyFile;
  readonly keys: KeyRing;
  readonly journal: SqliteJournal;

  constructor(dataDir: string) {
    this.keyFile = new KeyFile(dataDir);
    this.keys = new KeyRing(this.keyFile, undefined, this.clock);
    const file = join(dataDir, 'journal.db');
    this.journal = openJournal(file, { clock: this.clock, keys: this.keys });
  }

  get key(): string {
    return this.journal.announcedKey() ?? '';
  }

  /** Another key signs from here on, as `liveview journal rekey` does it. */
  rekey(lost = false): Signer {
    const [announced, make] = [this.key, () => this.keyFile.makeNext()];
    const previous = lost ? undefined : this.keys.signerOf(announced);
    const next = this.journal.announceKey(OLGA, { announced, previous, make });
    this.keyFile.adoptNext(next.key);
    return next;
  }

  /** The incident is closed, with the signature that follows. */
  close(incident: string): void {
    const data = { outcome: 'resolved', note: '' };
    this.journal.append({ kind: 'incident.closed', actor: OLGA, incident, data });
  }

  export(incident?: string): string[] {
    const signer = this.keys.signerOf(this.key);
    return exported(this.journal, { signer, ...(incident === undefined ? {} : { incident }) });
  }
}

export function exported(journal: SqliteJournal, options: Partial<ExportOptions> = {}): string[] {
  return [...exportJournal(journal, { timeUnixUs: 1_767_225_700_000_000, ...options })];
}
