import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import Database from 'libsql';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { ApiCaller } from '../support/api-caller.ts';
import { NotifyListener } from '../support/notify-listener.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

let run: ServeRun | undefined;
let manager: NotifyListener | undefined;

afterEach(async () => {
  await run?.stop('SIGKILL');
  manager?.close();
});

describe('under systemd', () => {
  it('tells when it is ready, reloading, alive and stopping', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'notify');
    manager = await NotifyListener.open(path);
    const heard = (test: (message: string) => boolean) =>
      until('a message', () => manager?.messages.find(test));
    run = await ServeRun.start({
      config: { cameras: [{ id: 'a', rtsp: { main: 'rtsp://127.0.0.1:1/' } }] },
      env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' },
    });
    await heard((message) => message === 'READY=1');
    await until('three beats', () => {
      const beats = manager?.messages.filter((message) => message === 'WATCHDOG=1') ?? [];
      return beats.length >= 3;
    });
    run.process.child.kill('SIGHUP');
    await heard((message) => /^RELOADING=1\nMONOTONIC_USEC=\d+$/.test(message));
    await until('ready again', () => {
      const ready = manager?.messages.filter((message) => message === 'READY=1') ?? [];
      return ready.length === 2;
    });
    expect(await run.stop('SIGTERM')).toBe(0);
    await heard((message) => message === 'STOPPING=1');
  });

  it('stays alive while nothing can be recorded, says so, and records again by itself', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'notify');
    manager = await NotifyListener.open(path);
    const beats = () => manager?.messages.filter((message) => message === 'WATCHDOG=1').length ?? 0;
    run = await ServeRun.start({
      config: { cameras: [{ id: 'a', rtsp: { main: 'rtsp://127.0.0.1:1/' } }] },
      env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' },
    });
    await until('a beat', () => beats() > 0);
    const file = join(run.dataDir, 'journal.db');
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const { centre } = await run.ready();
    await expect(ApiCaller.logIn(centre, 'nobody', 'what is not known')).rejects.toThrow('503');
    await run.process.logged(/nothing can be recorded/);
    const during = beats();
    await until('it beats all the same', () => beats() > during);
    expect(run.process.stderr).not.toContain('recorded again');
    other.exec('ROLLBACK');
    other.close();
    await run.process.logged(/recorded again/);
    const journal = openJournal(file);
    expect([...journal.read()].map(({ kind }) => kind)).toContain('journal.resumed');
    journal.close();
  });

  it('has a unit that systemd accepts', () => {
    const unit = readFileSync(new URL('../../systemd/liveview.service', import.meta.url), 'utf8');
    const file = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'liveview.service');
    writeFileSync(file, unit.replace('/usr/bin/liveview', '/bin/true'));
    const verdict = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    expect(verdict.error).toBeUndefined();
    expect({ status: verdict.status, says: verdict.stderr }).toEqual({ status: 0, says: '' });
  });
});
