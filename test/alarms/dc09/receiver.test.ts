import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PanelAccount } from '../../../src/alarms/dc09/account.ts';
import { Dc09Receiver, type ReceiverOptions } from '../../../src/alarms/dc09/receiver.ts';
import type { PanelReport } from '../../../src/alarms/dc09/report.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { PANEL_EVENTS, type PanelEventName } from '../../../src/simulator/panel/events.ts';
import { writeMessage } from '../../../src/simulator/panel/message.ts';
import { VirtualPanel, type VirtualPanelOptions } from '../../../src/simulator/panel/panel.ts';
import { CAMERA_CA, RSA, SIGNED } from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { steadyTls } from '../../support/steady-tls.ts';
import { checkFloor } from '../../support/tls-attempts.ts';
import { until } from '../../support/until.ts';
import { KEYS, message, panel, WarningLog, withKey } from './support.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const running: { stop(): void | Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

interface Heard extends PanelReport {
  readonly from: string | undefined;
}

async function receiver(accounts: readonly PanelAccount[], more: Partial<ReceiverOptions> = {}) {
  const reports: Heard[] = [];
  const receiving = new Dc09Receiver({
    clock: systemClock,
    log: silentLogger,
    accounts: new Map(accounts.map((account) => [account.number, account])),
    onReports: (told, origin) => {
      reports.push(...told.map((report) => ({ ...report, from: origin?.address })));
    },
    silent: () => new Set(),
    tcp: LOOPBACK,
    udp: LOOPBACK,
    tls: { ...LOOPBACK, source: steadyTls(SIGNED) },
    ...more,
  });
  await receiving.start();
  running.push(receiving);
  return { receiving, reports };
}

type Way = 'tcp' | 'udp' | 'tls';

function virtualPanel(
  receiving: Dc09Receiver,
  transport: Way,
  more: Partial<VirtualPanelOptions> = {},
): VirtualPanel {
  const sending = new VirtualPanel({
    clock: systemClock,
    log: silentLogger,
    account: '1409',
    ...{ transport, host: '127.0.0.1', port: receiving.ports[transport] ?? 0 },
    ...(transport === 'tls' ? { ca: CAMERA_CA } : {}),
    ...more,
  });
  running.push(sending);
  return sending;
}

/** A connection of which everything that comes is kept. */
async function connection(receiving: Dc09Receiver, port = receiving.ports.tcp ?? 0) {
  const socket: Socket = connect(port, '127.0.0.1');
  const state = { socket, text: '', isClosed: false };
  socket.on('data', (bytes) => {
    state.text += bytes.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    state.isClosed = true;
  });
  await once(socket, 'connect');
  running.push({ stop: () => void socket.destroy() });
  return state;
}

const ACK = /"ACK"(\d{4})/g;
const acknowledged = (text: string) =>
  [...text.matchAll(ACK)].map(([, sequence]) => Number(sequence));
const numbered = (sequence: number) =>
  writeMessage(message({ sequence, data: `#1409|NBA${sequence}`, timeUnixMs: undefined }));

