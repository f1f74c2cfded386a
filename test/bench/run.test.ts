import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Row } from '../../bench/bench.ts';
import type { Report } from '../../bench/report.ts';

const RUN = fileURLToPath(new URL('../../bench/run.js', import.meta.url));
const run = promisify(execFile);

/** That it works and what kind of figures it gives; how large they are depends on the machine. */
describe('a quick run of the benchmarks', () => {
  const output = mkdtempSync(join(tmpdir(), 'liveview-bench-test-'));
  let table = '';
  let report: Report;

  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [RUN, '--quick', '--output', output], {
      timeout: 280_000,
    });
    table = stdout;
    const [file = ''] = readdirSync(output);
    report = JSON.parse(readFileSync(join(output, file), 'utf8'));
  }, 300_000);

  afterAll(() => rmSync(output, { recursive: true, force: true }));

  const row = (id: string): Row => {
    const found = report.rows.find((candidate) => candidate.id === id);
    if (!found) throw new Error(`no row ${id}`);
    return found;
  };

  it.each([
    ['packaged', 20],
    ['packaged-ffmpeg', 20],
    ['packaged-3-ready', 20],
    ['packaged-3-watched', 20],
    ['viewers-20', 20],
    ['viewers-20-ws', 20],
    ['viewers-20-tight', 20],
    ['viewers-20-tight-ws', 20],
    ['transcoded-720', 5],
    ['transcoded-720-ffmpeg', 5],
    ['transcoded-360', 5],
    ['transcoded-360-ffmpeg', 5],
  ])('counts the pictures of %s', (id, fewest) => {
    expect(row(id).count).toBeGreaterThan(fewest);
  });

  it.each(['packaged', 'packaged-3-ready', 'packaged-3-watched', 'viewers-20'])(
    'loses none of %s on a machine that has time for it',
    (id) => {
      const { load, warnings } = row(id);
      const disturbed = warnings.some((text) => /^the (machine|camera)/.test(text));
      expect({ id, disturbed, none: load?.lost === 0 }).toEqual({
        ...{ id, disturbed },
        none: disturbed ? expect.any(Boolean) : true,
      });
    },
  );

  it('recognises each picture, so that its delay is its own', () => {
    const warnings = report.rows.flatMap((candidate) => candidate.warnings);
    expect(warnings.filter((text) => text.includes('do not say'))).toEqual([]);
  });

  it('gives times in order, of which none is earlier than the camera', () => {
    for (const { p50Ms, p95Ms, p99Ms, maxMs } of report.rows) {
      expect(p50Ms).toBeGreaterThan(0);
      expect([p50Ms, p95Ms, p99Ms, maxMs]).toEqual(
        [p50Ms, p95Ms, p99Ms, maxMs].sort((a, b) => a - b),
      );
    }
  });

  it('joins as often as it says', () => {
    expect(row('join').count).toBe(5);
    expect(row('join-cold').count).toBe(1);
    expect(row('join-cold-ffmpeg').count).toBe(1);
  });

  it('moves, stops, switches and withdraws as often as it says', () => {
    const ids = ['ptz-move', 'ptz-accepted', 'ptz-stop', 'ptz-dead-man', 'switch', 'withdraw'];
    expect(ids.map((id) => row(id).count)).toEqual([4, 4, 2, 2, 4, 4]);
    expect(row('withdraw').warnings).toEqual([]);
  });

  it('includes the encoder in what the gateway takes', () => {
    expect(row('packaged').load?.processes).toBe(1);
    expect(row('transcoded-360').load?.processes).toBe(2);
  });

  it('compares each contender with its rival', () => {
    expect(report.comparisons.map(({ id, rival }) => [id, rival])).toEqual([
      ['packaged', 'packaged-ffmpeg'],
      ['transcoded-720', 'transcoded-720-ffmpeg'],
      ['transcoded-360', 'transcoded-360-ffmpeg'],
      ['join-cold', 'join-cold-ffmpeg'],
      ['beside-slow', 'beside-nobody'],
      ['beside-dead', 'beside-nobody'],
      ['viewers-20', 'viewers-20-ws'],
      ['viewers-20-tight', 'viewers-20-tight-ws'],
    ]);
    for (const { delay } of report.comparisons) expect(Number.isFinite(delay)).toBe(true);
  });

  it('prints the same as a table and says that the run was a quick one', () => {
    for (const { id } of report.rows) expect(table).toContain(`| ${id} |`);
    expect(table).toContain(report.machine.processor);
    expect(table).toContain('these figures mean nothing');
  });
});
