import type { Finding } from './judge.ts';

/** More are shown as one, and where it is cut. */
const MAX_PIECES = 12;

/** A finding for people: what is wrong, and the input as it can be pasted into a test. */
export function pasteable({ target, kind, fault, input }: Finding): string {
  const bytes = input.reduce((sum, piece) => sum + piece.length, 0);
  const shown = input.length > MAX_PIECES ? [Buffer.concat(input)] : input;
  const pieces = shown.map((piece) => `  ${literal(piece)},`);
  const lengths =
    shown === input
      ? ''
      : ` of ${input
          .map(({ length }) => length)
          .join(' ')
          .slice(0, 200)}`;
  return [
    `${target}: ${kind}: ${fault}`,
    `${bytes} bytes in ${input.length} pieces${lengths}:`,
    '[',
    ...pieces,
    ']',
  ].join('\n');
}

/** Runs of one byte are written as such: most slow inputs consist of one. */
function literal(piece: Buffer): string {
  const run = longestRun(piece);
  if (run.length < 64) return plain(piece);
  const parts = [piece.subarray(0, run.start), piece.subarray(run.start + run.length)];
  const [before = '', after = ''] = parts.map(plain);
  const value = `0x${(piece[run.start] ?? 0).toString(16)}`;
  return `Buffer.concat([${before}, Buffer.alloc(${run.length}, ${value}), ${after}])`;
}

function plain(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (/^[\n\r\t\x20-\x7e]*$/.test(text)) return `Buffer.from(${JSON.stringify(text)})`;
  return `Buffer.from('${bytes.toString('hex')}', 'hex')`;
}

function longestRun(bytes: Buffer): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < bytes.length; ) {
    let end = start + 1;
    while (bytes[end] === bytes[start] && end < bytes.length) end += 1;
    if (end - start > best.length) best = { start, length: end - start };
    start = end;
  }
  return best;
}