describe.each<Way>(['tcp', 'udp', 'tls'])('over %s', (way) => {
  it.each(['sia', 'cid'] as const)(
    'takes every event of a panel that speaks %s',
    async (format) => {
      const { receiving, reports } = await receiver([panel('1409')]);
      const sending = virtualPanel(receiving, way, { format });
      for (const name of Object.keys(PANEL_EVENTS) as PanelEventName[]) {
        const { reply } = await sending.report({ name, number: 3, area: 2 });
        expect([name, reply.kind, reply.address]).toEqual([name, 'ACK', 'L0#1409']);
      }
      const kinds = reports.map(({ kind }) => kind);
      expect(kinds).toEqual([
        ...['hold-up', 'hold-up', 'burglary', 'fire', 'medical', 'tamper'],
        ...['technical', 'technical'],
      ]);
      expect(reports[0]).toMatchObject({ from: '127.0.0.1', site: 'jeweller' });
      expect(reports[0]?.details).toMatchObject({ area: '2', zone: '3' });
    },
  );

  it.each(Object.entries(KEYS))('takes AES of %s bits, in both directions', async (_, secret) => {
    const { receiving, reports } = await receiver([withKey('1409', secret)]);
    const sending = virtualPanel(receiving, way, { secret, receiver: '1F', prefix: '2A' });
    const { reply } = await sending.report({ name: 'hold-up' });
    expect(reply).toMatchObject({ kind: 'ACK', isEncrypted: true, address: 'R1FL2A#1409' });
    expect((await sending.poll()).reply.isEncrypted).toBe(true);
    expect(reports).toHaveLength(1);
  });

  it('sets the clock of a panel, which then is taken', async () => {
    const secret = KEYS[256];
    const { receiving, reports } = await receiver([withKey('1409', secret)]);
    const sending = virtualPanel(receiving, way, { secret, clockErrorMs: -3_600_000 });
    const outcome = await sending.report({ name: 'hold-up' });
    expect(outcome).toMatchObject({ tries: 2, isClockSet: true, reply: { kind: 'ACK' } });
    expect(await sending.poll()).toMatchObject({ tries: 1 });
    expect(reports).toHaveLength(1);
  });

  it('is sent again what could not be recorded, and tells it once', async () => {
    let faults = 1;
    const told: PanelReport[] = [];
    const { receiving } = await receiver([panel('1409')], {
      onReports: (reports) => {
        faults -= 1;
        if (faults >= 0) throw new Error('the disk is full');
        told.push(...reports);
      },
    });
    const clock = new ManualClock(systemClock.unixUs());
    const sending = virtualPanel(receiving, way, { clock });
    const outcome = sending.report({ name: 'hold-up' });
    await until('the first try', () => faults === 0 && clock.timers > 0);
    clock.advance(5_000);
    expect(await outcome).toMatchObject({ tries: 2, reply: { kind: 'ACK' } });
    expect(told).toHaveLength(1);
  });

  it('writes the CRC in two bytes to a panel that does', async () => {
    const { receiving, reports } = await receiver([panel('1409')]);
    const sending = virtualPanel(receiving, way, { habits: { binaryCrc: true } });
    expect((await sending.report({ name: 'fire' })).reply.kind).toBe('ACK');
    expect(reports).toHaveLength(1);
  });

  it('says DUH to whom it does not know', async () => {
    const { receiving, reports } = await receiver([panel('1409')]);
    const sending = virtualPanel(receiving, way, { account: '6666' });
    expect((await sending.report({ name: 'fire' })).reply).toMatchObject({
      kind: 'DUH',
      address: 'L0#6666',
    });
    expect(reports).toEqual([]);
  });
});

describe('a TCP connection', () => {
  it('may bring several messages in one segment, and parts of them', async () => {
    const { receiving } = await receiver([panel('1409')]);
    const peer = await connection(receiving);
    const bytes = Buffer.concat([numbered(1), numbered(2), numbered(3)]);
    peer.socket.write(bytes.subarray(0, 70));
    await until('the first', () => acknowledged(peer.text).length === 1);
    peer.socket.write(bytes.subarray(70));
    await until('all', () => acknowledged(peer.text).length === 3);
    expect(acknowledged(peer.text)).toEqual([1, 2, 3]);
  });

  it('may be closed for sending right after the message', async () => {
    const { receiving } = await receiver([panel('1409')]);
    const peer = await connection(receiving);
    peer.socket.end(numbered(7));
    await until('the end', () => peer.isClosed);
    expect(acknowledged(peer.text)).toEqual([7]);
  });

  it('is closed when it is not DC-09, and others are not', async () => {
    const log = new WarningLog();
    const { receiving } = await receiver([panel('1409')], { log });
    const panelOf = await connection(receiving);
    const browser = await connection(receiving);
    browser.socket.write('GET / HTTP/1.1\r\nHost: centre\r\n\r\n'.repeat(1_000));
    await until('it is closed', () => browser.isClosed);
    panelOf.socket.write(numbered(1));
    await until('an answer', () => acknowledged(panelOf.text).length === 1);
    expect(log.warnings).toEqual(['a connection is not DC-09']);
  });

  it('makes room when there are too many, the mute ones first', async () => {
    const { receiving } = await receiver([panel('1409')]);
    const speaking = await connection(receiving);
    speaking.socket.write(numbered(1));
    await until('an answer', () => acknowledged(speaking.text).length === 1);
    const mute: Awaited<ReturnType<typeof connection>>[] = [];
    for (let i = 0; i < 300; i += 1) mute.push(await connection(receiving));
    await until('45 are closed', () => mute.filter(({ isClosed }) => isClosed).length === 45);
    expect(mute.slice(0, 45).every(({ isClosed }) => isClosed)).toBe(true);
    speaking.socket.write(numbered(2));
    await until('an answer', () => acknowledged(speaking.text).length === 2);
  });

  it('is closed when nothing is heard: soon before the first message, late after it', async () => {
    const clock = new ManualClock(systemClock.unixUs());
    const { receiving } = await receiver([panel('1409')], { clock });
    const mute = await connection(receiving);
    const speaking = await connection(receiving);
    speaking.socket.write(numbered(1));
    await until('an answer', () => acknowledged(speaking.text).length === 1);
    clock.advance(35_000);
    await until('the mute one is closed', () => mute.isClosed);
    expect(speaking.isClosed).toBe(false);
    clock.advance(15 * 60_000);
    await until('the other is closed', () => speaking.isClosed);
  });

  it('is read more slowly when it brings more than panels send', async () => {
    const clock = new ManualClock(systemClock.unixUs());
    const { receiving } = await receiver([panel('1409')], { clock });
    const peer = await connection(receiving);
    const alive = writeMessage(
      message({ id: 'NULL', sequence: 0, data: '', timeUnixMs: undefined }),
    );
    // The clock stands still: 199 of these are what may come at once, and the last of them is answered.
    peer.socket.write(Buffer.concat(Array.from({ length: 195 }, () => alive)));
    await until('195 are answered', () => acknowledged(peer.text).length === 195);
    for (let count = 196; count <= 199; count += 1) {
      peer.socket.write(alive);
      await until('one more is answered', () => acknowledged(peer.text).length === count);
    }
    peer.socket.write(numbered(1));
    const { socket } = await connection(receiving);
    socket.write(numbered(2));
    await until('another is answered', () => receiving.counts.acknowledged === 200);
    expect(acknowledged(peer.text)).toHaveLength(199);
    clock.advance(1_000);
    await until('the next is answered', () => acknowledged(peer.text).length === 200);
  });

  it('ends with the receiver', async () => {
    const { receiving } = await receiver([panel('1409')]);
    const peer = await connection(receiving);
    await receiving.stop();
    await until('it is closed', () => peer.isClosed);
  });
});

