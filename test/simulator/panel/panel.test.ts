import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import { VirtualPanel, type VirtualPanelOptions } from '../../../src/simulator/panel/panel.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';

let clock: ManualClock;
let server: Server;
let sockets: Socket[];
let warnings: string[];

/** A receiver that answers nothing. */
beforeEach(async () => {
  clock = new ManualClock();
  sockets = [];
  warnings = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

function options(more: Partial<VirtualPanelOptions> = {}): VirtualPanelOptions {
  const { port } = server.address() as AddressInfo;
  const log = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
  const where = { transport: 'tcp', host: '127.0.0.1', port } as const;
  return { clock, log, account: '1409', ...where, ...more };
}

const aborted = expect.objectContaining({ code: 'aborted' });

describe('a virtual panel that is stopped', () => {
  it('calls off what is under way and what waits, and opens no line again', async () => {
    const panel = new VirtualPanel(options());
    const outcomes = Promise.allSettled([panel.report({ name: 'fire' }), panel.poll()]);
    await until('the message is there', () => (sockets[0]?.bytesRead ?? 0) > 0);
    panel.stop();
    expect(await outcomes).toEqual([
      { status: 'rejected', reason: aborted },
      { status: 'rejected', reason: aborted },
    ]);
    await expect(panel.poll()).rejects.toEqual(aborted);
    expect([sockets.length, clock.timers]).toEqual([1, 0]);
  });

  it('closes the line that was being opened', async () => {
    const panel = new VirtualPanel(options());
    const outcome = expect(panel.poll()).rejects.toEqual(aborted);
    const connected = once(server, 'connection');
    await Promise.resolve();
    panel.stop();
    await outcome;
    await connected;
    const [socket] = sockets;
    socket?.resume();
    await until('it is closed', () => socket?.destroyed === true);
  });
});

class CountedPanel extends VirtualPanel {
  polls = 0;
  override poll() {
    this.polls += 1;
    return super.poll();
  }
}

describe('a virtual panel that supervises itself', () => {
  it('heaps up no polls at a receiver that says nothing, and does not complain of its end', async () => {
    const panel = new CountedPanel(options({ replyMs: 1e9 }));
    panel.supervise(1_000);
    await until('the first is there', () => (sockets[0]?.bytesRead ?? 0) > 0);
    clock.advance(60_000);
    expect(panel.polls).toBe(2);
    panel.stop();
    await expect(panel.report({ name: 'test' })).rejects.toEqual(aborted);
    expect([warnings, clock.timers]).toEqual([[], 0]);
  });
});

it('leaves no socket behind when there is no way over UDP', async () => {
  const open = () => process.getActiveResourcesInfo().filter((each) => /^UDP/i.test(each)).length;
  const before = open();
  // An ordinary socket may not speak to everybody.
  const panel = new VirtualPanel(options({ transport: 'udp', host: '255.255.255.255' }));
  const unreachable = expect.objectContaining({ code: 'panel-unreachable' });
  await expect(panel.poll()).rejects.toEqual(unreachable);
  await until('it is closed', () => open() === before);
});
