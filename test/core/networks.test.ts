import { describe, expect, it } from '@jest/globals';
import { Networks, parseNetwork } from '../../src/core/networks.ts';

describe('networks', () => {
  it.each([
    ['127.0.0.1', 32],
    ['10.0.0.0/8', 8],
    ['::1', 128],
    ['2001:db8::/45', 45],
  ])('%s is one', (text, prefix) => {
    expect(parseNetwork(text)).toMatchObject({ prefix });
  });

  it.each([
    ...[
      '',
      'proxy.example',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0/8',
      '0.0.0.0/0',
      '::/0',
      '::1/129',
    ],
    ...['10.0.0.1:80', '[::1]', ' ::1', 'fe80::1%eth0', '10.0.0.0/8/8', '10.0.0.0/-1', '010.0.0.1'],
  ])('%p is none', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  it.each([
    ['10.0.0.9/8', '10.255.0.1', '11.0.0.1'],
    ['192.0.2.128/25', '192.0.2.200', '192.0.2.127'],
    ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2'],
    ['2001:db8:8::/45', '2001:db8:f:ffff::1', '2001:db8:10::1'],
    ['fe80::/10', 'fe80::1%eth0', 'fec0::1'],
    ['::1', '0:0:0:0:0:0:0:1', '::2'],
  ])('%s has %s, and not %s', (network, inside, outside) => {
    const networks = new Networks(['203.0.113.7', network]);
    expect([inside, outside, 'unknown', ''].map((each) => networks.has(each))).toEqual([
      ...[true, false, false, false],
    ]);
  });
});
