import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
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

  it('has a unit that systemd accepts', () => {
    const unit = readFileSync(new URL('../../systemd/liveview.service', import.meta.url), 'utf8');
    const file = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'liveview.service');
    writeFileSync(file, unit.replace('/usr/bin/liveview', '/bin/true'));
    const verdict = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    expect(verdict.error).toBeUndefined();
    expect({ status: verdict.status, says: verdict.stderr }).toEqual({ status: 0, says: '' });
  });
});
