import { type ExportHeader, type JournalExport, readExport } from './export.ts';
import type { Fault, Gaps } from './link-check.ts';
import type { AnyEntry } from './record.ts';
import { exportText, isSigned } from './signature.ts';
import { NOT_SIGNED } from './signature-check.ts';
import { ChainCheck, type Kept, type Sound, type Verdict } from './verify.ts';

export interface ExportSigned {
  readonly key: string;
  /** By the clock of the gateway. */
  readonly timeUnixUs: number;
  /** Whether it is a key that was kept elsewhere, or one that such a key vouches for. */
  readonly kept: boolean;
}

export type ExportVerdict =
  | (Sound & {
      /** The incident of which it is an extract; `entries` are its own. */
      readonly incident: string | null;
      /** By whom the whole of it is signed; null when it is not. */
      readonly exported: ExportSigned | null;
    })
  | Extract<Verdict, { ok: false }>;

/** Verifies an export by itself: neither gateway nor database is needed. */
export function verifyExport(lines: Iterable<string>, kept: Kept = {}): ExportVerdict {
  let file: JournalExport;
  try {
    file = readExport(lines);
  } catch {
    return { ok: false, seq: 0, reason: 'this is not an export of a journal' };
  }
  const { head, incident } = file.header;
  const check = new ChainCheck({ head, kept }, gapsOf(file.header));
  const counted = { entries: 0 };
  const fault =
    check.addAll(counting(file.entries, incident, counted)) ?? trailerFault(file, check);
  if (fault) return { ok: false, ...fault };
  const exported = signedBy(file, check);
  const missing = check.end(exported?.kept);
  if (missing) return { ok: false, ...missing };
  const sound = check.sound();
  if (incident === null) return { ...sound, incident, exported };
  return { ...sound, ...counted, removed: 0, incident, exported };
}

function gapsOf({ format, incident }: ExportHeader): Gaps {
  if (incident === null) return 'none';
  return format === 'liveview.journal.v1' ? 'any' : 'around';
}

function* counting(
  entries: Iterable<AnyEntry>,
  incident: string | null,
  counted: { entries: number },
): Iterable<AnyEntry> {
  for (const entry of entries) {
    if (entry.incident === incident) counted.entries += 1;
    yield entry;
  }
}

function trailerFault(file: JournalExport, check: ChainCheck): Fault | undefined {
  if (!file.hasTrailer) return undefined;
  const seq = check.head.seq + 1;
  const trailer = file.trailer();
  if (!trailer) return { seq, reason: 'the end of the export is missing' };
  const { said, sha256 } = trailer;
  if (said.sha256 !== sha256) return { seq, reason: 'the export is not what its last line says' };
  if (!('key' in said)) return undefined;
  const { key, timeUnixUs, signature } = said;
  if (key !== check.signatures.key) return { seq, reason: 'it is signed with a key of no journal' };
  if (isSigned(exportText(sha256, key, timeUnixUs), key, signature)) return undefined;
  return { seq, reason: NOT_SIGNED };
}

/** After `trailerFault` found none. */
function signedBy(file: JournalExport, check: ChainCheck): ExportSigned | null {
  const said = file.trailer()?.said;
  if (!said || !('key' in said)) return null;
  const { key, timeUnixUs } = said;
  return { key, timeUnixUs, kept: check.signatures.isTrusted(key) };
}