describe('TLS', () => {
  it('is not talked to in the clear', async () => {
    const { receiving, reports } = await receiver([panel('1409')]);
    const peer = await connection(receiving, receiving.ports.tls);
    peer.socket.write(numbered(1));
    await until('it is closed', () => peer.isClosed);
    expect([acknowledged(peer.text), reports]).toEqual([[], []]);
  });

  it('is 1.3, or 1.2 with forward secrecy and authenticated encryption, and nothing else', async () => {
    const { receiving } = await receiver([panel('1409')], {
      tls: { ...LOOPBACK, source: steadyTls(RSA) },
    });
    await checkFloor(receiving.ports.tls ?? 0);
  });

  it('lets in only panels with a certificate where that is asked', async () => {
    const source = steadyTls({ ...SIGNED, ca: CAMERA_CA, clientCert: 'required' });
    const { receiving, reports } = await receiver([panel('1409')], {
      tls: { ...LOOPBACK, source },
    });
    const stranger = virtualPanel(receiving, 'tls', { replyMs: 200 });
    await expect(stranger.report({ name: 'fire' })).rejects.toThrow();
    const known = virtualPanel(receiving, 'tls', SIGNED);
    expect((await known.report({ name: 'fire' })).reply.kind).toBe('ACK');
    expect(reports).toHaveLength(1);
  });
});

describe('a receiver', () => {
  it('says which address is taken, and leaves nothing open', async () => {
    const { receiving } = await receiver([panel('1409')]);
    const { tcp = 0, udp = 0 } = receiving.ports;
    const at = (port: number) => ({ host: '127.0.0.1', port });
    const second = (more: Partial<ReceiverOptions>) =>
      new Dc09Receiver({
        clock: systemClock,
        log: silentLogger,
        accounts: new Map(),
        onReports: () => undefined,
        silent: () => new Set(),
        ...more,
      }).start();
    const inUse = expect.objectContaining({ code: 'address-in-use' });
    await expect(second({ tcp: at(tcp) })).rejects.toEqual(inUse);
    await expect(second({ tcp: at(0), udp: at(udp) })).rejects.toEqual(inUse);
  });

  it('hears a panel that supervises itself, and tells when it is cut off', async () => {
    const clock = new ManualClock(systemClock.unixUs());
    const watched = panel('1409', { supervisionMs: 90_000 });
    const { receiving, reports } = await receiver([watched], { clock });
    // It does not send again: the clock goes on while a reply is under way.
    const sending = virtualPanel(receiving, 'udp', { clock, replyMs: 1e9 });
    sending.supervise(60_000);
    for (let polls = 1; polls <= 5; polls += 1) {
      await until('the poll', () => receiving.counts.acknowledged === polls);
      clock.advance(60_000);
    }
    await until('the poll', () => receiving.counts.acknowledged === 6);
    sending.stop();
    clock.advance(89_000);
    expect(reports).toEqual([]);
    clock.advance(1_000);
    expect(reports.map(({ key, restored }) => [key, restored])).toEqual([['silent', false]]);
    expect((await virtualPanel(receiving, 'udp').poll()).reply.kind).toBe('ACK');
    expect(reports.map(({ key, restored }) => [key, restored])).toEqual([
      ['silent', false],
      ['silent', true],
    ]);
  });
});
