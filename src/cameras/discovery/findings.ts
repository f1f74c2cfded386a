import type { RemoteInfo } from 'node:dgram';
import type { Logger } from '../../core/log.ts';
import type { DiscoveredDevice } from './device.ts';
import { type Announcement, normaliseUuid, parseDiscoveryMessage } from './messages.ts';

/** Anybody may answer a multicast: both are far above what a building holds. */
const MAX_DEVICES = 1_000;
const MAX_DATAGRAMS = 20_000;
const MAX_XADDRS = 16;

/** What was heard so far: every datagram is judged, every device is kept once. */
export class Findings {
  readonly #log: Logger;
  readonly #onFound: (device: DiscoveredDevice) => void;
  readonly #expected = new Set<string>();
  readonly #devices = new Map<string, DiscoveredDevice>();
  #datagrams = 0;

  constructor(log: Logger, onFound: (device: DiscoveredDevice) => void) {
    this.#log = log;
    this.#onFound = onFound;
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
      this.#log.warn('too many discovery answers; no more are read');
    if (this.#datagrams >= MAX_DATAGRAMS) return;
    for (const device of this.#read(datagram, from)) {
      this.#add({ ...device, address: from.address, interfaceName });
    }
  }

  #read(datagram: Buffer, from: RemoteInfo): readonly Announcement[] {
    try {
      const message = parseDiscoveryMessage(datagram.toString('utf8'));
      if (message.kind === 'hello') return message.devices;
      const ours = this.#expected.has(normaliseUuid(message.relatesTo ?? ''));
      return ours ? message.devices : [];
    } catch (error) {
      this.#log.debug('not a discovery message', { from: from.address, error });
      return [];
    }
  }

  #add(device: DiscoveredDevice): void {
    const known = this.#devices.get(device.uuid);
    if (known) {
      this.#devices.set(device.uuid, merge(known, device));
    } else if (this.#devices.size < MAX_DEVICES) {
      this.#devices.set(device.uuid, device);
      this.#onFound(device);
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
