import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actor, Journal } from '../../src/journal/record.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { ManualClock } from '../support/manual-clock.ts';

export const OLGA: Actor = { user: 'olga', role: 'operator' };
export const DAAN: Actor = { user: 'daan', role: 'dispatcher', controlRoom: 'rotterdam' };

/** A folder for one test; call `dispose` when done. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'liveview-journal-'));

  get file(): string {
    return join(this.path, 'journal.db');
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A journal of `count` entries of two incidents. */
export function filled(file: string, count: number): Journal {
  const clock = new ManualClock();
  const journal = openJournal(file, { clock });
  for (let index = 1; index <= count; index += 1) {
    clock.advance(1_500);
    journal.append({
      kind: 'incident.updated',
      actor: index % 2 === 0 ? OLGA : DAAN,
      incident: index % 3 === 0 ? 'inc_b' : 'inc_a',
      data: { note: `regel ${index} · één\u001f`, index },
    });
  }
  return journal;
}
