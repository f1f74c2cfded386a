import type { RemoteInfo } from 'node:dgram';
import type { Logger } from '../../core/log.ts';
import type { DiscoveredDevice } from './device.ts';
import {
  type Announcement,
  type DiscoveryMessage,
  normaliseUuid,
  parseDiscoveryMessage,
} from './messages.ts';

/** Anybody may answer a multicast: both are far above what a building holds. */
const MAX_DEVICES = 1_000;
const MAX_DATAGRAMS = 20_000;
const MAX_XADDRS = 16;

export interface FindingsOptions {
  readonly log: Logger;
  /** Once for each device that is there, and again when it has been gone. */
  readonly onFound?: (device: DiscoveredDevice) => void;
  /** A device that was found has said Bye. */
  readonly onGone?: (device: DiscoveredDevice) => void;
}

/** What was heard so far: every datagram is judged, every device is kept once. */
export class Findings {
  readonly #options: FindingsOptions;
  readonly #expected = new Set<string>();
  readonly #devices = new Map<string, DiscoveredDevice>();
  #datagrams = 0;

  constructor(options: FindingsOptions) {
    this.#options = options;
  }

  /** Answers to the probe with this message identifier count from now on. */
  expect(messageUuid: string): void {
    this.#expected.add(normaliseUuid(messageUuid));
  }

  /** In the order in which they were first heard. */
  devices(): DiscoveredDevice[] {
    return [...this.#devices.values()];
  }

  /** Never throws: whatever comes from the network is at worst ignored. */
  hear(datagram: Buffer, from: RemoteInfo, interfaceName: string): void {
    this.#datagrams += 1;
    if (this.#datagrams === MAX_DATAGRAMS)
      this.#options.log.warn('too many discovery answers; no more are read');
    if (this.#datagrams >= MAX_DATAGRAMS) return;
    const message = this.#read(datagram, from);
    if (message?.kind === 'bye') this.#remove(message.uuid, from);
    for (const device of this.#devicesIn(message)) {
      this.#add({ ...device, address: from.address, interfaceName });
    }
  }

  #read(datagram: Buffer, from: RemoteInfo): DiscoveryMessage | undefined {
    try {
      return parseDiscoveryMessage(datagram.toString('utf8'));
    } catch (error) {
      this.#options.log.debug('not a discovery message', { from: from.address, error });
      return undefined;
    }
  }

  #devicesIn(message: DiscoveryMessage | undefined): readonly Announcement[] {
    if (message?.kind === 'hello') return message.devices;
    if (message?.kind !== 'matches') return [];
    return this.#expected.has(normaliseUuid(message.relatesTo ?? '')) ? message.devices : [];
  }

  /** A device takes leave for itself; from another address it would be somebody else's word. */
  #remove(uuid: string, from: RemoteInfo): void {
    const known = this.#devices.get(uuid);
    if (known?.address !== from.address) return;
    this.#devices.delete(uuid);
    this.#options.onGone?.(known);
  }

  #add(device: DiscoveredDevice): void {
    const known = this.#devices.get(device.uuid);
    if (known) {
      this.#devices.set(device.uuid, merge(known, device));
    } else if (this.#devices.size < MAX_DEVICES) {
      this.#devices.set(device.uuid, device);
      this.#options.onFound?.(device);
    }
  }
}

/** A device answers every probe, on every network that it shares with us. */
function merge(known: DiscoveredDevice, again: DiscoveredDevice): DiscoveredDevice {
  const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];
  return {
    ...known,
    xaddrs: union(known.xaddrs, again.xaddrs).slice(0, MAX_XADDRS),
    types: union(known.types, again.types).slice(0, MAX_XADDRS),
  };
}
