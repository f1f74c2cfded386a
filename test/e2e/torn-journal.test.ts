import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
import { runCli } from '../support/cli.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const config = { cameras: [{ id: 'shop-1', rtsp: { main: 'rtsp://127.0.0.1:1/' } }] };
const running: ServeRun[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.stop('SIGKILL')));
});

function launch(dataDir?: string): ServeRun {
  const run = ServeRun.launch({ config, ...(dataDir === undefined ? {} : { dataDir }) });
  running.push(run);
  return run;
}

async function start(dataDir?: string): Promise<ServeRun> {
  const run = launch(dataDir);
  await run.ready();
  return run;
}

const verify = (dataDir: string) => runCli(['journal', 'verify', '--data-dir', dataDir]);

async function opened(run: ServeRun): Promise<string> {
  const { id } = await (await run.operator()).call<Incident>('POST', '/v1/incidents', {
    ...{ type: 'robbery', site: 'site', summary: '', cameras: ['shop-1'] },
  });
  return id;
}

/** Notes that are being written at the same time; resolves with those that were confirmed when it was killed. */
async function killedWhileNoting(
  run: ServeRun,
  incident: string,
  round: number,
): Promise<string[]> {
  const operator = await run.operator();
  const confirmed: string[] = [];
  let going = true;
  const writer = async (name: number) => {
    for (let count = 0; going; count += 1) {
      const note = `${round}/${name}/${count}`;
      const answer = await operator
        .fetch(`/v1/incidents/${incident}`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ note }),
        })
        .catch(() => undefined);
      if (!answer) return;
      if (answer.ok) confirmed.push(note);
    }
  };
  const writers = [1, 2, 3, 4].map(writer);
  await until('notes are confirmed', () => confirmed.length >= 12);
  await run.stop('SIGKILL');
  going = false;
  await Promise.all(writers);
  return confirmed;
}

/** A gateway that was killed with its log full of what it had confirmed. */
async function killed(): Promise<{ dataDir: string; incident: string; wal: string }> {
  const run = await start();
  const incident = await opened(run);
  await run.stop('SIGKILL');
  const wal = join(run.dataDir, 'journal.db-wal');
  expect(statSync(wal).size).toBeGreaterThan(4_152);
  return { dataDir: run.dataDir, incident, wal };
}

describe('a gateway that is killed in the middle of a write', () => {
  it('has everything that it had confirmed, however often', async () => {
    let run = await start();
    const incident = await opened(run);
    const confirmed: string[] = [];
    for (const round of [1, 2, 3]) {
      confirmed.push(...(await killedWhileNoting(run, incident, round)));
      run = await start(run.dataDir);
      const path = `/v1/incidents/${incident}`;
      const { notes } = await (await run.operator()).call<Incident>('GET', path);
      expect(notes.map(({ text }) => text)).toEqual(expect.arrayContaining(confirmed));
      expect(await verify(run.dataDir)).toMatchObject({ code: 0 });
    }
  });

  it('starts, says what it leaves out, and so does verify, before and after', async () => {
    const { dataDir, incident, wal } = await killed();
    // The beginning of one more frame of this log, as a disk has it that got no further.
    const bytes = readFileSync(wal);
    const frame = 24 + bytes.readUInt32BE(8);
    appendFileSync(wal, bytes.subarray(bytes.length - frame).subarray(0, 1_000));
    const copy = mkdtempSync(join(tmpdir(), 'liveview-torn-'));
    cpSync(dataDir, copy, { recursive: true, filter: (file) => !file.endsWith('.lock') });
    const told = await verify(copy);
    expect(told).toMatchObject({ code: 0 });
    expect(told.stderr).toContain('1000 bytes of a write that is not finished');

    const run = await start(dataDir);
    await run.process
      .logged(/^.*nothing of it had been confirmed.*$/m)
      .then(([line]) => expect(JSON.parse(line)).toMatchObject({ bytes: 1_000 }));
    const path = `/v1/incidents/${incident}`;
    expect(await (await run.operator()).call('GET', path)).toMatchObject({ state: 'open' });
    const again = await verify(dataDir);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/^entry \d+: a write of 1000 bytes had been interrupted/m);
    await run.stop('SIGKILL');
    const third = await start(dataDir);
    expect(third.process.stderr).not.toContain('had been interrupted');
  });

  it('does not start without what it had confirmed, until somebody says that it may', async () => {
    const { dataDir, wal } = await killed();
    truncateSync(wal, statSync(wal).size - 100);
    const refused = launch(dataDir);
    expect(await refused.process.ended()).toBe(1);
    expect(refused.process.stderr).toMatch(
      /journal entry \d+: .*were confirmed, and they are not all there; put back a copy .* or remove .*journal\.head/,
    );
    expect(await verify(dataDir)).toMatchObject({ code: 6 });
    rmSync(join(dataDir, 'journal.head'));
    await start(dataDir);
    expect(await verify(dataDir)).toMatchObject({ code: 0 });
  });

  it('does not start on a database of which the last page is gone, and verify says so', async () => {
    const run = await start();
    await opened(run);
    expect(await run.stop('SIGTERM')).toBe(0);
    const file = join(run.dataDir, 'journal.db');
    rmSync(`${file}-wal`, { force: true });
    truncateSync(file, statSync(file).size - 4_096);
    const refused = launch(run.dataDir);
    expect(await refused.process.ended()).toBe(1);
    expect(refused.process.stderr).toMatch(/^liveview: .*journal/m);
    expect(await verify(run.dataDir)).toMatchObject({ code: 6 });
  });
});
