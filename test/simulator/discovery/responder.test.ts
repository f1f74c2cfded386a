/** The responder on the loopback interface, asked by a raw socket and by a stranger's library. */
import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from '@jest/globals';
import onvif from 'onvif';
import type { DiscoverableDevice } from '../../../src/simulator/discovery/messages.ts';
import { DiscoveryResponder } from '../../../src/simulator/discovery/responder.ts';
import { find, parseXml, textOf, type XmlElement } from '../../../src/simulator/onvif/xml.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { probe, resolve } from './support.ts';

const GROUP = '239.255.255.250';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('DiscoveryResponder', () => {
  it('answers a Probe with one match for each device, to the asker alone', async () => {
    const devices = [camera('shop'), camera('square')];
    await responder(devices);
    const asker = await listener();
    asker.ask(probe('<d:Types>dn:NetworkVideoTransmitter</d:Types>', 'urn:uuid:q-1'));
    await until('both answers', () => devices.every(({ uuid }) => asker.matchOf(uuid)));
    for (const { uuid, xaddrs } of devices) {
      const envelope = asker.matchOf(uuid);
      const match = find(envelope, 'Body', 'ProbeMatches', 'ProbeMatch');
      expect(textOf(envelope, 'Header', 'RelatesTo')).toBe('urn:uuid:q-1');
      expect(textOf(match, 'XAddrs')).toBe(xaddrs[0]);
    }
  });

  it('resolves the one device asked for', async () => {
    const [shop, square] = [camera('shop'), camera('square')];
    await responder([shop, square]);
    const asker = await listener();
    asker.ask(resolve(`urn:uuid:${square.uuid}`));
    const envelope = await until('the answer', () => asker.matchOf(square.uuid));
    expect(find(envelope, 'Body', 'ResolveMatches')).toBeDefined();
    expect(asker.matchOf(shop.uuid)).toBeUndefined();
  });

  it('survives what is not meant for it, and answers the next question', async () => {
    const shop = camera('shop');
    await responder([shop]);
    const asker = await listener();
    for (const garbage of [
      '',
      'hello',
      '<a>',
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      '<a '.repeat(3_000),
      'x'.repeat(40_000),
      probe('').replaceAll('d:Probe', 'd:Nothing'),
      '\u0000\u0001\u0002',
    ]) {
      asker.ask(garbage);
    }
    asker.ask(probe(''));
    await until('the answer', () => asker.matchOf(shop.uuid));
  });

  it('says Hello when a device comes and Bye when it goes', async () => {
    const ear = await groupListener();
    const service = await responder([]);
    const shop = camera('shop');
    service.add(shop);
    await until('Hello', () => ear.saysOf('Hello', shop.uuid));
    service.remove(shop.uuid);
    await until('Bye', () => ear.saysOf('Bye', shop.uuid));
    const last = camera('last');
    service.add(last);
    await service.stop();
    await until('Bye of what was left', () => ear.saysOf('Bye', last.uuid));
  });

  it('spreads its answers over the delay, and forgets them when it stops', async () => {
    const clock = new ManualClock();
    const shop = camera('shop');
    const service = await responder([shop], { clock, random: () => 0.5, maxDelayMs: 400 });
    const asker = await listener();
    asker.ask(probe(''));
    await until('the question', () => clock.timers > 0);
    clock.advance(199);
    expect(clock.timers).toBeGreaterThan(0);
    await service.stop();
    expect(clock.timers).toBe(0);
  });

  it('does not answer for a device that has said Bye meanwhile', async () => {
    const clock = new ManualClock();
    const [goes, stays] = [camera('goes'), camera('stays')];
    const service = await responder([goes, stays], { clock, random: () => 0.5, maxDelayMs: 400 });
    const asker = await listener();
    asker.ask(probe('<d:Types>dn:NetworkVideoTransmitter</d:Types>'));
    await until('the question', () => clock.timers >= 2);
    service.remove(goes.uuid);
    await until('the answer of the other', () => {
      clock.advance(200); // the timers may be those of somebody else's question
      return asker.matchOf(stays.uuid);
    });
    expect(asker.matchOf(goes.uuid)).toBeUndefined();
  });

  it('refuses an interface that this machine does not have', async () => {
    const service = new DiscoveryResponder({ interfaceAddress: '192.0.2.250' });
    await expect(service.start()).rejects.toMatchObject({ code: 'discovery-unavailable' });
  });

  it('is found by a stranger’s library', async () => {
    const shop = camera('shop');
    await responder([shop]);
    const found = new Set<string>();
    onvif.Discovery.on('error', () => undefined); // without a listener the library ends the process
    onvif.Discovery.on('device', (one: { urn?: string; xaddrs?: URL[] }) => {
      for (const address of one.xaddrs ?? []) found.add(String(address));
    });
    closing.push(() => onvif.Discovery.removeAllListeners());
    const done = new Promise((finished) => {
      onvif.Discovery.probe({ device: 'lo', timeout: 5_000 }, finished);
    });
    closing.push(() => done);
    await until('the device', () => found.has(String(shop.xaddrs[0])));
  });
});

function camera(name: string): DiscoverableDevice {
  const uuid = randomUUID();
  return {
    uuid,
    scopes: ['onvif://www.onvif.org/type/ptz', `onvif://www.onvif.org/name/${name}`],
    xaddrs: [`http://127.0.0.1:8000/onvif/device_service?${uuid}`],
  };
}

async function responder(
  devices: DiscoverableDevice[],
  options: Partial<ConstructorParameters<typeof DiscoveryResponder>[0]> = {},
): Promise<DiscoveryResponder> {
  const service = new DiscoveryResponder({
    interfaceAddress: '127.0.0.1',
    maxDelayMs: 20,
    ...options,
  });
  for (const device of devices) service.add(device);
  await service.start();
  closing.push(() => service.stop());
  return service;
}

/** Other tests may speak on the loopback interface too: what is heard is looked up by device. */
async function listener() {
  const socket = await bound(createSocket('udp4'), 0, '127.0.0.1');
  socket.setMulticastInterface('127.0.0.1');
  const heard = collect(socket);
  const matchesIn = (envelope: XmlElement, uuid: string) =>
    ['Probe', 'Resolve'].some(
      (kind) =>
        textOf(
          envelope,
          'Body',
          `${kind}Matches`,
          `${kind}Match`,
          'EndpointReference',
          'Address',
        ) === `urn:uuid:${uuid}`,
    );
  return {
    ask: (text: string) => socket.send(text, 3702, GROUP),
    matchOf: (uuid: string) => heard.find((envelope) => matchesIn(envelope, uuid)),
  };
}

async function groupListener() {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await bound(socket, 3702, GROUP);
  socket.addMembership(GROUP, '127.0.0.1');
  const heard = collect(socket);
  return {
    saysOf: (kind: string, uuid: string) =>
      heard.some(
        (envelope) =>
          textOf(envelope, 'Body', kind, 'EndpointReference', 'Address') === `urn:uuid:${uuid}`,
      ),
  };
}

function collect(socket: Socket): XmlElement[] {
  const heard: XmlElement[] = [];
  socket.on('message', (datagram) => {
    try {
      heard.push(parseXml(datagram.toString()));
    } catch {
      // somebody else's garbage in the group
    }
  });
  return heard;
}

function bound(socket: Socket, port: number, address: string): Promise<Socket> {
  closing.push(() => new Promise<void>((resolve) => socket.close(resolve)));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => resolve(socket));
  });
}
