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
    const verdict = spawnSync('systemd-analyze', ['verify', unitFile()], { encoding: 'utf8' });
    expect(verdict.error).toBeUndefined();
    expect({ status: verdict.status, says: verdict.stderr }).toEqual({ status: 0, says: '' });
  });

  it('has a unit whose exposure is 1.5 or less, each exception with its weight and reason', () => {
    const security = (...options: string[]) =>
      spawnSync('systemd-analyze', ['security', '--offline=true', ...options, unitFile()], {
        encoding: 'utf8',
      });
    expect(security('--threshold=15')).toMatchObject({ status: 0 });
    const findings: { set: boolean; json_field: string; exposure: string | null }[] = JSON.parse(
      security('--json=short').stdout,
    );
    const exposed = findings.filter(({ exposure }) => exposure !== null);
    // Whoever lets the service do more explains it in the unit, and here.
    expect(exposed.map(({ json_field }) => json_field).sort()).toEqual(EXCEPTIONS);
    const explained = [...UNIT.matchAll(/\[(\d\.\d(?: \+ \d\.\d)*)\]/g)];
    const weights = explained.flatMap(([, sum = '']) => sum.split(' + ')).sort();
    expect(weights).toEqual(exposed.map(({ exposure }) => exposure).sort());
  });
});

const UNIT = readFileSync(new URL('../../systemd/liveview.service', import.meta.url), 'utf8');
const EXCEPTIONS = [
  'DeviceAllow',
  'IPAddressDeny',
  'MemoryDenyWriteExecute',
  'PrivateNetwork',
  'RestrictAddressFamilies_AF_INET_INET6',
  'RestrictAddressFamilies_AF_UNIX',
  'RestrictNamespaces_net',
  'RestrictNamespaces_user',
  'RootDirectoryOrRootImage',
  'SystemCallFilter_resources',
];

function unitFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'liveview.service');
  writeFileSync(file, UNIT.replace('/usr/bin/liveview', '/bin/true'));
  return file;
}
