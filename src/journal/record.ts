/** Who may do what; see the table in `access/`. `gateway` is the daemon itself. */
export type Role =
  | 'operator'
  | 'supervisor'
  | 'admin'
  | 'auditor'
  | 'dispatcher'
  | 'consumer'
  | 'source'
  | 'gateway';

/** Who did it, as the journal remembers it. */
export interface Actor {
  readonly user: string;
  readonly role: Role;
  /** The control room that a police-side caller belongs to. */
  readonly controlRoom?: string;
  /** Network address the caller came from. */
  readonly address?: string;
}

export const GATEWAY_ACTOR: Actor = { user: 'gateway', role: 'gateway' };

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** An event on its way into the journal. */
export interface NewEntry {
  /** Dotted and stable, e.g. `incident.opened`. */
  readonly kind: string;
  readonly actor: Actor;
  readonly incident?: string;
  readonly data: JsonObject;
}

/** An event in the journal. */
export interface Entry extends NewEntry {
  /** Counts from 1 without gaps. */
  readonly seq: number;
  /** Unix µs. */
  readonly timeUnixUs: number;
  /** SHA-256 of the entry before, lower-case hex; 64 zeros for the first. */
  readonly previousHash: string;
  /** 128 random bits, lower-case hex: what was removed later cannot be guessed from its hash. */
  readonly salt: string;
  /** SHA-256 over the canonical encoding of everything above, lower-case hex (docs/design/journal.md). */
  readonly hash: string;
}

/**
 * What is left of an entry of which the content (actor, data, salt) was taken out: by retention, or
 * because it belongs to something else than an extract is about. Its hash can still be checked.
 */
export interface BareEntry {
  readonly seq: number;
  readonly timeUnixUs: number;
  readonly kind: string;
  readonly incident?: string;
  readonly previousHash: string;
  /** SHA-256 of what was taken out, lower-case hex. */
  readonly content: string;
  readonly hash: string;
}

export type AnyEntry = Entry | BareEntry;

export function isBare(entry: AnyEntry): entry is BareEntry {
  return 'content' in entry;
}

/** Kinds of the journal about itself: they hold nothing of anybody, and are never removed. */
export function isOwnKind(kind: string): boolean {
  return kind.startsWith('journal.');
}

/** The place and hash of the newest entry. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

export interface ReadOptions {
  /** Only entries with a greater sequence number. */
  readonly after?: number;
  readonly incident?: string;
  readonly limit?: number;
}

/**
 * The record of everything that happened. `append` returns only when the entry is on the disk; when
 * it throws (`journal-unwritable`), what it was to record must not happen.
 */
export interface Journal {
  append(entry: NewEntry): Entry;
  /** All of them or none, in one write: many at once cost as much waiting for the disk as one. */
  appendAll(entries: readonly NewEntry[]): readonly Entry[];
  /** Those that have their content still. */
  read(options?: ReadOptions): Iterable<Entry>;
  /** The same with those of which the content was removed: every link of the chain. */
  chain(options?: ReadOptions): Iterable<AnyEntry>;
  /** The newest entry's place and hash; sequence 0 in an empty journal. */
  head(): Head;
  /** Whether the newest attempt to append reached the disk; true before the first. */
  readonly healthy: boolean;
  /** Since when nothing could be appended, Unix µs; undefined while it can. */
  readonly failingSinceUnixUs: number | undefined;
  /** Calls `listener` whenever `healthy` has changed. Returns how to stop that. */
  onHealth(listener: (healthy: boolean) => void): () => void;
  close(): void;
}
