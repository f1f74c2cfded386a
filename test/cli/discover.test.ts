import { describe, expect, it } from '@jest/globals';
import type { DiscoveredDevice } from '../../src/cameras/discovery/device.ts';
import { yamlOf } from '../../src/cli/discover.ts';
import { parseConfig } from '../../src/config/load.ts';

function device(address: string, xaddrs: string[], name?: string): DiscoveredDevice {
  return {
    ...{ uuid: 'u', xaddrs, types: [], scopes: [], address, interfaceName: 'eth0' },
    ...(name === undefined ? {} : { name }),
  };
}

const endpoints = (devices: DiscoveredDevice[]) =>
  parseConfig(yamlOf(devices), 'c.yaml').cameras.map(({ id, onvif }) => [
    id,
    onvif?.host,
    onvif?.port,
    onvif?.https,
  ]);

describe('discovered cameras as configuration', () => {
  it('are reached at the address that answered, whatever they say of themselves', () => {
    expect(
      endpoints([
        device('192.0.2.7', ['http://169.254.10.1/onvif', 'http://192.0.2.7:8080/onvif']),
        device('192.0.2.8', ['http://attacker.example:81/onvif']),
        device('192.0.2.9', ['not a url']),
        device('192.0.2.10', ['https://192.0.2.10/onvif']),
      ]),
    ).toEqual([
      ['192-0-2-7', '192.0.2.7', 8080, false],
      ['192-0-2-8', '192.0.2.8', 81, false],
      ['192-0-2-9', '192.0.2.9', 80, false],
      ['192-0-2-10', '192.0.2.10', 443, true],
    ]);
  });

  it('have ids of their names, each its own', () => {
    const twins = ['Dome (1)', 'Dome (1)', '\u001b[31m'].map((name, index) =>
      device(`192.0.2.${index}`, [], name),
    );
    expect(endpoints(twins).map(([id]) => id)).toEqual(['dome-1', 'dome-1-2', '31m']);
  });
});
