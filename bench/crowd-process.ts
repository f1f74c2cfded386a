import { sleep } from '../src/core/clock.ts';
import type { Bench, Row } from './bench.ts';
import type { CrowdOrder, CrowdReport } from './crowd.ts';
import { disturbances, loadBetween, snapshot } from './load.ts';
import { CAMERA_FPS } from './measure.ts';
import { ask, startProgram } from './program.ts';

const FEWER = 0.95;

/** Lets a crowd watch what a contender sends, and measures both. */
export async function measureCrowd(
  { folder, offsetUs, clock, pace }: Bench,
  pid: number,
  order: Omit<CrowdOrder, 'offsetUs'>,
  head: Pick<Row, 'id' | 'measured' | 'contender' | 'rival'>,
): Promise<{ row: Row; pictureBytes: readonly number[] }> {
  const { child } = await startProgram(folder, 'crowd', { ...order, offsetUs });
  try {
    await sleep(clock, pace.warmUpMs);
    const before = snapshot(clock, pid);
    await ask(child, 'crowd', { open: true });
    await sleep(clock, pace.measureMs);
    const report = (await ask(child, 'crowd', { open: false })) as CrowdReport;
    const { spread, fewest, most, pictureBytes } = report;
    const after = snapshot(clock, pid);
    // At the edges of the measurement one viewer may be a picture ahead of another.
    const load = { lost: Math.max(0, most - fewest - 1), ...loadBetween(before, after) };
    const expected = ((after.atMs - before.atMs) * CAMERA_FPS) / 1_000;
    const warnings = [
      ...(fewest < expected * FEWER
        ? [`one viewer received ${fewest} pictures of about ${Math.round(expected)}`]
        : []),
      ...disturbances(load),
    ];
    return { row: { ...head, ...spread, load, warnings }, pictureBytes };
  } finally {
    await child.stop();
  }
}
