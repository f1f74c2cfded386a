import { createHash } from 'node:crypto';
import { canonical, type Json } from './canonical.ts';
import { Fault } from './fault.ts';
import { type Kept, type Result, Verification } from './rules.ts';
import { entryOf, type Header, headerOf, isLastLine } from './shapes.ts';

/** @param lines without their line ends. */
export function verify(lines: Iterable<string>, kept: Kept = {}): Result {
  try {
    return verifyLines(lines, kept);
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, seq: fault.seq, reason: fault.message };
    throw fault;
  }
}

function verifyLines(lines: Iterable<string>, kept: Kept): Result {
  const digest = createHash('sha256');
  let header: Header | undefined;
  let verification: Verification | undefined;
  let ended = false;
  for (const text of lines) {
    const seq = verification?.next ?? 0;
    const line = parse(text, seq);
    if (ended) throw new Fault(seq, 'something follows the end of the export');
    if (!verification) {
      header = headerOf(line);
      verification = new Verification(header, kept);
    } else if (header?.isSigned && isLastLine(line)) {
      verification.lastLine(line, digest.digest('hex'));
      ended = true;
      continue;
    } else {
      const entry = entryOf(line);
      if (!entry) throw new Fault(seq, 'it is no entry');
      verification.entry(entry);
    }
    digest.update(`${text}\n`);
  }
  if (!verification) throw new Fault(0, 'this is not an export of a journal');
  if (header?.isSigned && !ended) {
    throw new Fault(verification.next, 'the end of the export is missing');
  }
  return verification.end();
}

/** Rule 1: what is not its own canonical text was written by somebody else. */
function parse(text: string, seq: number): Json {
  try {
    const value: Json = JSON.parse(text);
    if (canonical(value) === text) return value;
  } catch {
    // The same fault.
  }
  throw new Fault(seq, 'its text is not canonical JSON');
}
