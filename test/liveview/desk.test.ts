import { beforeEach, describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { Actor } from '../../src/journal/record.ts';
import type { Command } from '../../src/liveview/command.ts';
import { Desk } from '../../src/liveview/desk.ts';
import { claim } from '../../src/liveview/hold-rules.ts';
import type { Order } from '../../src/liveview/order.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { COLLEAGUE, codeThrownBy, DISPATCHER, FakeControl, OPERATOR } from './harness.ts';

const PAN: Command = { kind: 'move', args: { pan: 1 } };
const HOME: Command = { kind: 'home', args: {} };

describe('the desk', () => {
  let clock: ManualClock;
  let control: FakeControl;
  /** What was journalled and what was sent, in the order in which it happened. */
  let log: string[];
  let forbidden: boolean;
  let revoked: boolean;
  let desk: Desk;
  beforeEach(() => {
    clock = new ManualClock();
    control = new FakeControl();
    log = control.calls;
    forbidden = false;
    revoked = false;
    desk = new Desk({
      clock,
      log: silentLogger,
      controls: (camera) => (camera === 'shop-1' ? control : undefined),
      check: ({ actor }) => {
        const other = desk.moving('shop-1')?.actor;
        if (other && claim(other, actor) === 'taken') {
          throw new LiveViewError('control-taken', `${other.user} has this camera`);
        }
        if (revoked) throw new LiveViewError('not-shared', 'the share has ended');
      },
      intent: ({ request }) => {
        if (forbidden) throw new LiveViewError('journal-unwritable', 'the disk is full');
        log.push(`intent ${request}`);
      },
      outcome: ({ request }, { kind }, error) =>
        log.push(`outcome ${request} ${kind} ${error ?? 'ok'}`),
      finished: ({ request }, { ok, reason }) =>
        log.push(`finished ${request} ${ok} ${reason ?? ''}`),
    });
  });

  const order = (request: string, command: Command, actor: Actor = OPERATOR): Order => ({
    request,
    incident: null,
    camera: 'shop-1',
    actor,
    command,
  });
  const carryOut = (request: string, command: Command, actor?: Actor) => {
    desk.hold(request);
    return desk.carryOut(order(request, command, actor));
  };

  it('writes the intent before it moves and the outcome after', async () => {
    await carryOut('one', HOME);
    expect(log).toEqual(['intent one', 'home', 'outcome one home ok', 'finished one true ']);
  });

  it('does not move without intent', async () => {
    forbidden = true;
    await carryOut('one', PAN);
    expect(log).toEqual(['finished one false the disk is full']);
  });

  it('sends Stop first and writes about it afterwards', async () => {
    await carryOut('one', PAN);
    log.length = 0;
    forbidden = true;
    await desk.end('one', 'released', { ok: true });
    expect(log).toEqual(['stop', 'outcome one stop ok', 'finished one true ']);
    await desk.end('one', 'released', { ok: true });
    expect(log).toHaveLength(3);
  });

  it('sends the command before it returns, once it knows what the camera can do', async () => {
    await carryOut('one', HOME);
    void carryOut('two', PAN);
    expect(log.at(-1)).toBe('move {"pan":1} 2000');
  });

  it('lets the first of two win when both had to wait for what the camera can do', async () => {
    const [first, second] = [carryOut('one', PAN, DISPATCHER), carryOut('two', PAN, COLLEAGUE)];
    await Promise.all([first, second]);
    expect(desk.moving('shop-1')?.request).toBe('one');
    expect(log).toContain('finished two false daan has this camera');
  });

  it('does not begin when the joystick was released while the camera was asked', async () => {
    const moved = carryOut('one', PAN);
    desk.letGo('one');
    await moved;
    expect(log).toEqual(['finished one true the joystick was released']);
  });

  it('stops a movement before it sends the camera elsewhere', async () => {
    await carryOut('one', PAN);
    await carryOut('two', HOME);
    await settle();
    expect(log.filter((line) => /^(move|stop|home)/.test(line))).toEqual([
      'move {"pan":1} 2000',
      'stop',
      'home',
    ]);
    expect(log).toContain('finished one true another movement followed');
  });

  const BRINGS_DOWN: [string, string, () => unknown][] = [
    ['the share has ended', 'the share has ended', () => (revoked = true)],
    ['the gateway stops', 'the gateway is stopping', () => void desk.stopAll()],
    [
      'somebody steers meanwhile',
      'another movement followed',
      () => void carryOut('three', { kind: 'move', args: { zoom: 1 } }),
    ],
  ];
  it.each(BRINGS_DOWN)(
    'does not carry out what waited for a Stop when %s',
    async (_, reason, happens) => {
      await carryOut('one', PAN);
      control.refuses.add('stop');
      const waited = carryOut('two', HOME);
      await settle();
      happens();
      control.refuses.delete('stop');
      await clock.advanceAsync(500);
      await waited;
      expect(log).not.toContain('home');
      expect(log).toContain(`outcome two home ${reason}`);
      expect(log).toContain(`finished two false ${reason}`);
    },
  );

  it('goes on stopping a camera that is out of reach, and stops it when it is back', async () => {
    await carryOut('one', PAN);
    control.refuses.add('stop');
    const ended = desk.end('one', 'released', { ok: true });
    await clock.advanceAsync(10_000);
    await ended;
    expect(log.slice(-2)).toEqual([
      'outcome one stop the camera does not answer',
      expect.stringContaining('finished one false the camera did not confirm'),
    ]);
    await clock.advanceAsync(60_000);
    control.refuses.delete('stop');
    log.length = 0;
    await clock.advanceAsync(60_000);
    expect(log).toEqual(['stop', 'outcome one stop ok']);
  });

  it('stops such a camera by the control that it has by then', async () => {
    await carryOut('one', PAN);
    control.refuses.add('stop');
    void desk.end('one', 'released', { ok: true });
    await clock.advanceAsync(15_000);
    control = new FakeControl();
    await clock.advanceAsync(5_000);
    expect(control.calls).toEqual(['stop']);
  });

  it('names the axes of which no Stop was confirmed in the movement that follows', async () => {
    await carryOut('one', { kind: 'move', args: { pan: 1, tilt: 0.5 } }, DISPATCHER);
    control.refuses.add('stop');
    await carryOut('two', { kind: 'move', args: { zoom: 1, tilt: -1 } });
    expect(log).toContain('outcome one stop another movement followed before the camera confirmed');
    expect(log).toContain('move {"pan":0,"tilt":-1,"zoom":1} 2000');
    control.refuses.delete('stop');
    await desk.end('two', 'released', { ok: true });
    await carryOut('three', { kind: 'move', args: { zoom: -1 } });
    expect(log).toContain('move {"zoom":-1} 2000');
  });

  it('names them too when it follows much later', async () => {
    await carryOut('one', PAN);
    control.refuses.add('stop');
    void desk.end('one', 'released', { ok: true });
    await clock.advanceAsync(30_000);
    await carryOut('two', { kind: 'move', args: { zoom: 1 } });
    expect(log).toContain('move {"pan":0,"zoom":1} 2000');
    log.length = 0;
    desk.hold('two');
    await clock.advanceAsync(500);
    expect(log).toEqual([]);
  });

  it('tries once more, and not for ever, when it stops', async () => {
    await carryOut('one', PAN);
    control.refuses.add('stop');
    void desk.end('one', 'released', { ok: true });
    await clock.advanceAsync(30_000);
    log.length = 0;
    const stopped = desk.stopAll();
    expect(log).toEqual(['stop']);
    await clock.advanceAsync(60_000);
    await stopped;
    expect(log).toEqual(['stop', 'stop', 'outcome one stop the camera does not answer']);
  });

  it('ends the former request when the same hand steers on', async () => {
    await carryOut('one', PAN);
    log.length = 0;
    await carryOut('two', { kind: 'move', args: { tilt: 1 } });
    expect(log).toEqual([
      'intent two',
      'move {"pan":1,"tilt":1} 2000',
      'finished one true the movement went on under a newer request',
      'outcome two move ok',
    ]);
  });

  it('stops one camera on demand, and does not wait for it longer than two seconds', async () => {
    await desk.stopCamera('shop-1');
    expect(log).toEqual([]);
    await carryOut('one', PAN);
    await desk.stopCamera('shop-1');
    expect(log.slice(-3)).toEqual([
      'stop',
      'outcome one stop ok',
      'finished one true the camera changes',
    ]);
    await carryOut('two', PAN);
    control.refuses.add('stop');
    let resolved = false;
    void desk.stopCamera('shop-1').then(() => (resolved = true));
    await clock.advanceAsync(1_999);
    expect(resolved).toBe(false);
    await clock.advanceAsync(1);
    expect(resolved).toBe(true);
  });

  it('stops when the camera refuses to be told again', async () => {
    await carryOut('one', PAN);
    control.refuses.add('move');
    for (let ms = 0; ms < 1_200; ms += 300) {
      desk.hold('one');
      await clock.advanceAsync(300);
    }
    expect(log).toContain('finished one false the camera does not answer');
    expect(log.filter((line) => line === 'stop')).toHaveLength(1);
    expect(desk.orders()).toEqual([]);
  });

  it('carries out nothing after it was stopped', async () => {
    await carryOut('one', PAN);
    await desk.stopAll();
    log.length = 0;
    await carryOut('two', PAN);
    expect(log).toEqual(['finished two false the gateway is stopping']);
  });

  it('knows no camera without a control', async () => {
    expect(codeThrownBy(() => desk.checkControl('square-1'))).toBe('cannot-do');
    await expect(desk.lacks('square-1', HOME)).resolves.toBe('this camera cannot be moved');
  });
});
