/**
 * Verifies the exported journal of a Live View gateway, with Node 20 or newer and nothing else:
 *
 *   node verify-journal.mjs journal.jsonl [--key journal-key.pem] [--head SEQ:HASH] [--json]
 *
 * Give it the public key that was kept elsewhere since the gateway was installed, and the newest entry
 * that was noted down. Exit code 0: it holds. 6: it does not, and where. 2: wrong use.
 *
 * It is written from docs/design/journal.md and shares nothing with the gateway, so that one of the two
 * finds what the other would miss.
 */
import { createPublicKey } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Kept, Result } from './rules.ts';
import { verify } from './verify.ts';

const HOLDS = 0;
const WRONG_USE = 2;
const BROKEN = 6;

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { key: { type: 'string' }, head: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Error('name one exported journal');
    const result = verify(linesOf(file), { keys: keysOf(values.key), head: headOf(values.head) });
    console.log(values.json ? JSON.stringify(result, null, 2) : inWords(result));
    return result.ok ? HOLDS : BROKEN;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error('node verify-journal.mjs EXPORT [--key PEM] [--head SEQ:HASH] [--json]');
    return WRONG_USE;
  }
}

function inWords(result: Result): string {
  if (!result.ok) return printable(`It does not hold, at entry ${result.seq}: ${result.reason}.`);
  const { entries, lastSeq, removed, incident, signedSeq, signedByKept, exportSigned } = result;
  const unsaid =
    incident === null
      ? 'what came after the newest checkpoint in it may have been cut off'
      : 'entries of the incident before and behind these may have been left out';
  return [
    `It holds: ${entries} entries${incident === null ? '' : ` of ${incident}`}, up to entry ${lastSeq}.`,
    ...(removed > 0 ? [`Of ${removed} the content was removed after its term.`] : []),
    signedSeq > 0 ? `Checkpoints cover it up to entry ${signedSeq}.` : 'It has no checkpoint.',
    exportSigned
      ? 'The file as a whole is signed.'
      : `The file as a whole is not signed: ${unsaid}.`,
    signedByKept
      ? 'The key is the one that was kept, or one that it vouches for.'
      : 'No kept key was given: anybody could have made the key that signed it.',
  ]
    .map(printable)
    .join('\n');
}

/** Of a file that somebody made to move the cursor, and say on the screen what it does not say. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '�');
}

function keysOf(file: string | undefined): string[] {
  if (file === undefined) return [];
  const blocks = readFileSync(file, 'utf8').match(
    /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g,
  );
  if (!blocks) throw new Error(`${file} holds no public key in PEM`);
  return blocks.map((pem) => {
    const { crv, x = '' } = createPublicKey(pem).export({ format: 'jwk' });
    if (crv !== 'Ed25519') throw new Error(`${file} holds a key that is not Ed25519`);
    return Buffer.from(x, 'base64url').toString('hex');
  });
}

function headOf(text: string | undefined): Kept['head'] {
  if (text === undefined) return undefined;
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) throw new Error('write --head as SEQ:HASH');
  return { seq: Number(seq), hash };
}

const MAX_LINE_BYTES = 4 * 1024 * 1024;

function* linesOf(file: string): Iterable<string> {
  const descriptor = openSync(file, 'r');
  const chunk = Buffer.alloc(1024 * 1024);
  let rest = Buffer.alloc(0);
  try {
    for (
      let length = readSync(descriptor, chunk);
      length > 0;
      length = readSync(descriptor, chunk)
    ) {
      rest = Buffer.concat([rest, chunk.subarray(0, length)]);
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        yield textOf(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
      if (rest.length > MAX_LINE_BYTES) throw new Error(`${file} is no export: a line never ends`);
    }
    if (rest.length > 0) yield textOf(rest);
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes that are no UTF-8 are no part of an export, and never mended. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}
