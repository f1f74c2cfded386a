import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { UdpListener } from '../../../src/alarms/dc09/udp-listener.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { writeMessage } from '../../../src/simulator/panel/message.ts';
import { message } from './support.ts';

const closing: { stop(): unknown }[] = [];

afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each.stop();
});

describe('a datagram', () => {
  it('without a port to answer to is passed over, and the next is answered', async () => {
    const open: Socket[] = [];
    let answered = 0;
    const listener = new UdpListener({
      ...{ clock: systemClock, host: '127.0.0.1', port: 0 },
      answer() {
        answered += 1;
        return Buffer.from('taken');
      },
      open(type) {
        const socket = createSocket(type);
        open.push(socket);
        return socket;
      },
    });
    await listener.start();
    closing.push(listener);
    const bytes = writeMessage(message());
    const nobody = { address: '192.0.2.7', family: 'IPv4', port: 0, size: bytes.length };
    // As the system gives what came from port 0, which no ordinary socket sends.
    open[0]?.emit('message', bytes, nobody);
    expect(answered).toBe(0);
    const sender = createSocket('udp4');
    closing.push({ stop: () => sender.close() });
    const reply = once(sender, 'message');
    sender.send(bytes, listener.port, '127.0.0.1');
    expect(String((await reply)[0])).toBe('taken');
    expect(answered).toBe(1);
  });
});
