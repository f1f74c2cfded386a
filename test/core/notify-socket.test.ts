import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createNotifier, startWatchdog } from '../../src/core/notify-socket.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

/** A datagram socket as the service manager has it; prints `bound`, then each message as JSON. */
const MANAGER = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = sys.argv[1]
s.bind('\\0' + path[1:] if path.startswith('@') else path)
print('bound', flush=True)
while True:
    print(json.dumps(s.recv(4096).decode()), flush=True)
`;

const started: ChildProcess[] = [];

async function manager(path: string): Promise<string[]> {
  const child = spawn('python3', ['-c', MANAGER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await until('the socket is bound', () => lines[0] === 'bound');
  return lines;
}

const messages = (lines: string[]) => lines.slice(1).map((line) => String(JSON.parse(line)));

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('the notify socket', () => {
  it.each([
    ['a path', () => join(mkdtempSync(join(tmpdir(), 'liveview-')), 'notify')],
    ['an abstract address', () => `@liveview-test-${process.pid}`],
  ])('carries ready, status, reloading and stopping to %s', async (_what, path) => {
    const address = path();
    const lines = await manager(address);
    const notifier = await createNotifier({ NOTIFY_SOCKET: address });
    notifier.ready();
    notifier.status('3 cameras\nplaying');
    notifier.reloading();
    notifier.stopping();
    await until('all four', () => lines.length === 5);
    expect(messages(lines)).toEqual([
      'READY=1',
      'STATUS=3 cameras playing',
      expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
      'STOPPING=1',
    ]);
  });

  it('beats twice an interval, and only while healthy', async () => {
    const address = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'notify');
    const lines = await manager(address);
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
    await until('three beats', () => lines.length === 4);
    expect(messages(lines)).toEqual(['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
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
