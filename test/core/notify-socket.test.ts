import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createNotifier, startWatchdog } from '../../src/core/notify-socket.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NotifyListener } from '../support/notify-listener.ts';
import { until } from '../support/until.ts';

const listeners: NotifyListener[] = [];

async function listen(path: string): Promise<NotifyListener> {
  const listener = await NotifyListener.open(path);
  listeners.push(listener);
  return listener;
}

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
});

describe('the notify socket', () => {
  it.each([
    ['a path', () => join(mkdtempSync(join(tmpdir(), 'liveview-')), 'notify')],
    ['an abstract address', () => `@liveview-test-${process.pid}`],
  ])('carries ready, status, reloading and stopping to %s', async (_what, path) => {
    const address = path();
    const manager = await listen(address);
    const notifier = await createNotifier({ NOTIFY_SOCKET: address });
    notifier.ready();
    notifier.status('3 cameras\nplaying');
    notifier.reloading();
    notifier.stopping();
    await until('all four', () => manager.messages.length === 4);
    expect(manager.messages).toEqual([
      'READY=1',
      'STATUS=3 cameras playing',
      expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
      'STOPPING=1',
    ]);
  });

  it('beats twice an interval, and only while healthy', async () => {
    const address = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'notify');
    const manager = await listen(address);
    const clock = new ManualClock();
    let healthy = true;
    const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC: '2000000' };
    const stop = await startWatchdog(() => healthy, env, clock);
    clock.advance(1000);
    healthy = false;
    clock.advance(5000);
    healthy = true;
    clock.advance(1000);
    stop();
    clock.advance(5000);
    await until('three beats', () => manager.messages.length === 3);
    expect(manager.messages).toEqual(['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  });

  it('does nothing when nobody listens for it', async () => {
    const notifier = await createNotifier({});
    expect(() => notifier.ready()).not.toThrow();
    const clock = new ManualClock();
    await startWatchdog(() => true, {}, clock);
    await startWatchdog(() => true, { WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' }, clock);
    expect(clock.timers).toBe(0);
  });

  it('refuses an address that is none', async () => {
    await expect(createNotifier({ NOTIFY_SOCKET: 'relative' })).rejects.toThrow('NOTIFY_SOCKET');
  });
});
