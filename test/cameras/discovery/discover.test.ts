import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type DiscoveredDevice,
  type DiscoverOptions,
  discover,
} from '../../../src/cameras/discovery/discover.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { codeOf } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { DiscoveryResponder } from '../../../src/simulator/discovery/responder.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import {
  bye,
  hello,
  match,
  matches,
  type Probe,
  ScriptedResponder,
} from '../support/scripted-responder.ts';

const running: { stop: () => unknown }[] = [];

afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

async function respond(answer: (probe: Probe) => readonly string[]): Promise<ScriptedResponder> {
  const responder = await ScriptedResponder.start(answer);
  running.push(responder);
  return responder;
}

function search(options: Partial<DiscoverOptions>): Promise<DiscoveredDevice[]> {
  const defaults = {
    ...{ interfaceName: 'lo', timeoutMs: 10_000 },
    ...{ clock: systemClock, log: silentLogger },
  };
  return discover({ ...defaults, ...options });
}

/** Searches until so many devices are found. What one datagram says is heard as a whole. */
async function searchFor(count: number, port: number): Promise<DiscoveredDevice[]> {
  const enough = new AbortController();
  let found = 0;
  const onFound = () => {
    found += 1;
    if (found === count) enough.abort();
  };
  return search({ port, signal: enough.signal, onFound });
}

