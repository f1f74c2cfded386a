import { randomUUID } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Clock, systemClock, type Timer } from '../../core/clock.ts';
import { describe, LiveViewError } from '../../core/errors.ts';
import { type Logger, silentLogger } from '../../core/log.ts';
import { announcement, answer, type DiscoverableDevice, parseQuestion } from './messages.ts';

const GROUP = '239.255.255.250';
const PORT = 3702;
/** A Probe is about 1 KB; what is larger is not meant for us. */
const MAX_DATAGRAM_BYTES = 16 * 1024;
/** Answers that wait for their moment; a flood of probes gets no more than this. */
const MAX_PENDING = 2_048;
/** APP_MAX_DELAY (WS-Discovery §2.4): answers are spread over this time. */
const APP_MAX_DELAY_MS = 500;

export interface DiscoveryResponderOptions {
  /** IPv4 address of the interface on which devices are found; `127.0.0.1` stays on this machine. */
  interfaceAddress: string;
  clock?: Clock;
  random?: () => number;
  maxDelayMs?: number;
  logger?: Logger;
}

/** Answers WS-Discovery for any number of devices, and says Hello and Bye for them. */
export class DiscoveryResponder {
  readonly name = 'WS-Discovery responder';
  readonly #options: DiscoveryResponderOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #devices = new Map<string, DiscoverableDevice>();
  readonly #pending = new Set<Timer>();
  readonly #instanceId: number;
  #messageNumber = 0;
  /** Hears the group; bound to the group's address, so that it hears nothing else. */
  #ear: Socket | undefined;
  /** Speaks from the interface's own address, which needs no route to the group. */
  #mouth: Socket | undefined;

  constructor(options: DiscoveryResponderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#instanceId = Math.floor(this.#clock.unixUs() / 1_000_000);
  }

  /** @throws LiveViewError `discovery-unavailable` */
  async start(): Promise<void> {
    const { interfaceAddress } = this.#options;
    try {
      this.#mouth = await this.#open(0, interfaceAddress);
      this.#mouth.setMulticastInterface(interfaceAddress);
      this.#mouth.setMulticastLoopback(true);
      this.#ear = await this.#open(PORT, GROUP);
      this.#ear.addMembership(GROUP, interfaceAddress);
    } catch (cause) {
      await this.#close();
      const advice = `is ${interfaceAddress} an address of this machine, with multicast?`;
      throw new LiveViewError('discovery-unavailable', `WS-Discovery cannot listen: ${advice}`, {
        cause,
      });
    }
    this.#ear.on('message', (datagram, from) => this.#hear(datagram, from));
    for (const device of this.#devices.values()) this.#announce('Hello', device);
  }

  /** Says Bye for every device. */
  async stop(): Promise<void> {
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
    await Promise.all([...this.#devices.values()].map((device) => this.#announce('Bye', device)));
    await this.#close();
  }

  /** A device comes. */
  add(device: DiscoverableDevice): void {
    this.#devices.set(device.uuid, device);
    this.#announce('Hello', device);
  }

  /** A device goes. */
  remove(uuid: string): void {
    const device = this.#devices.get(uuid);
    if (!device) return;
    this.#devices.delete(uuid);
    this.#announce('Bye', device);
  }

  /** Whatever arrives, nothing is thrown. */
  #hear(datagram: Buffer, from: RemoteInfo): void {
    if (datagram.length > MAX_DATAGRAM_BYTES) return;
    try {
      const question = parseQuestion(datagram.toString('utf8'));
      if (!question) return;
      for (const device of this.#devices.values()) {
        if (!question.matches(device)) continue;
        this.#later(() => {
          if (this.#devices.get(device.uuid) !== device) return; // it has said Bye
          const message = answer(question, device, messageId(), this.#nextSequence());
          this.#send(message, from.port, from.address);
        });
      }
    } catch (error) {
      this.#logger.debug('datagram ignored', { from: from.address, reason: describe(error) });
    }
  }

  /** After a random delay, so that a hundred devices do not answer in one burst. */
  #later(task: () => void): void {
    if (this.#pending.size >= MAX_PENDING) return;
    const { random = Math.random, maxDelayMs = APP_MAX_DELAY_MS } = this.#options;
    const timer = this.#clock.setTimer(random() * maxDelayMs, () => {
      this.#pending.delete(timer);
      task();
    });
    this.#pending.add(timer);
  }

  #announce(kind: 'Hello' | 'Bye', device: DiscoverableDevice): Promise<void> {
    return this.#send(announcement(kind, device, messageId(), this.#nextSequence()), PORT, GROUP);
  }

  /** Resolves when the datagram has left, or could not: nobody waits for an answer to it. */
  #send(message: Buffer, port: number, address: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#mouth) return resolve();
      this.#mouth.send(message, port, address, (error) => {
        if (error) this.#logger.debug('datagram not sent', { to: address, error });
        resolve();
      });
    });
  }

  #nextSequence() {
    this.#messageNumber += 1;
    return { instanceId: this.#instanceId, messageNumber: this.#messageNumber };
  }

  #open(port: number, address: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = createSocket({ type: 'udp4', reuseAddr: true });
      const failed = (error: Error) => {
        socket.close();
        reject(error);
      };
      socket.once('error', failed);
      socket.bind(port, address, () => {
        socket.off('error', failed);
        socket.on('error', (error) => this.#logger.warn('discovery socket failed', { error }));
        resolve(socket);
      });
    });
  }

  async #close(): Promise<void> {
    const sockets = [this.#ear, this.#mouth].filter((socket) => socket !== undefined);
    this.#ear = undefined;
    this.#mouth = undefined;
    await Promise.all(sockets.map((socket) => new Promise<void>((done) => socket.close(done))));
  }
}

function messageId(): string {
  return `urn:uuid:${randomUUID()}`;
}
