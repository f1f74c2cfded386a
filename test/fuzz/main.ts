import { parseArgs } from 'node:util';
import { describe } from '../../src/core/errors.ts';
import { fuzz } from './fuzz.ts';
import { pasteable } from './paste.ts';
import { TARGETS } from './targets.ts';

const USAGE = `Throws random and mutated input at every parser of what others send.

  npm run fuzz -- [--runs N] [--seed N] [--target TEXT]     [--record]

  --runs    inputs in all, divided over the targets (1,000,000)
  --seed    the same seed gives the same inputs (the time)
  --target  only targets whose name contains this
  --record  instead: record anew what ffmpeg and GStreamer send, as seeds`;

/** One input in so many is repeated to see what a parser keeps; each takes some hundredths of a second. */
const MEMORY_EVERY = 2_000;

/** @returns the exit code: 1 when something was found. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) console.log(USAGE);
    else return run(options);
    return 0;
  } catch (error) {
    console.error(`fuzz: ${describe(error)}`);
    return 1;
  }
}

function parseOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      target: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  return { ...values, runs: wholeNumber(values.runs), seed: wholeNumber(values.seed) };
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${text} is no whole number`);
  return Number(text);
}

function run({ runs, seed, target }: { runs: number; seed: number; target: string }): number {
  const chosen = TARGETS.filter(({ name }) => name.toLowerCase().includes(target.toLowerCase()));
  if (chosen.length === 0) throw new Error(`there is no target with ${target} in its name`);
  const each = Math.ceil(runs / chosen.length);
  console.log(`seed ${seed}, ${each} inputs for each of ${chosen.length} targets`);
  let found = 0;
  for (const one of chosen) {
    const before = process.cpuUsage();
    const began = performance.now();
    const progress = meter(one.name, each);
    const findings = fuzz(one, { runs: each, seed, memoryEvery: MEMORY_EVERY, progress });
    const { user, system } = process.cpuUsage(before);
    const cpuS = ((user + system) / 1e6).toFixed(1);
    const wallS = ((performance.now() - began) / 1e3).toFixed(1);
    console.log(`| ${one.name} | ${each} | ${cpuS} s CPU, ${wallS} s | ${findings.length} |`);
    for (const finding of findings) console.log(`\n${pasteable(finding)}\n`);
    found += findings.length;
  }
  console.log(`${each * chosen.length} inputs, ${found} findings`);
  return found === 0 ? 0 : 1;
}

/** Says on standard error how far it is, now and then. */
function meter(name: string, runs: number): (done: number) => void {
  const step = Math.max(1, Math.floor(runs / 10));
  return (done) => {
    if (done % step === 0) console.error(`${name}: ${done} of ${runs}`);
  };
}