describe('discovery', () => {
  it('asks for both types of device, three times over more than 1.5 s', async () => {
    const clock = new ManualClock();
    const responder = await respond(() => []);
    const searching = search({ port: responder.port, timeoutMs: 1_800, clock });
    await until('the search', () => clock.timers > 0);
    clock.advance(0);
    await until('the first', () => responder.probes.length === 2);
    clock.advance(1_500);
    await until('the second', () => responder.probes.length === 4);
    clock.advance(100);
    await until('the third', () => responder.probes.length === 6);
    clock.advance(200);
    await searching;
    const types = responder.probes.map((probe) => probe.types);
    expect(types.filter((type) => type === 'dn:NetworkVideoTransmitter')).toHaveLength(3);
    expect(types.filter((type) => type === 'tds:Device')).toHaveLength(3);
    expect(new Set(responder.probes.map((probe) => probe.messageId)).size).toBe(6);
  });

  it('finds a device that answers one of the types only', async () => {
    const responder = await respond(({ types, messageId }) =>
      types === 'tds:Device' ? [matches(messageId, match({ types: 'tds:Device' }))] : [],
    );
    const [device] = await searchFor(1, responder.port);
    expect(device?.types).toEqual(['Device']);
  });

  it('reads name, hardware and location from the scopes', async () => {
    const scopes = `onvif://www.onvif.org/name/Front%20door\n  onvif://www.onvif.org/hardware/D%C3%B6me
      onvif://www.onvif.org/location/country/nl onvif://www.onvif.org/location/100%25%zz`;
    const responder = await respond(({ messageId }) => [matches(messageId, match({ scopes }))]);
    const [device] = await searchFor(1, responder.port);
    expect(device).toMatchObject({ name: 'Front door', hardware: 'Döme', address: '127.0.0.1' });
    expect(device?.location).toBe('country/nl, 100%25%zz');
    expect(device?.scopes).toHaveLength(4);
    expect(device?.interfaceName).toBe('lo');
  });

  it('keeps https and IPv6 addresses, and those that are separated by line breaks', async () => {
    const xaddrs =
      'http://192.0.2.7/a\nhttps://192.0.2.7/a\r\n\thttp://[fd00::7]:8080/a ftp://x/ nonsense';
    const responder = await respond(({ messageId }) => [matches(messageId, match({ xaddrs }))]);
    const [device] = await searchFor(1, responder.port);
    expect(device?.xaddrs).toEqual([
      'http://192.0.2.7/a',
      'https://192.0.2.7/a',
      'http://[fd00::7]:8080/a',
    ]);
  });

  it('finds every device of a reply with several matches', async () => {
    const responder = await respond(({ messageId }) => [
      matches(messageId, ...['1', '2', '3'].map((id) => match({ endpoint: `urn:uuid:ch-${id}` }))),
    ]);
    const devices = await searchFor(3, responder.port);
    expect(devices.map((device) => device.uuid)).toEqual(['ch-1', 'ch-2', 'ch-3']);
  });

  it('tells devices apart by UUID however it is written, and merges their addresses', async () => {
    const responder = await respond(({ messageId }) => [
      matches(messageId, match({ endpoint: 'urn:uuid:AB-1', xaddrs: 'http://192.0.2.7/a' })),
      matches(messageId, match({ endpoint: 'uuid:ab-1', xaddrs: 'http://192.0.2.9/a' })),
      matches(messageId, match({ endpoint: 'urn:uuid:last' })),
    ]);
    const devices = await searchFor(2, responder.port);
    expect(devices.map(({ uuid }) => uuid)).toEqual(['ab-1', 'last']);
    expect(devices[0]?.xaddrs).toEqual(['http://192.0.2.7/a', 'http://192.0.2.9/a']);
  });

  it('ignores answers to the questions of others', async () => {
    const responder = await respond(({ messageId }) => [
      matches('urn:uuid:somebody-else', match({ endpoint: 'urn:uuid:wrong' })),
      matches('', match({ endpoint: 'urn:uuid:none' })),
      matches(messageId.toUpperCase().replace('URN:UUID:', 'uuid:'), match()),
    ]);
    const devices = await searchFor(1, responder.port);
    expect(devices.map((device) => device.uuid)).toEqual(['0000-1']);
  });

  it('survives garbage, entities, depth and a datagram of the greatest size', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>';
    const responder = await respond(({ messageId }) => [
      '\u0000\u0001garbage',
      bomb,
      '<a>'.repeat(5_000),
      'x'.repeat(65_000),
      matches(messageId, '<d:ProbeMatch></d:ProbeMatch>', match({ xaddrs: '' }), match()),
    ]);
    const devices = await searchFor(1, responder.port);
    expect(devices.map((device) => device.uuid)).toEqual(['0000-1']);
  });

  it('keeps no more than sixty-four matches of one reply', async () => {
    const list = Array.from({ length: 100 }, (_, index) =>
      match({ endpoint: `urn:uuid:${index}` }),
    );
    const responder = await respond(({ messageId }) => [matches(messageId, ...list)]);
    expect(await searchFor(64, responder.port)).toHaveLength(64);
  });

  it('hears the Hello of a camera that is switched on meanwhile', async () => {
    const responder = await respond(() => []);
    const enough = new AbortController();
    const searching = search({
      port: responder.port,
      signal: enough.signal,
      onFound: () => enough.abort(),
    });
    await until('a probe', () => responder.probes.length > 0);
    responder.announce(hello('urn:uuid:printer', 'wsdp:Printer'));
    responder.announce(hello('urn:uuid:late'));
    expect((await searching).map((device) => device.uuid)).toEqual(['late']);
  });

  it('lists no device that says Bye meanwhile, however it writes its name', async () => {
    const responder = await respond(({ types, messageId }) =>
      types === 'tds:Device' ? [matches(messageId, match({ endpoint: 'urn:uuid:AB-1' }))] : [],
    );
    const enough = new AbortController();
    const gone: string[] = [];
    const devices = await search({
      port: responder.port,
      signal: enough.signal,
      onFound: () => responder.announce(bye('uuid:ab-1')),
      onGone: ({ uuid }) => {
        gone.push(uuid);
        enough.abort();
      },
    });
    expect(gone).toEqual(['ab-1']);
    expect(devices).toEqual([]);
  });

  it('lists a device that was gone and is back, with what it says now', async () => {
    const responder = await respond(() => []);
    const enough = new AbortController();
    let found = 0;
    const searching = search({
      port: responder.port,
      signal: enough.signal,
      onFound: ({ uuid }) => {
        found += 1;
        if (found === 2) enough.abort();
        else responder.announce(bye(uuid));
      },
      onGone: ({ uuid }) =>
        responder.announce(hello(uuid, 'tds:Device', 'http://192.0.2.9/onvif/device_service')),
    });
    await until('a probe', () => responder.probes.length > 0);
    responder.announce(hello('urn:uuid:1'));
    const [device, ...others] = await searching;
    expect(device?.xaddrs).toEqual(['http://192.0.2.9/onvif/device_service']);
    expect(others).toEqual([]);
  });

  it('names the interfaces when asked for one that does not exist', async () => {
    const failure = await search({ interfaceName: 'nosuch0' }).catch((error: unknown) => error);
    expect(codeOf(failure)).toBe('unknown-interface');
    expect(String(failure)).toMatch(/nosuch0.*choose one of: .*\blo\b/);
  });

  it('finds the virtual cameras, and no more the one that is switched off meanwhile', async () => {
    const responder = new DiscoveryResponder({ interfaceAddress: '127.0.0.1', maxDelayMs: 50 });
    const [stays, goes] = ['3b0e6a3c-5d1f-5b7e-9f00-0123456789ab', '3b0e6a3c-0000-0000-0000-1'];
    const scopes = ['onvif://www.onvif.org/name/Shop%20front'];
    const xaddrs = ['http://127.0.0.1:8999/onvif/device_service'];
    for (const uuid of [stays, goes]) responder.add({ uuid, scopes, xaddrs });
    await responder.start();
    running.push(responder);
    const found = new Set<string>();
    const enough = new AbortController();
    const devices = await search({
      signal: enough.signal,
      onFound: ({ uuid }) => {
        found.add(uuid);
        if (found.has(stays) && found.has(goes)) responder.remove(goes);
      },
      onGone: ({ uuid }) => uuid === goes && enough.abort(),
    });
    expect(devices.find((device) => device.uuid === stays)).toMatchObject({
      name: 'Shop front',
      xaddrs,
    });
    expect(devices.some((device) => device.uuid === goes)).toBe(false);
  });
});
