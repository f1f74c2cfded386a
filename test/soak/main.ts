import { parseArgs } from 'node:util';
import { faultsOf } from './judge.ts';
import { soak } from './soak.ts';

/** `npm run soak -- --minutes 30`. @returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      cameras: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [minutes, cameras, seed] = [values.minutes, values.cameras, values.seed].map(Number);
  const figures = await soak({
    ...{ minutes: minutes ?? 30, cameras: cameras ?? 20, seed: seed ?? 1 },
    say: (line) => console.error(line),
  });
  console.log(JSON.stringify(figures, null, 2));
  const faults = faultsOf(figures);
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}
