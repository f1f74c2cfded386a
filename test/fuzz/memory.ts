import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Finding } from './judge.ts';
import type { Input, Target } from './target.ts';

/** Of inputs of a few bytes. */
const MAX_ROUNDS = 16_384;
/** Of the engine: what it has compiled, what it has not yet given back. */
const SLACK_BYTES = 4 * 1024 * 1024;
/** Memory is given back in the background; it is looked at again when there seems to be too much. */
const TRIES = 5;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/**
 * Gives the parser the same input over and over, each piece in memory of its own as a socket does it,
 * and looks at what the process holds while the parser still exists.
 */
export function memoryFinding(target: Target, input: Input): Finding | undefined {
  const { holdsBytes } = target;
  const bytes = input.reduce((sum, piece) => sum + piece.length, 0);
  if (holdsBytes === undefined || bytes === 0) return undefined;
  const most = holdsBytes + SLACK_BYTES;
  const before = heldBytes();
  let held = 0;
  const measure = () => {
    for (let i = 0; i === 0 || (i < TRIES && held > most); i += 1) {
      held = heldBytes() - before;
    }
  };
  try {
    target.run(repeated(target, input, 2 * most, measure), () => undefined);
  } catch {
    // A typed error: judge() has seen it.
  }
  if (held <= most) return undefined;
  const mib = (count: number) => `${Math.round(count / 2 ** 20)} MiB`;
  const fault = `${mib(held)} held of ${mib(holdsBytes)} allowed`;
  return { target: target.name, kind: 'memory', fault, input };
}

/** So many bytes of it; calls `done` when the last piece has been read, before the parser learns that it was the last. */
function* repeated(
  target: Target,
  input: Input,
  bytes: number,
  done: () => void,
): Generator<Buffer> {
  let given = 0;
  for (let round = 0; given < bytes && round < MAX_ROUNDS; round += 1) {
    for (const piece of input) {
      const again = target.again?.(piece, round) ?? piece;
      const own = Buffer.allocUnsafeSlow(again.length);
      again.copy(own);
      given += own.length;
      yield own;
    }
  }
  done();
}

function heldBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
