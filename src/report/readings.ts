import type { Actor, Entry } from '../journal/record.ts';
import { count } from './fields.ts';

/** Somebody has read a note, by their own word. */
export interface NoteRead {
  readonly actor: Actor;
  readonly atUnixUs: number;
}

/** Who has read which notes of the log of one incident, as its entries tell it. */
export class Readings {
  readonly #marks: (NoteRead & { readonly from: number; readonly upTo: number })[] = [];
  /** By reader: how far. */
  readonly #upTo = new Map<string, number>();

  add({ kind, data, actor, timeUnixUs: atUnixUs }: Entry): void {
    if (kind !== 'log.read') return;
    const key = JSON.stringify([actor.user, actor.controlRoom]);
    const from = this.#upTo.get(key) ?? 0;
    const upTo = count(data, 'upTo') ?? 0;
    if (upTo <= from) return;
    this.#upTo.set(key, upTo);
    this.#marks.push({ actor, atUnixUs, from, upTo });
  }

  /** @param index of the note; the first is 0. */
  of(index: number): NoteRead[] {
    return this.#marks.filter(({ from, upTo }) => from <= index && index < upTo);
  }
}
